import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { serveRaw } from '../fixtures.ts';
import { accessTo } from './access-to.ts';
import { called, POST } from './calling.ts';

/** A port on which nobody listens until the server is opened. */
async function absentServer() {
  const server = createServer((_request, response) => response.end('here'));
  onTestFinished(() => void server.close());
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return { origin: `http://127.0.0.1:${port}`, open: () => listen(port) };
}

test('a call that does not reach its server right after waking is sent as soon as it can be reached', async () => {
  const { origin, open } = await absentServer();
  const access = accessTo(origin);
  access.keeper.wake(0, 0);
  const call = called(access);
  await delay(300);
  await open();
  expect((await call).events).toEqual(['head 200', 'data here', 'end']);
  expect(access.mints()).toBe(1);
});

test('at any other time it fails at once', async () => {
  const { origin } = await absentServer();
  expect((await called(accessTo(origin))).fault?.code).toBe('network-connection');
});

test('a call that may have reached its server is never sent twice', async () => {
  let requests = 0;
  const { origin } = await serveRaw((request) => {
    requests += 1;
    request.socket.resetAndDestroy();
  });
  const access = accessTo(origin);
  access.keeper.wake(0, 0);
  expect((await called(access)).fault?.code).toBe('network-connection');
  expect(requests).toBe(1);
});

test('a body that streams is not sent again', async () => {
  const { origin } = await absentServer();
  const access = accessTo(origin);
  access.keeper.wake(0, 0);
  expect((await called(access, { ...POST, body: Readable.from(['{}']) })).fault?.code).toBe('network-connection');
});
