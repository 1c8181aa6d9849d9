import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openLocalListener } from '../../../main/agent/local-listener.ts';
import { connectLocal } from '../../../shared/local-connection.ts';
import { localPaths } from '../../../shared/paths.ts';
import { problemFrom, temporaryFolder } from '../fixtures.ts';

/** As many as the agent serves at once. */
const LIMIT = 512;

test('a program that opens connections without end stops at the limit; one that ends makes room', async () => {
  const paths = localPaths(temporaryFolder(), 'linux');
  const listener = await openLocalListener(
    paths,
    () => {},
    () => {},
  );
  onTestFinished(() => listener.close());
  const sockets: Socket[] = [];
  while (sockets.length < LIMIT) {
    const socket = await connectLocal(paths);
    sockets.push(socket.on('error', () => {}));
  }
  expect(await problemFrom(connectLocal(paths))).toMatchObject({ code: 'agent-not-answering' });
  const [first] = sockets;
  const closed = new Promise((resolve) => first?.once('close', resolve));
  first?.destroy();
  await closed;
  // The agent hears of that a little later than we do.
  for (;;) {
    const next = await connectLocal(paths).catch(() => undefined);
    if (next) return next.destroy();
  }
});
