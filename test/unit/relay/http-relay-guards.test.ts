import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import type { CallRecord } from '../../../main/journal/calls.ts';
import { createOpenResponses } from '../../../main/relay/open-responses.ts';
import { serve, serveRaw, until } from '../fixtures.ts';
import { accessTo } from './access-to.ts';
import { listenFor, relayed } from './relayed.ts';

const CALL = '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"search"}}';

interface Sent {
  readonly method?: string;
  readonly path?: string;
  /** Names and values in turn: some names are there twice. */
  readonly headers?: readonly string[];
  readonly body?: string;
}

function start(port: number, { method = 'POST', path = '/notes/mcp', headers = [], body }: Sent): ClientRequest {
  const length = body === undefined ? [] : ['content-length', String(Buffer.byteLength(body))];
  const all = ['host', `127.0.0.1:${port}`, 'lanyard-key', 'lk', 'content-type', 'application/json', ...length];
  const outgoing = httpRequest({ host: '127.0.0.1', port, method, path, headers: [...all, ...headers] });
  outgoing.on('error', () => {});
  outgoing.end(body);
  return outgoing;
}

const answered = (outgoing: ClientRequest) =>
  new Promise<IncomingMessage>((resolve, reject) => outgoing.once('response', resolve).once('error', reject));

async function send(port: number, sent: Sent) {
  const response = await answered(start(port, sent));
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() };
}

test.each([
  ['twice', ['mcp-session-id', 'a', 'Mcp-Session-Id', 'b']],
  ['in another spelling', ['Mcp_Session_Id', 'a']],
])('a request that names its MCP session %s does not reach the server', async (_how, headers) => {
  const site = await serve((_request, response) => response.end());
  const port = await listenFor(relayed(accessTo(site.origin)));
  expect(await send(port, { body: CALL, headers })).toMatchObject({ status: 400 });
  expect(site.seen).toEqual([]);
});

test.each(['GET', 'DELETE'])('a %s with a body does not reach the server', async (method) => {
  const site = await serve((_request, response) => response.end());
  const access = accessTo(site.origin);
  await access.keeper.token();
  const port = await listenFor(relayed(access));
  expect(await send(port, { method, body: CALL })).toMatchObject({ status: 400 });
  expect((await send(port, { method })).status).toBe(200);
  expect(site.seen.map(({ body }) => body)).toEqual(['']);
});

test('an MCP session of another person is over, whatever opened it', async () => {
  let person = 'ada';
  const site = await serve((_request, response) => response.writeHead(200, { 'mcp-session-id': 's-1' }).end('{}'));
  const port = await listenFor(relayed(accessTo(site.origin)), { person: () => person });
  // Not seen as "initialize": one of its letters is written as an escape.
  await send(port, { body: '{"jsonrpc":"2.0","id":1,"method":"initi\\u0061lize","params":{}}' });
  const within = { body: CALL, headers: ['mcp-session-id', 's-1'] };
  expect((await send(port, within)).status).toBe(200);
  person = 'bob';
  expect(await send(port, within)).toMatchObject({ status: 404, text: expect.stringContaining('mcp-session-gone') });
  expect(site.seen).toHaveLength(2);
});

test('a client that is taken away hears no more of what it has open; others do', async () => {
  const streams: { write(text: string): void }[] = [];
  const site = await serveRaw((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    streams.push(response);
  });
  const responses = createOpenResponses();
  const clients = ['one', 'two'];
  const port = await listenFor(relayed(accessTo(site.origin)), { responses, identify: () => clients.shift() });
  const [one, two] = [await answered(start(port, { method: 'GET' })), await answered(start(port, { method: 'GET' }))];
  let heard = '';
  let isCut = false;
  one.on('error', () => {});
  one.on('close', () => {
    isCut = true;
  });
  one.resume();
  two.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
  });
  responses.cut('one');
  await until(() => isCut);
  for (const stream of streams) stream.write('data: 1\n\n');
  await until(() => heard !== '');
  two.destroy();
});

test.each([
  ['a click', ['sec-fetch-mode', 'navigate'], 302],
  ['a program', [], 302],
  ['a picture in a page', ['sec-fetch-mode', 'no-cors', 'sec-fetch-dest', 'image'], 403],
  ['a script of a page', ['sec-fetch-mode', 'cors'], 403],
  ['a preview', ['sec-fetch-mode', 'navigate', 'sec-purpose', 'prefetch'], 403],
  ['a page of another name', ['origin', 'https://evil.example'], 403],
] as const)('the door opens, or does not, for %s', async (_who, headers, status) => {
  const site = await serve((_request, response) => response.end());
  let visits = 0;
  const door = async () => {
    visits += 1;
    return { status: 302, headers: { location: 'https://idp.example/' }, body: '' };
  };
  const port = await listenFor(relayed(accessTo(site.origin)), { door, identify: () => undefined });
  expect((await send(port, { method: 'GET', headers })).status).toBe(status);
  expect(visits).toBe(status === 302 ? 1 : 0);
});

const RULES = { deny: ['delete*'] };
const DELETION = '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"delete_all","arguments":{}}}';

test('a call that the rules refuse is answered with a result, recorded with the reason, and does not reach the server', async () => {
  const site = await serve((_request, response) => response.end());
  const records: CallRecord[] = [];
  const port = await listenFor(relayed(accessTo(site.origin), { rules: RULES }), {
    record: (call) => records.push(call),
  });
  const { status, text } = await send(port, { body: DELETION });
  expect([status, JSON.parse(text)]).toMatchObject([200, { id: 7, result: { isError: true } }]);
  expect(records).toMatchObject([{ name: 'delete_all', refused: 'denied', status: 200 }]);
  expect(site.seen).toEqual([]);
});

test('rules are kept for messages of megabytes too', async () => {
  const site = await serve((_request, response) => response.end());
  const port = await listenFor(relayed(accessTo(site.origin), { rules: RULES }));
  const large = DELETION.replace('{}', `{"x":"${'x'.repeat(2 * 1024 * 1024)}"}`);
  expect(JSON.parse((await send(port, { body: large })).text)).toMatchObject({ result: { isError: true } });
  expect(site.seen).toEqual([]);
  const allowed = large.replace('delete_all', 'search');
  expect((await send(port, { body: allowed })).status).toBe(200);
  expect(site.seen.map(({ body }) => body)).toEqual([allowed]);
});

test('a message of megabytes passes within an MCP session of ours', async () => {
  // Out of reach, so that the MCP session is ours.
  const port = await listenFor(relayed(accessTo('http://127.0.0.1:1')));
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'n', version: '1' } };
  const accept = ['accept', 'application/json, text/event-stream'];
  const opened = await send(port, {
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }),
    headers: accept,
  });
  const id = String(opened.headers['mcp-session-id']);
  expect(id).toMatch(/^lanyard-/);
  const large = CALL.replace('"search"', `"search","arguments":{"x":"${'x'.repeat(2 * 1024 * 1024)}"}`);
  const { status, text } = await send(port, { body: large, headers: [...accept, 'mcp-session-id', id] });
  expect([status, text]).toEqual([200, expect.stringContaining('isError')]);
});

test('an MCP session is a person’s also where it was opened with the id of another one', async () => {
  let person = 'ada';
  const site = await serve((_request, response) => response.writeHead(200, { 'mcp-session-id': 's-1' }).end('{}'));
  const port = await listenFor(relayed(accessTo(site.origin)), { person: () => person });
  await send(port, { body: CALL, headers: ['mcp-session-id', 'old'] });
  person = 'bob';
  expect((await send(port, { body: CALL, headers: ['mcp-session-id', 's-1'] })).status).toBe(404);
});

test('a client that was seen to initialize is let fall back', async () => {
  const answer = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32000, message: 'No session.' } });
  const site = await serve(({ body }, response) =>
    body.includes('"initialize"')
      ? response
          .writeHead(200, { 'content-type': 'application/json' })
          .end('{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{}}}')
      : response.writeHead(400, { 'content-type': 'application/json' }).end(answer),
  );
  const port = await listenFor(relayed(accessTo(site.origin)));
  const clientInfo = { name: 'editor', version: '1' };
  const initialize = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  const discover = {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': clientInfo,
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  };
  await send(port, { body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: initialize }) });
  const { status, text } = await send(port, {
    body: JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'server/discover', params: discover }),
    headers: ['mcp-protocol-version', '2026-07-28', 'mcp-method', 'server/discover'],
  });
  expect([status, text]).toEqual([400, answer]);
});
