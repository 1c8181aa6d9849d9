import type { ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { serveStdio, serveStdioFront } from '../../../../main/relay/stdio/stdio-relay.ts';
import { createVirtualTime, settleTurn } from '../../../virtual-time.ts';
import { until } from '../../fixtures.ts';
import { accessTo } from '../access-to.ts';
import { relayed, stdioContext } from '../relayed.ts';
import { events, legacyServer } from './legacy-server.ts';
import { connectLine, INITIALIZE, INITIALIZED, META } from './line-client.ts';

test.each([
  ['legacy', undefined],
  ['modern', META],
])('more than a thousand requests at once are refused, each by itself: %s', async (_era, _meta) => {
  const open: ServerResponse[] = [];
  const server = await legacyServer(({ method }, response) => (method === 'x' ? open.push(response) : undefined));
  const access = accessTo(server.origin);
  if (_meta) access.traits.learnEra('modern', true);
  const client = connectLine(access);
  client.write(...Array.from({ length: 1_001 }, (_, id) => ({ id, method: 'x', params: { _meta } })));
  expect(await client.answer(1_000)).toMatchObject({ error: { data: { code: 'too-many-requests' } } });
  expect(client.lines).toHaveLength(1);
  await until(() => open.length > 0);
  open[0]?.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  await until(() => client.lines.length === 2);
  client.write({ id: 2_000, method: 'x', params: { _meta } });
  await until(() => open.length === 1_001);
});

test('a client that reads nothing is not read from either, once much of its answers lies there', async () => {
  const access = accessTo('http://127.0.0.1:9', () => Promise.reject(new Error('no')));
  const pipe = new Duplex({ read: () => {}, write: () => {} });
  const over = serveStdio(pipe, relayed(access), stdioContext());
  onTestFinished(async () => {
    pipe.destroy();
    await over;
  });
  // An answer is as long as the id of its request.
  const id = 'x'.repeat(1024 * 1024);
  for (let asked = 0; asked < 20 && !pipe.isPaused(); asked += 1) {
    const before = pipe.writableLength;
    pipe.push(`{"jsonrpc":"2.0","id":"${id}","method":"prompts/get"}\n`);
    await until(() => pipe.writableLength > before);
    await settleTurn();
    pipe.push('x\n');
    await settleTurn();
  }
  expect(pipe.isPaused()).toBe(true);
  expect(pipe.writableLength).toBeLessThan(12 * 1024 * 1024);
});

test('lines that wait for their turn hold back those after them, and all are served', async () => {
  let finish = () => {};
  const server = await legacyServer(({ method }, response) => {
    if (method !== 'notifications/slow') return undefined;
    finish = () => response.writeHead(202).end();
    return true;
  });
  const client = connectLine(accessTo(server.origin));
  client.write({ method: 'notifications/slow' });
  await until(() => server.seen.length === 1);
  for (let id = 0; id < 1_500; id += 1) client.write(`{"id":${id}`);
  await until(() => client.pipe.isPaused());
  expect(client.lines).toEqual([]);
  finish();
  await until(() => client.lines.length === 1_500);
});

test('after many connections nothing is left: no timer, no request, no stream, no MCP session', async () => {
  const time = createVirtualTime();
  const open = new Set<ServerResponse>();
  const server = await legacyServer(({ method, id }, response) => {
    open.add(response);
    response.on('close', () => open.delete(response));
    return method === 'tools/call' && typeof id === 'number' ? events(response).write('id: e\n\n') : undefined;
  });
  const access = accessTo(server.origin);
  let waiting = 0;
  const shared = relayed(access);
  const standby = {
    ...shared.standby,
    onReturn: (listener: () => void) => {
      waiting += 1;
      const stop = shared.standby.onReturn(listener);
      let stopped = false;
      return () => {
        if (!stopped) waiting -= 1;
        stopped = true;
        stop();
      };
    },
  };
  const clients = Array.from({ length: 30 }, () =>
    connectLine(access, { schedule: time.schedule, server: { ...shared, standby } }),
  );
  for (const client of clients)
    client.write(INITIALIZE, INITIALIZED, { id: 1, method: 'tools/call', params: { name: 'a' } });
  await until(() => server.posts('tools/call').length === clients.length && server.streams.length === clients.length);
  for (const client of clients)
    client.write({ method: 'notifications/cancelled', params: { requestId: 1 } }, { id: 2, method: 'tools/call' });
  await until(() => server.posts('tools/call').length === 2 * clients.length);
  await Promise.all(clients.map((client) => client.end()));
  await until(() => server.sessions.size === 0 && open.size === 0);
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  expect(time.waiting()).toBe(0);
  expect(waiting).toBe(0);
  // Each call was recorded, also those that nobody waited for any more.
  for (const client of clients) expect(client.records.filter(({ method }) => method === 'tools/call')).toHaveLength(2);
  access.keeper.reset();
  expect(clients.map(({ lines }) => lines.length)).toEqual(clients.map(() => 1));
});

test('a client that leaves while it is away from its server is forgotten', async () => {
  const server = await legacyServer();
  const access = accessTo(server.origin, () => Promise.reject(new Error('no')));
  const shared = relayed(access);
  let waiting = 0;
  const onReturn = (listener: () => void) => {
    waiting += 1;
    const stop = shared.standby.onReturn(listener);
    return () => {
      waiting -= 1;
      stop();
    };
  };
  const client = connectLine(access, { server: { ...shared, standby: { ...shared.standby, onReturn } } });
  client.write(INITIALIZE, INITIALIZED, { id: 1, method: 'tools/list' });
  await client.answer(1);
  expect(waiting).toBe(1);
  await client.end();
  expect(waiting).toBe(0);
});

test('a front alone serves a client of either era, and tells it what is no message', async () => {
  const server = await legacyServer();
  const access = accessTo(server.origin);
  const { responder } = relayed(access);
  const lines: string[] = [];
  const pipe = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(...chunk.toString().trim().split('\n'));
      done();
    },
  });
  const over = serveStdioFront(pipe, responder, stdioContext());
  for (const line of ['hello', '{"id":5,"method":"ping"}', JSON.stringify({ jsonrpc: '2.0', ...INITIALIZE })])
    pipe.push(`${line}\n`);
  await until(() => lines.length === 3);
  expect(lines.slice(0, 2).map((line) => JSON.parse(line))).toMatchObject([{ id: null }, { id: null }]);
  expect(JSON.parse(lines[2] ?? '')).toMatchObject({ id: 'init', result: { protocolVersion: '2025-11-25' } });
  pipe.push(null);
  await over;
});
