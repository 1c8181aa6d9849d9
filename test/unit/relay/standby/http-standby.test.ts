import { request as httpRequest } from 'node:http';
import { Client, type ClientCapabilities, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { answerInPlace } from '../../../../main/relay/standby/http-standby.ts';
import type { StandbyFacts } from '../../../../main/relay/standby/standby-outcome.ts';
import { serveRaw, until } from '../../fixtures.ts';
import { factsWith, LISTS, modern, returning } from './standing-by.ts';

/** A server whose place standby has taken. `hold: false` is a body that was too large to be held. */
async function inPlace(facts: StandbyFacts, hold = true) {
  const returns = returning();
  const beats: (() => void)[] = [];
  const { origin, port } = await serveRaw(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = hold && chunks.length > 0 ? Buffer.concat(chunks) : null;
    answerInPlace({ method: request.method ?? '', headers: request.headers, body }, response, {
      facts,
      onReturn: returns.onReturn,
      schedule: (_delay, act) => {
        beats.push(act);
        return () => {};
      },
    });
  });
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(origin, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { origin, port, returns, beats, post };
}

async function connected(
  origin: string,
  mode: 'legacy' | { readonly pin: '2026-07-28' } | 'auto',
  capabilities: ClientCapabilities = {},
): Promise<Client> {
  const client = new Client({ name: 'tester', version: '1' }, { capabilities, versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(origin)));
  onTestFinished(() => client.close());
  return client;
}

describe.each(['legacy', { pin: '2026-07-28' }, 'auto'] as const)('a client that speaks %j', (mode) => {
  test('finds what was last known', async () => {
    const { origin } = await inPlace(factsWith({ lists: LISTS }));
    const client = await connected(origin, mode);
    expect(client.getServerVersion()).toMatchObject({ name: 'notes-server' });
    expect(client.getInstructions()).toBe('Write short notes.');
    expect((await client.listTools()).tools).toMatchObject([{ name: 'create_note' }]);
    expect((await client.listResources()).resources).toMatchObject([{ uri: 'note://1' }]);
  });

  test('finds the status where nothing is known', async () => {
    const { origin } = await inPlace(factsWith());
    const client = await connected(origin, mode);
    expect((await client.listTools()).tools).toMatchObject([{ name: 'lanyard_status' }]);
    const result = await client.callTool({ name: 'lanyard_status', arguments: {} });
    expect(result.content).toEqual([{ type: 'text', text: 'The notes: signed out.\nSign in.' }]);
  });

  test('is told what became of its call', async () => {
    const { origin } = await inPlace(factsWith({ lists: LISTS }));
    const client = await connected(origin, mode);
    const result = await client.callTool({ name: 'create_note', arguments: {} });
    expect(result.isError).toBe(true);
    expect(result.content).toMatchObject([{ text: expect.stringContaining('was not carried out') }]);
    await expect(client.readResource({ uri: 'note://1' })).rejects.toThrow('The person can read this.');
  });
});

test('a client of the modern era is asked to open the sign-in, and the call is made again by itself', async () => {
  const signInUrl = 'http://127.0.0.1:5693/sign-in/once';
  const { origin } = await inPlace(factsWith({ lists: LISTS, signInUrl }));
  const client = await connected(origin, { pin: '2026-07-28' }, { elicitation: { url: {} } });
  const asked: unknown[] = [];
  client.setRequestHandler('elicitation/create', ({ params }) => {
    asked.push(params);
    return { action: 'accept' };
  });
  const result = await client.callTool({ name: 'create_note', arguments: {} });
  expect(asked).toMatchObject([{ mode: 'url', url: signInUrl }]);
  expect(result.content).toMatchObject([{ text: expect.stringContaining('Once you have signed in, try again') }]);
});

test('a client of the legacy era is told where to sign in, and is never sent there by an error', async () => {
  const signInUrl = 'http://127.0.0.1:5693/sign-in/once';
  const { origin } = await inPlace(factsWith({ lists: LISTS, signInUrl }));
  const client = await connected(origin, 'legacy', { elicitation: { url: {} } });
  const result = await client.callTool({ name: 'create_note', arguments: {} });
  expect(result.isError).toBe(true);
  expect(result.content).toMatchObject([{ text: expect.stringContaining(signInUrl) }]);
});

test.each(['GET', 'DELETE'])('a %s without an MCP session is answered at once', async (method) => {
  const { origin, returns } = await inPlace(factsWith());
  const response = await fetch(origin, { method, headers: { accept: 'text/event-stream' } });
  expect([response.status, response.headers.get('allow'), await response.text()]).toEqual([405, 'POST', '']);
  expect(returns.waiting()).toBe(0);
});

test('an MCP session of the server can be ended', async () => {
  const { origin } = await inPlace(factsWith());
  const response = await fetch(origin, { method: 'DELETE', headers: OF_THE_SERVER });
  expect([response.status, await response.text()]).toEqual([200, '']);
});

const OF_THE_SERVER = { 'mcp-session-id': 'of-the-server' };
const READ = { jsonrpc: '2.0', id: 'a', method: 'resources/read', params: { uri: 'note://1' } };
const odd = { ...modern('tools/list'), params: { _meta: { 'io.modelcontextprotocol/protocolVersion': '2031-01-01' } } };

test.each<[string, unknown, number, unknown]>([
  ['a body that is not JSON', '{"jsonrpc":', 400, { id: null, error: { code: -32700 } }],
  ['a body that is no message', { hello: 1 }, 400, { id: null, error: { code: -32600 } }],
  ['an empty batch', [], 400, { id: null, error: { code: -32600 } }],
  ['a batch with something else inside', [READ, 1], 400, { id: null, error: { code: -32600 } }],
  [
    'a batch without measure',
    Array.from({ length: 101 }, () => ({ ...READ, method: 'ping' })),
    400,
    { id: null, error: { code: -32600 } },
  ],
  ['a method that the modern era does not have', modern('ping'), 404, { id: 7, error: { code: -32601 } }],
  ['a revision that is not known', odd, 400, { id: 7, error: { code: -32022 } }],
  ['a modern request that cannot be answered', modern('resources/read'), 200, { id: 7, error: { code: -32000 } }],
  ['a method that the legacy era does not have', { ...READ, method: 'x' }, 200, { id: 'a', error: { code: -32601 } }],
  ['a legacy request that cannot be answered', READ, 200, { id: 'a', error: { code: -32000 } }],
  ['a ping', { ...READ, method: 'ping' }, 200, { id: 'a', result: {} }],
  [
    'a batch',
    [
      { ...READ, method: 'ping' },
      { ...READ, id: 'b' },
    ],
    200,
    [{ id: 'a' }, { id: 'b' }],
  ],
])('%s', async (_, body, status, answer) => {
  const { post } = await inPlace(factsWith());
  const response = await post(body);
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('www-authenticate')).toBeNull();
  expect(await response.json()).toMatchObject(answer as object);
});

test.each<[string, unknown]>([
  ['a notification', { jsonrpc: '2.0', method: 'notifications/initialized' }],
  ['a response', { jsonrpc: '2.0', id: 1, result: {} }],
  [
    'a batch of both',
    [
      { jsonrpc: '2.0', method: 'notifications/x' },
      { jsonrpc: '2.0', id: 1, result: {} },
    ],
  ],
])('%s is taken', async (_, body) => {
  const { post } = await inPlace(factsWith());
  const response = await post(body, OF_THE_SERVER);
  expect(response.status).toBe(202);
  expect(await response.text()).toBe('');
  expect(response.headers.get('mcp-session-id')).toBeNull();
});

test('a modern request that lost its `_meta` is known by its header', async () => {
  const { post } = await inPlace(factsWith());
  const response = await post({ ...READ, method: 'tools/list', params: {} }, { 'mcp-protocol-version': '2026-07-28' });
  expect(await response.json()).toMatchObject({ result: { resultType: 'complete' } });
});

test('a body that was not held is a fault of the relay', async () => {
  const { post } = await inPlace(factsWith(), false);
  const response = await post(READ);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ id: null, error: { data: { code: 'signed-out' } } });
});

test('a listening stream says something at once and again, hears of the return, and ends', async () => {
  const { origin, returns, beats } = await inPlace(factsWith());
  const response = await fetch(origin, { headers: { accept: 'text/event-stream', ...OF_THE_SERVER } });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>)
    .pipeThrough(new TextDecoderStream())
    .getReader();
  expect((await reader.read()).value).toBe(': lanyard\n\n');
  beats[0]?.();
  expect((await reader.read()).value).toBe(': lanyard\n\n');
  await until(() => returns.waiting() === 1);
  returns.back();
  let rest = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) rest += part.value;
  expect(rest.match(/notifications\/\w+\/list_changed/g)).toHaveLength(3);
  expect(returns.waiting()).toBe(0);
});

test('a client that leaves its stream leaves nothing behind', async () => {
  const { port, returns } = await inPlace(factsWith());
  const request = httpRequest({ host: '127.0.0.1', port, method: 'GET', headers: OF_THE_SERVER });
  request.on('error', () => {});
  request.end();
  await until(() => returns.waiting() === 1);
  request.destroy();
  await until(() => returns.waiting() === 0);
});

test('a server that is back at once leaves nothing behind', async () => {
  const returns = returning();
  const onReturn = (listener: () => void) => {
    listener();
    return returns.onReturn(listener);
  };
  const { origin } = await serveRaw((_request, response) => {
    const request = { method: 'GET', headers: OF_THE_SERVER, body: null };
    answerInPlace(request, response, { facts: factsWith(), onReturn });
  });
  const text = await (await fetch(origin)).text();
  expect(text.match(/list_changed/g)).toHaveLength(3);
  expect(returns.waiting()).toBe(0);
});

test('an answer that has begun is cut off', async () => {
  const { origin } = await serveRaw((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{');
    const context = { facts: factsWith(), onReturn: returning().onReturn };
    answerInPlace({ method: 'POST', headers: request.headers, body: Buffer.from('{}') }, response, context);
  });
  await expect(fetch(origin, { method: 'POST', body: '{}' }).then((response) => response.text())).rejects.toThrow();
});
