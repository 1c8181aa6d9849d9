import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createFallsBack } from '../../../../main/relay/falls-back.ts';
import { until } from '../../fixtures.ts';
import { accessTo, failingMint } from '../access-to.ts';
import { relayed } from '../relayed.ts';
import { event, events, legacyServer, result, type Script, send } from './legacy-server.ts';
import { connectLine, INITIALIZE, INITIALIZED, META } from './line-client.ts';

const EMA = 'io.modelcontextprotocol/enterprise-managed-authorization';

const DISCOVERED = {
  resultType: 'complete',
  supportedVersions: ['2026-07-28'],
  capabilities: { tools: { listChanged: true } },
};

const isModern: Script = ({ params }) => (params?._meta ? true : undefined);

/** A server that knows the modern era alone, unless the script says otherwise. */
function modernServer(script: Script = () => undefined) {
  return legacyServer((message, response, request) => {
    const scripted = script(message, response, request);
    if (scripted !== undefined) return scripted;
    const { id, method } = message;
    if (!isModern(message, response, request) || method === undefined)
      return send(response, 400, { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
    return send(response, 200, result(id, method === 'server/discover' ? DISCOVERED : { method }));
  });
}

const ask = (id: number, method: string, params: object = {}) => ({ id, method, params: { ...params, _meta: META } });

test('a modern request goes with the headers of its era, and no listening stream is opened', async () => {
  const server = await modernServer();
  const client = connectLine(accessTo(server.origin));
  client.write(
    ask(1, 'server/discover'),
    ask(2, 'tools/call', { name: 'größe', arguments: {} }),
    ask(3, 'resources/read', { uri: 'notes://1', name: 'other' }),
    ask(4, 'tasks/get', { taskId: 't-1' }),
    ask(5, 'tools/list'),
  );
  for (const id of [1, 2, 3, 4, 5]) await client.answer(id);
  const headers = server.seen.map((request) => request.headers);
  for (const one of headers) {
    expect(one).toMatchObject({ 'mcp-protocol-version': '2026-07-28', authorization: 'Bearer token-1' });
    expect(one['mcp-session-id']).toBeUndefined();
  }
  const names = server.seen.map(({ body, headers: { 'mcp-method': method, 'mcp-name': name } }) => [
    (JSON.parse(body) as { id: number }).id,
    method,
    name,
  ]);
  expect(names.sort()).toEqual([
    [1, 'server/discover', undefined],
    [2, 'tools/call', '=?base64?Z3LDtsOfZQ==?='],
    [3, 'resources/read', 'notes://1'],
    [4, 'tasks/get', 't-1'],
    [5, 'tools/list', undefined],
  ]);
});

const PLACED = {
  name: 'move',
  inputSchema: {
    type: 'object',
    properties: {
      place: { type: 'string', 'x-mcp-header': 'Place' },
      count: { type: 'integer', 'x-mcp-header': 'Count' },
    },
  },
};

test('arguments that a tool wants in headers are there, also in the base64 form', async () => {
  const server = await modernServer();
  const access = accessTo(server.origin);
  const client = connectLine(access, { server: relayed(access, { tools: [PLACED] }) });
  client.write(ask(1, 'tools/call', { name: 'move', arguments: { place: 'Zürich', count: 3 } }));
  await client.answer(1);
  expect(server.seen[0]?.headers).toMatchObject({
    'mcp-param-place': '=?base64?WsO8cmljaA==?=',
    'mcp-param-count': '3',
  });
});

/** A server that wants the headers of {@link PLACED}, of which the agent knows nothing until it asks. */
async function wantingHeaders(refresh: (learn: () => void) => Promise<void>) {
  const server = await modernServer(({ method, id }, response, { headers }) =>
    method === 'tools/call' && headers['mcp-param-place'] === undefined
      ? send(response, 400, { jsonrpc: '2.0', id, error: { code: -32020, message: 'header mismatch' } })
      : undefined,
  );
  const access = accessTo(server.origin);
  let known = false;
  let refreshes = 0;
  const tools = {
    of: (name: string) => (known && name === 'move' ? PLACED : undefined),
    refresh: () => {
      refreshes += 1;
      return refresh(() => {
        known = true;
      });
    },
  };
  const client = connectLine(access, { server: { ...relayed(access), tools } });
  return { server, client, refreshes: () => refreshes };
}

const MOVE = ask(1, 'tools/call', { name: 'move', arguments: { place: 'x' } });

test('where the headers are other ones now, the tools are asked for once and the call is sent again', async () => {
  const { server, client, refreshes } = await wantingHeaders(async (learn) => learn());
  client.write(MOVE);
  expect(await client.answer(1)).toEqual(result(1, { method: 'tools/call' }));
  expect([server.seen.length, refreshes()]).toEqual([2, 1]);
});

test('where asking did not help, the server has the last word', async () => {
  const { server, client, refreshes } = await wantingHeaders(async () => {});
  client.write(MOVE);
  expect(await client.answer(1)).toMatchObject({ error: { code: -32020 } });
  expect([server.seen.length, refreshes()]).toEqual([2, 1]);
});

test('a call that is cancelled while the tools are asked for is not sent again', async () => {
  let learned = () => {};
  const { server, client, refreshes } = await wantingHeaders(
    (learn) =>
      new Promise((resolve) => {
        learned = () => {
          learn();
          resolve();
        };
      }),
  );
  client.write(MOVE);
  await until(() => refreshes() === 1);
  client.write({ method: 'notifications/cancelled', params: { requestId: 1 } });
  learned();
  client.write(ask(2, 'tools/list'));
  await client.answer(2);
  expect(server.posts('tools/call')).toHaveLength(1);
  expect(server.posts('notifications/cancelled')).toEqual([]);
  expect(client.lines).toHaveLength(1);
});

test.each([
  ['as the client of the era says it', META],
  ['without a revision', undefined],
])('a cancellation closes the request and is not sent, %s', async (_what, meta) => {
  let closed = 0;
  const server = await modernServer(({ method }, response) => {
    if (method !== 'tools/call') return undefined;
    response.on('close', () => {
      closed += 1;
    });
    return events(response);
  });
  const client = connectLine(accessTo(server.origin));
  const cancel = { method: 'notifications/cancelled', params: { requestId: 1, ...(meta && { _meta: meta }) } };
  client.write(ask(1, 'tools/call', { name: 'slow' }));
  await until(() => server.seen.length === 1);
  client.write(cancel);
  await until(() => closed === 1);
  // Once more, when there is nothing to cancel.
  client.write(cancel, ask(2, 'tools/list'));
  await client.answer(2);
  expect(server.posts('notifications/cancelled')).toEqual([]);
  expect(client.lines).toHaveLength(1);
  expect(client.records.map(({ method }) => method)).toEqual(['tools/call', 'tools/list']);
});

test('a method that nobody knows gets an error, and an error without an id the id of its request', async () => {
  const server = await modernServer(({ method }, response) => {
    if (method === 'x') return send(response, 404, { jsonrpc: '2.0', error: { code: -32601, message: 'no x' } });
    if (method === 'y')
      return send(response, 200, { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'no y' } });
    return method === 'z' ? response.writeHead(404).end() : undefined;
  });
  const access = accessTo(server.origin);
  access.traits.learnEra('modern', true);
  const client = connectLine(access);
  client.write(ask(1, 'x'), ask(2, 'y'), ask(3, 'z'));
  expect(await client.answer(1)).toEqual({ jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'no x' } });
  expect(await client.answer(2)).toEqual({ jsonrpc: '2.0', id: 2, error: { code: -32600, message: 'no y' } });
  expect(await client.answer(3)).toMatchObject({ error: { data: { code: 'server-http-404' } } });
  expect(client.lines).toHaveLength(3);
});

const wantsEma: Script = ({ id, params, method }, response) => {
  const own =
    method === 'initialize'
      ? params?.capabilities
      : (params?._meta as Record<string, unknown>)?.['io.modelcontextprotocol/clientCapabilities'];
  const declared = (own as { extensions?: object } | undefined)?.extensions ?? {};
  if (EMA in declared || (method !== 'initialize' && !params?._meta)) return undefined;
  const data = { requiredCapabilities: { extensions: { [EMA]: {} } } };
  return send(response, 400, { jsonrpc: '2.0', id, error: { code: -32021, message: 'declare it', data } });
};

test('a server that wants the EMA extension declared gets that, in the modern era, and from then on at once', async () => {
  const server = await modernServer(wantsEma);
  const client = connectLine(accessTo(server.origin));
  client.write(ask(1, 'tools/list'), ask(2, 'prompts/list'));
  expect(await client.answer(1)).toEqual(result(1, { method: 'tools/list' }));
  expect(await client.answer(2)).toEqual(result(2, { method: 'prompts/list' }));
  const before = server.seen.length;
  client.write(ask(3, 'tools/list'));
  await client.answer(3);
  expect(server.seen.length - before).toBe(1);
});

test('the same in the legacy era', async () => {
  const server = await legacyServer(wantsEma);
  const access = accessTo(server.origin);
  const client = connectLine(access);
  client.write(INITIALIZE, INITIALIZED, { id: 1, method: 'tools/list' });
  expect(await client.answer(1)).toEqual(result(1, { session: 's-1' }));
  expect(server.posts('initialize')).toHaveLength(2);
  server.forget();
  client.write({ id: 2, method: 'tools/list' });
  await client.answer(2);
  expect(server.posts('initialize')).toHaveLength(3);
  const other = connectLine(access);
  other.write(INITIALIZE);
  await other.answer('init');
  expect(server.posts('initialize')).toHaveLength(4);
});

test('a legacy server that wants it only later gets it in an MCP session of its own', async () => {
  const server = await legacyServer(({ method, id }, response) => {
    const data = { requiredCapabilities: { extensions: { [EMA]: {} } } };
    const isDeclared = server.posts('initialize').at(-1)?.params?.capabilities;
    return method === 'tools/list' && !JSON.stringify(isDeclared).includes(EMA)
      ? send(response, 400, { jsonrpc: '2.0', id, error: { code: -32021, message: 'declare it', data } })
      : undefined;
  });
  const client = connectLine(accessTo(server.origin));
  client.write(INITIALIZE, INITIALIZED, { id: 1, method: 'tools/list' });
  expect(await client.answer(1)).toEqual(result(1, { session: 's-2' }));
  await until(() => server.sessions.size === 1);
});

test.each([
  ['initialize', 1],
  ['tools/list', 2],
])('a server that is not content with the declaration has the last word, at %s', async (where, initialized) => {
  const data = { requiredCapabilities: { extensions: { [EMA]: {} } } };
  const refuses: Script = ({ method, id }, response) =>
    method === where
      ? send(response, 400, { jsonrpc: '2.0', id, error: { code: -32021, message: 'no', data } })
      : undefined;
  const server = await legacyServer(refuses);
  const client = connectLine(accessTo(server.origin));
  client.write(INITIALIZE);
  await client.answer('init');
  expect(server.posts('initialize').length).toBe(where === 'initialize' ? 2 : 1);
  client.write(INITIALIZED, { id: 1, method: 'tools/list' });
  await client.answer(1);
  if (where === 'tools/list') expect(server.posts('initialize')).toHaveLength(initialized);
  const modern = await modernServer(refuses);
  const other = connectLine(accessTo(modern.origin));
  other.write(ask(1, where));
  expect(await other.answer(1)).toMatchObject({ error: { code: -32021 } });
  expect(modern.posts(where)).toHaveLength(2);
});

const DISCOVER = (id: number, name: string) => ({
  id,
  method: 'server/discover',
  params: { _meta: { ...META, 'io.modelcontextprotocol/clientInfo': { name, version: '1' } } },
});

const refusesModern: Script = ({ id, params }, response) =>
  params?._meta ? send(response, 400, { jsonrpc: '2.0', id, error: { code: -32601, message: 'unknown' } }) : undefined;

test('a client that is known to fall back hears that a legacy server does not know server/discover', async () => {
  const server = await legacyServer(refusesModern);
  const client = connectLine(accessTo(server.origin));
  for (const id of [1, 2]) {
    client.write(DISCOVER(id, 'claude-code'));
    expect(await client.answer(id)).toMatchObject({ error: { code: -32601 } });
  }
  client.write(INITIALIZE, INITIALIZED, { id: 3, method: 'tools/list' });
  expect(await client.answer(3)).toEqual(result(3, { session: 's-1' }));
});

test('one that is not known is translated for, and known the next time', async () => {
  const server = await legacyServer(refusesModern);
  const fallsBack = createFallsBack();
  const access = accessTo(server.origin);
  const client = connectLine(access, { fallsBack });
  client.write(DISCOVER(1, 'tester'));
  expect(await client.answer(1)).toMatchObject({ result: { supportedVersions: ['2026-07-28'] } });
  client.write(INITIALIZE, INITIALIZED, { id: 2, method: 'tools/list' });
  expect(await client.answer(2)).toMatchObject({ result: { session: expect.stringMatching(/^s-/) } });
  const next = connectLine(access, { fallsBack });
  next.write(DISCOVER(1, 'tester'));
  expect(await next.answer(1)).toMatchObject({ error: { code: -32601 } });
});

test('a client that uses both eras on one pipe may cancel in either', async () => {
  const server = await legacyServer((message, response, request) =>
    message.method === 'tools/call' ? true : refusesModern(message, response, request),
  );
  const client = connectLine(accessTo(server.origin));
  client.write(DISCOVER(1, 'tester'));
  await client.answer(1);
  client.write(ask(2, 'subscriptions/listen', { notifications: { toolsListChanged: true } }));
  await client.heard('notifications/subscriptions/acknowledged');
  client.write(INITIALIZE, INITIALIZED, { id: 3, method: 'tools/call', params: { name: 'a' } });
  await until(() => server.posts('tools/call').length === 1);
  client.write({ method: 'notifications/cancelled', params: { requestId: 2, _meta: META } });
  client.write({ method: 'notifications/cancelled', params: { requestId: 3 } });
  await until(() => server.posts('notifications/cancelled').length === 1);
  expect(server.posts('notifications/cancelled')).toMatchObject([{ params: { requestId: 3 } }]);
  // The id is free again, so its request has ended.
  client.write(ask(2, 'tools/list'));
  expect(await client.answer(2)).toMatchObject({ result: {} });
});

test('first requests that come together at a server of the other era are each answered once', async () => {
  const server = await legacyServer(({ id, method, params }, response) => {
    if (params?._meta) return refusesModern({ id: id ?? 0, params }, response, server.seen[0] as never);
    return method === 'tools/list' ? send(response, 200, result(id, { tools: [{ name: 'old' }] })) : undefined;
  });
  const client = connectLine(accessTo(server.origin));
  const ids = [2, 3, 4, 5, 6];
  client.write(DISCOVER(1, 'somebody'), ...ids.map((id) => ask(id, 'tools/list')));
  expect(await client.answer(1)).toMatchObject({ result: { supportedVersions: ['2026-07-28'] } });
  for (const id of ids) expect(await client.answer(id)).toMatchObject({ result: { tools: [{ name: 'old' }] } });
  expect(client.lines).toHaveLength(6);
});

test('the same where both ends are modern: nothing is translated', async () => {
  const server = await modernServer();
  const client = connectLine(accessTo(server.origin));
  const ids = [2, 3, 4, 5, 6];
  client.write(DISCOVER(1, 'somebody'), ...ids.map((id) => ask(id, 'tools/list')));
  for (const id of [1, ...ids]) await client.answer(id);
  expect(server.seen).toHaveLength(6);
});

test('server/discover may be answered on a stream that stays open', async () => {
  const server = await modernServer(({ method, id }, response) =>
    method === 'server/discover' ? events(response).write(event(result(id, DISCOVERED))) : undefined,
  );
  const client = connectLine(accessTo(server.origin));
  client.write(ask(1, 'server/discover'));
  expect(await client.answer(1)).toEqual(result(1, DISCOVERED));
});

const LISTEN = ask(7, 'subscriptions/listen', { notifications: { toolsListChanged: true } });
const SUBSCRIBED = { 'io.modelcontextprotocol/subscriptionId': 7 };
const ACKNOWLEDGED = {
  method: 'notifications/subscriptions/acknowledged',
  params: { notifications: { toolsListChanged: true }, _meta: SUBSCRIBED },
};

const listens =
  (streams: ServerResponse[]): Script =>
  ({ method }, response) => {
    if (method !== 'subscriptions/listen') return undefined;
    streams.push(events(response));
    response.write(event(ACKNOWLEDGED));
    return true;
  };

test('a listening client is kept through an outage that was there from the beginning', async () => {
  const streams: ServerResponse[] = [];
  const server = await modernServer(listens(streams));
  let isGranted = false;
  const failing = failingMint('signed-out', { kind: 'blocked', reason: 'signed-out' });
  const access = accessTo(server.origin, (number) => (isGranted ? Promise.resolve(`token-${number}`) : failing()));
  const client = connectLine(access);
  client.write(LISTEN);
  await client.heard(ACKNOWLEDGED.method);
  isGranted = true;
  await access.keeper.signedIn();
  client.server.returned();
  expect(await client.heard('notifications/tools/list_changed')).toMatchObject({ params: { _meta: SUBSCRIBED } });
  await until(() => streams.length === 1);
  expect(client.lines).toHaveLength(2);
});

test('one that was open when its person signed out is kept too: it sees no end and no second beginning', async () => {
  const streams: ServerResponse[] = [];
  const server = await modernServer(listens(streams));
  let isGranted = true;
  const failing = failingMint('signed-out', { kind: 'blocked', reason: 'signed-out' });
  const access = accessTo(server.origin, (number) => (isGranted ? Promise.resolve(`token-${number}`) : failing()));
  const client = connectLine(access);
  client.write(LISTEN);
  await client.heard(ACKNOWLEDGED.method);
  isGranted = false;
  access.keeper.reset();
  client.write(ask(8, 'tools/list'));
  await client.answer(8);
  isGranted = true;
  await access.keeper.signedIn();
  client.server.returned();
  await client.heard('notifications/tools/list_changed');
  await until(() => streams.length === 2);
  expect(client.messages().filter(({ method }) => method === ACKNOWLEDGED.method)).toHaveLength(1);
  expect(client.messages().filter(({ id }) => id === 7)).toEqual([]);
  // It is still the client's to end.
  client.write({ method: 'notifications/cancelled', params: { requestId: 7, _meta: META } });
  await until(
    () => streams[1]?.destroyed === true || streams[1]?.writableEnded === true || streams[1]?.closed === true,
  );
});

test('one whose server ends it is opened there again', async () => {
  const streams: ServerResponse[] = [];
  const server = await modernServer(listens(streams));
  const client = connectLine(accessTo(server.origin));
  client.write(LISTEN);
  await client.heard(ACKNOWLEDGED.method);
  streams[0]?.end();
  await until(() => streams.length === 2);
  streams[1]?.write(event({ method: 'notifications/tools/list_changed', params: { _meta: SUBSCRIBED } }));
  await client.heard('notifications/tools/list_changed');
  expect(client.messages().map(({ method }) => method)).toEqual([
    ACKNOWLEDGED.method,
    'notifications/tools/list_changed',
  ]);
});
