import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openRelayListener } from '../../../main/relay/listener.ts';
import { problemFrom } from '../fixtures.ts';

/** Occupies a port and as many above it as there are to be; gives the first. */
async function occupied(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 20_000);
    const servers = Array.from({ length: count }, () => createServer());
    const outcomes = await Promise.all(
      servers.map(
        (server, index) =>
          new Promise<boolean>((resolve) => {
            server.once('error', () => resolve(false));
            server.listen(first + index, '127.0.0.1', () => resolve(true));
          }),
      ),
    );
    const close = () => Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    if (outcomes.every(Boolean)) {
      onTestFinished(async () => {
        await close();
      });
      return first;
    }
    await close();
  }
}

test('the next free port is taken when others hold the wished one', async () => {
  const first = await occupied(3);
  const listener = await openRelayListener(first, () => {});
  onTestFinished(() => listener.close());
  expect(listener.port).toBeGreaterThan(first + 2);
  expect(listener.port).toBeLessThan(first + 10);
});

test('a range that is all taken is an error that names it', async () => {
  const first = await occupied(10);
  const error = await problemFrom(openRelayListener(first, () => {}));
  expect(error).toMatchObject({ code: 'relay-port' });
  expect(error.administrator).toContain(`127.0.0.1:${first} and the 9 ports above it`);
});
