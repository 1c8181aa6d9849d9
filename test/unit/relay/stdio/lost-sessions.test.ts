import { expect, test } from 'vitest';
import { createVirtualTime } from '../../../virtual-time.ts';
import { until } from '../../fixtures.ts';
import { accessTo } from '../access-to.ts';
import { event, events, type LegacyServer, legacyServer, result, type Script, send } from './legacy-server.ts';
import { connectLine, INITIALIZE, INITIALIZED } from './line-client.ts';

async function open(script?: Script, context: Parameters<typeof connectLine>[1] = {}) {
  const server = await legacyServer(script);
  const access = accessTo(server.origin);
  const client = connectLine(access, context);
  client.write(INITIALIZE, INITIALIZED);
  await client.answer('init');
  await until(() => server.streams.length === 1);
  return { server, access, client };
}

const sessionsOf = (server: LegacyServer, method: string) =>
  server.posts(method).map(({ mcpSessionId }) => mcpSessionId);

test('a forgotten MCP session is opened anew, and the request sent again, unseen by the client', async () => {
  const { server, client } = await open();
  server.forget();
  client.write({ id: 1, method: 'tools/list' });
  expect(await client.answer(1)).toEqual(result(1, { session: 's-2' }));
  expect(client.lines).toHaveLength(2);
  expect(server.posts('initialize')).toMatchObject([INITIALIZE, INITIALIZE]);
  expect(sessionsOf(server, 'notifications/initialized')).toEqual(['s-1', 's-2']);
  // The listening stream belongs to the MCP session.
  await until(() => server.streams.length === 2);
});

test('what the client has asked for is asked for again: its log level and the resources it watches', async () => {
  const { server, client } = await open();
  client.write({ id: 1, method: 'logging/setLevel', params: { level: 'debug' } });
  client.write({ id: 2, method: 'logging/setLevel', params: { level: 'error' } });
  await client.answer(2);
  for (const [id, uri] of [
    [3, 'notes://1'],
    [4, 'notes://2'],
  ] as const) {
    client.write({ id, method: 'resources/subscribe', params: { uri } });
    await client.answer(id);
  }
  client.write({ id: 5, method: 'resources/unsubscribe', params: { uri: 'notes://1' } });
  await client.answer(5);
  server.forget();
  client.write({ id: 6, method: 'tools/list' });
  await client.answer(6);
  const again = server.posts().filter(({ mcpSessionId }) => mcpSessionId === 's-2');
  expect(again.map(({ method, params }) => [method, params])).toEqual([
    ['notifications/initialized', undefined],
    ['logging/setLevel', { level: 'error' }],
    ['resources/subscribe', { uri: 'notes://2' }],
    ['tools/list', undefined],
  ]);
  expect(client.lines).toHaveLength(7);
});

test('what the server refused is not asked for again', async () => {
  const { server, client } = await open((message, response) =>
    message.method === 'resources/subscribe'
      ? send(response, 200, { jsonrpc: '2.0', id: message.id, error: { code: -32602, message: 'no' } })
      : undefined,
  );
  client.write({ id: 1, method: 'resources/subscribe', params: { uri: 'notes://1' } });
  await client.answer(1);
  server.forget();
  client.write({ id: 2, method: 'tools/list' });
  await client.answer(2);
  expect(server.posts('resources/subscribe')).toHaveLength(1);
});

test('any number of requests share one new MCP session', async () => {
  const { server, client } = await open();
  server.forget();
  const ids = Array.from({ length: 20 }, (_, index) => index);
  client.write(...ids.map((id) => ({ id, method: 'tools/list' })));
  for (const id of ids) expect(await client.answer(id)).toEqual(result(id, { session: 's-2' }));
  expect(server.posts('initialize')).toHaveLength(2);
});

test('a server that forgets every MCP session at once is not asked for ever, and its client hears why', async () => {
  const { server, client } = await open((_message, response, { headers, method }) =>
    method === 'POST' && headers['mcp-session-id'] !== undefined && headers['mcp-session-id'] !== 's-1'
      ? send(response, 404, { jsonrpc: '2.0', id: null, error: { code: -32001, message: 'gone' } })
      : undefined,
  );
  server.forget();
  client.write({ id: 1, method: 'tools/list' });
  expect(await client.answer(1)).toMatchObject({ error: { message: 'gone' } });
  expect(server.posts('initialize')).toHaveLength(4);
});

test('a method that the server does not know is no lost MCP session, whatever its status', async () => {
  const { server, client } = await open((message, response) =>
    message.method === 'x'
      ? send(response, 404, { jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'unknown' } })
      : undefined,
  );
  client.write({ id: 1, method: 'x' });
  expect(await client.answer(1)).toMatchObject({ error: { code: -32601 } });
  expect(server.posts('initialize')).toHaveLength(1);
});

test('a 404 without an MCP session is passed on', async () => {
  const server = await legacyServer((message, response) =>
    message.method === 'initialize'
      ? send(response, 200, result(message.id, { protocolVersion: '2025-11-25' }))
      : undefined,
  );
  const client = connectLine(accessTo(server.origin));
  client.write(INITIALIZE, INITIALIZED, { id: 1, method: 'tools/list' });
  expect(await client.answer(1)).toMatchObject({ error: { message: 'no MCP session' } });
  expect(server.posts('initialize')).toHaveLength(1);
});

test('a notification that shows that the MCP session is gone has it opened anew with the next request', async () => {
  const { server, client } = await open();
  server.forget();
  client.write({ method: 'notifications/roots/list_changed' });
  await until(() => server.posts('notifications/roots/list_changed').length === 1);
  client.write({ id: 1, method: 'tools/list' });
  await client.answer(1);
  expect(sessionsOf(server, 'tools/list')).toEqual(['s-2']);
  expect(client.lines).toHaveLength(2);
});

test('a request that was under way in a lost MCP session gets an answer, also where its stream stays silent', async () => {
  const time = createVirtualTime();
  const { server, client } = await open((message, response) => (message.id === 1 ? events(response) : undefined), {
    schedule: time.schedule,
  });
  client.write({ id: 1, method: 'tools/call', params: { name: 'slow' } });
  await until(() => server.posts('tools/call').length === 1);
  server.forget();
  client.write({ id: 2, method: 'tools/list' });
  await client.answer(2);
  await time.advance(59_000);
  expect(client.messages().some(({ id }) => id === 1)).toBe(false);
  await time.advance(2_000);
  expect(await client.answer(1)).toMatchObject({ error: { data: { code: 'mcp-session-lost' } } });
  // It may have been carried out, so it is not sent again.
  expect(server.posts('tools/call')).toHaveLength(1);
});

test('an answer that comes after all is the answer', async () => {
  const time = createVirtualTime();
  let finish = () => {};
  const { server, client } = await open(
    (message, response) => {
      if (message.id !== 1) return undefined;
      finish = () => events(response).end(event(result(1, 'late')));
      return true;
    },
    { schedule: time.schedule },
  );
  client.write({ id: 1, method: 'tools/call', params: { name: 'slow' } });
  await until(() => server.posts('tools/call').length === 1);
  server.forget();
  client.write({ id: 2, method: 'tools/list' });
  await client.answer(2);
  finish();
  expect(await client.answer(1)).toEqual(result(1, 'late'));
  await time.advance(120_000);
  await client.answer(1);
});

test("what a lost MCP session asked is taken back, and the client's response to it goes nowhere", async () => {
  const { server, client } = await open();
  server.streams[0]?.write(event({ id: 0, method: 'sampling/createMessage' }));
  await client.heard('sampling/createMessage');
  server.forget();
  client.write({ id: 1, method: 'tools/list' });
  await client.answer(1);
  expect(await client.heard('notifications/cancelled')).toMatchObject({ params: { requestId: 0 } });
  client.write({ id: 0, result: { late: true } });
  client.write({ id: 2, method: 'tools/list' });
  await client.answer(2);
  expect(server.posts().filter(({ method }) => method === undefined)).toEqual([]);
  // The new MCP session counts from 0 as well.
  await until(() => server.streams.length === 2);
  server.streams[1]?.write(event({ id: 0, method: 'elicitation/create' }));
  await client.heard('elicitation/create');
  client.write({ id: 0, result: { late: false } });
  await until(() => server.posts().some(({ method }) => method === undefined));
  expect(server.posts().filter(({ method }) => method === undefined)).toMatchObject([
    { result: { late: false }, mcpSessionId: 's-2' },
  ]);
});

test('a client that initialises again on the same pipe leaves no MCP session behind', async () => {
  const { server, client } = await open();
  client.write({ ...INITIALIZE, id: 'again' }, INITIALIZED, { id: 1, method: 'tools/list' });
  expect(await client.answer(1)).toEqual(result(1, { session: 's-2' }));
  await until(() => server.sessions.size === 1);
  await client.end();
  await until(() => server.sessions.size === 0);
});

test('where the server refuses to be opened anew, the request is answered', async () => {
  let refuses = false;
  const { server, client } = await open((message, response) =>
    refuses && message.method === 'initialize' ? response.writeHead(503).end() : undefined,
  );
  refuses = true;
  server.forget();
  client.write({ id: 1, method: 'prompts/get', params: { name: 'p' } });
  expect(await client.answer(1)).toMatchObject({ error: { data: { code: 'mcp-session-refused' } } });
  refuses = false;
  client.write({ id: 2, method: 'tools/list' });
  expect(await client.answer(2)).toEqual(result(2, { session: 's-2' }));
});
