import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LanyardError } from '../../../../shared/errors.ts';
import { type SeenRequest, sendJson, serve, until } from '../../fixtures.ts';
import { accessTo, failingMint } from '../access-to.ts';
import { connectLine } from './line-client.ts';

type Handler = (message: { id?: number; method?: string }, response: ServerResponse, request: SeenRequest) => unknown;

const serverThat = (handle: Handler) =>
  serve((request, response) => handle(request.body ? JSON.parse(request.body) : {}, response, request));

const result = (id: unknown, value: unknown = {}) => ({ jsonrpc: '2.0', id, result: value });

test('a line goes to the server as its bytes, with the headers that HTTP needs, and the answer is a line', async () => {
  const { origin, seen } = await serverThat(({ id }, response) => sendJson(response, 200, result(id, 'é')));
  const client = connectLine(accessTo(origin));
  const odd = '{"jsonrpc":"2.0", "id" : 1.0,"method":"tools/list","params":{"\\u0061":1e2}}';
  client.write(odd);
  await until(() => client.lines.length === 1);
  expect(client.lines).toEqual([JSON.stringify(result(1, 'é'))]);
  expect(seen).toMatchObject([
    {
      method: 'POST',
      path: '/mcp?tenant=7',
      body: odd,
      headers: {
        authorization: 'Bearer token-1',
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
    },
  ]);
  expect(client.records).toMatchObject([
    { client: 'tester', server: 'notes', transport: 'stdio', verb: 'POST', method: 'tools/list', status: 200 },
  ]);
});

test('what initialize agrees on goes into the headers of everything after it, and the session is ended', async () => {
  const { origin, seen } = await serverThat(({ id, method }, response, { method: verb }) => {
    if (verb !== 'POST') return response.writeHead(verb === 'GET' ? 405 : 200).end();
    if (method === 'initialize')
      return sendJson(response, 200, result(id, { protocolVersion: '2025-11-25' }), { 'mcp-session-id': 's-1' });
    return id === undefined ? response.writeHead(202).end() : sendJson(response, 200, result(id));
  });
  const client = connectLine(accessTo(origin));
  client.write(
    { id: 1, method: 'initialize' },
    { method: 'notifications/initialized' },
    { id: 2, method: 'tools/list' },
  );
  await until(() => client.lines.length === 2 && seen.some(({ method }) => method === 'GET'));
  const posts = seen.filter(({ method }) => method === 'POST');
  expect(posts.map(({ body }) => (JSON.parse(body) as { method: string }).method)).toEqual([
    'initialize',
    'notifications/initialized',
    'tools/list',
  ]);
  expect(posts[0]?.headers['mcp-session-id']).toBeUndefined();
  client.pipe.push(null);
  await client.over;
  await until(() => seen.some(({ method }) => method === 'DELETE'));
  for (const { headers } of seen.slice(1))
    expect(headers).toMatchObject({ 'mcp-session-id': 's-1', 'mcp-protocol-version': '2025-11-25' });
});

test('requests run side by side, and answers come in the order of the server', async () => {
  const held = new Map<unknown, () => void>();
  const { origin } = await serverThat(({ id }, response) => held.set(id, () => sendJson(response, 200, result(id))));
  const client = connectLine(accessTo(origin));
  client.write({ id: 1, method: 'slow' }, { id: 2, method: 'quick' });
  await until(() => held.size === 2);
  held.get(2)?.();
  await until(() => client.lines.length === 1);
  held.get(1)?.();
  await until(() => client.lines.length === 2);
  expect(client.messages().map(({ id }) => id)).toEqual([2, 1]);
});

test.each<readonly [string, (response: ServerResponse, id: unknown) => unknown, string]>([
  ['nothing', (response) => response.writeHead(200).end(), 'server-http-200'],
  ['202 and nothing', (response) => response.writeHead(202).end(), 'server-http-202'],
  ['a page', (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<html>'), 'server-http-502'],
  ['JSON that is no message', (response) => sendJson(response, 403, { error: 'forbidden' }), 'server-http-403'],
  [
    'words that it calls JSON',
    (response) => response.writeHead(502, { 'content-type': 'application/json' }).end('Bad gateway'),
    'server-http-502',
  ],
  ["another request's answer", (response) => sendJson(response, 200, result(99)), 'server-http-200'],
  [
    'a stream that ends before its response',
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end('data: {"jsonrpc":"2.0","method":"notifications/progress"}\n\n');
    },
    'server-http-200',
  ],
  [
    'half a body',
    (response) => response.writeHead(200, { 'content-length': 9 }).write('{', () => response.destroy()),
    'network-connection',
  ],
])('a request that the server answers with %s is answered with an error', async (_what, answer, code) => {
  const { origin } = await serverThat(({ id }, response) => answer(response, id));
  const client = connectLine(accessTo(origin));
  client.write({ id: 1, method: 'prompts/get', params: { name: 'greet' } });
  await until(() => client.messages().some(({ id }) => id === 1));
  const answers = client.messages().filter(({ id }) => id === 1);
  expect(answers).toMatchObject([{ error: { code: -32000, data: { code } } }]);
});

test('an error that its server gave no id is the answer all the same', async () => {
  const error = { code: -32001, message: 'gone' };
  const { origin } = await serverThat((_message, response) =>
    sendJson(response, 404, { jsonrpc: '2.0', id: null, error }),
  );
  const client = connectLine(accessTo(origin));
  client.write({ id: 1, method: 'tools/list' });
  await until(() => client.lines.length > 0);
  expect(client.messages()).toEqual([{ jsonrpc: '2.0', id: 1, error }]);
});

test('a response that came is not followed by a second one when its stream breaks', async () => {
  const { origin } = await serverThat(({ id }, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify(result(id))}\n\n`, () => response.destroy());
  });
  const client = connectLine(accessTo(origin));
  client.write({ id: 1, method: 'tools/list' });
  await until(() => client.records.length === 1);
  expect(client.lines).toEqual([JSON.stringify(result(1))]);
});

test('where no token can be had, the request is answered with the sentence for the person', async () => {
  const { origin, seen } = await serverThat((_message, response) => response.end());
  const client = connectLine(accessTo(origin, failingMint('denied-here', { kind: 'blocked', reason: 'denied' })));
  client.write({ id: 'a', method: 'prompts/get', params: { name: 'greet' } });
  await until(() => client.lines.length === 1);
  expect(client.messages()).toMatchObject([{ id: 'a', error: { message: 'User: denied-here.' } }]);
  expect(client.lines.join()).not.toContain('secret');
  expect(seen).toEqual([]);
  expect(client.records).toMatchObject([{ status: 503 }]);
});

test('a line that is no message is told, and the next one is served', async () => {
  const { origin } = await serverThat(({ id }, response) => sendJson(response, 200, result(id)));
  const client = connectLine(accessTo(origin));
  client.write('hello', { id: 1, method: 'ping' });
  await until(() => client.lines.length === 2);
  expect(client.messages()).toMatchObject([{ id: null, error: { data: { code: 'not-json-rpc' } } }, { id: 1 }]);
});

test('in the modern era a cancellation closes the request and is not sent', async () => {
  let closed = false;
  const { origin, seen } = await serverThat((_message, response) => {
    response.on('close', () => {
      closed = true;
    });
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': here\n\n');
  });
  const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
  const client = connectLine(accessTo(origin));
  client.write({ id: 1, method: 'tools/call', params: { name: 'slow', _meta } });
  await until(() => seen.length === 1);
  client.write({ method: 'notifications/cancelled', params: { requestId: 1, _meta } });
  await until(() => closed);
  expect(seen).toHaveLength(1);
  expect(client.lines).toEqual([]);
});

test('in the era before, a cancellation is a notification like any other', async () => {
  const { origin, seen } = await serverThat((_message, response) => response.writeHead(202).end());
  const client = connectLine(accessTo(origin));
  client.write({ method: 'notifications/cancelled', params: { requestId: 1 } });
  await until(() => seen.length === 1);
});

test('when the client ends, everything under way ends with it', async () => {
  let closed = false;
  const { origin, seen } = await serverThat((_message, response) => {
    response.on('close', () => {
      closed = true;
    });
  });
  const client = connectLine(accessTo(origin));
  client.write({ id: 1, method: 'tools/list' });
  await until(() => seen.length === 1);
  client.pipe.push(null);
  await client.over;
  await until(() => closed);
  expect(client.lines).toEqual([]);
});

/** A client whose listening stream is open; resolves with how often the server saw one opened. */
async function listening() {
  const { origin, seen } = await serverThat(({ id, method }, response, { method: verb }) => {
    if (verb === 'GET') return response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    if (method === 'initialize') return sendJson(response, 200, result(id, { protocolVersion: '2025-11-25' }));
    return response.writeHead(202).end();
  });
  const access = accessTo(origin);
  const client = connectLine(access);
  const opened = () => seen.filter(({ method }) => method === 'GET').length;
  client.write({ id: 1, method: 'initialize' }, { method: 'notifications/initialized' });
  await until(() => opened() === 1);
  return { access, client, opened };
}

test('a listening stream that is cut off, as on waking, is opened again within seconds, by nobody but us', async () => {
  const { access, client, opened } = await listening();
  // Long enough to be no stream that its server ends at once.
  await sleep(1_100);
  await access.cut();
  const cutAt = performance.now();
  await until(() => opened() === 2);
  expect(performance.now() - cutAt).toBeLessThan(5_000);
  expect(client.lines).toHaveLength(1);
});

test('a listening stream mints nothing', async () => {
  const { access, opened } = await listening();
  await sleep(1_100);
  access.keeper.refused('token-1', new LanyardError({ code: 'c', user: 'u', administrator: 'a' }));
  await access.cut();
  await sleep(1_500);
  expect(opened()).toBe(1);
  expect(access.mints()).toBe(1);
});
