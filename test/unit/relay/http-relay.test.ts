import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import type { CallRecord } from '../../../main/journal/calls.ts';
import { serve, serveBytes, serveRaw, type TestServer, until } from '../fixtures.ts';
import { accessTo, failingMint, type TestAccess } from './access-to.ts';
import { listenFor, relayed, relayFor } from './relayed.ts';

const KEY = 'lk_right';
const TOOL_CALL =
  '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"search","arguments":{"q":"private"}}}';

const PROMPT = '{"jsonrpc":"2.0","id":7,"method":"prompts/get","params":{"name":"greet"}}';

/** A relay for one server, on the first free port from a random one. */
async function relayTo(access: TestAccess, { keyInPath = false } = {}) {
  const records: CallRecord[] = [];
  const identify = (key: string) => (key === KEY ? 'tester' : undefined);
  const port = await listenFor(relayed(access), { keyInPath, identify, record: (call) => records.push(call) });
  return { port, records };
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

function start(port: number, { method = 'POST', path = '/notes/mcp', headers, body }: Sent = {}): ClientRequest {
  const all = { 'lanyard-key': KEY, 'content-type': 'application/json', ...headers };
  const outgoing = httpRequest({ host: '127.0.0.1', port, method, path, headers: all });
  outgoing.on('error', () => {});
  // As bytes: node would write headers and a text together, and the headers in the text's encoding.
  outgoing.end(body === undefined ? undefined : Buffer.from(body as string));
  return outgoing;
}

async function send(port: number, sent?: Sent) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    start(port, sent).once('response', resolve).once('error', reject);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return { status: response.statusCode, response, headers: response.headers, text: Buffer.concat(chunks).toString() };
}

const echo = (): Promise<TestServer> =>
  serve(({ body }, response) => {
    response.sendDate = false;
    response.writeHead(200, 'Fine', ['X-Two', '2', 'Mcp-Session-Id', 's', 'WWW-Authenticate', 'Bearer', 'X-two', '3']);
    response.end(Buffer.from(body));
  });

test('bytes pass untouched both ways, with the server’s token in place of the client’s key', async () => {
  const site = await echo();
  const { port, records } = await relayTo(accessTo(site.origin));
  const answer = await send(port, {
    body: TOOL_CALL,
    headers: {
      authorization: 'Bearer of the client',
      cookie: 'c=1',
      origin: `http://127.0.0.1:${port}`,
      'X-Mine': 'é',
    },
  });
  expect(answer).toMatchObject({ status: 200, text: TOOL_CALL });
  expect(answer.response.statusMessage).toBe('Fine');
  const [seen] = site.seen;
  expect(seen).toMatchObject({ path: '/mcp?tenant=7', body: TOOL_CALL });
  expect(seen?.headers).toMatchObject({
    authorization: 'Bearer token-1',
    host: new URL(site.origin).host,
    'x-mine': 'é',
  });
  for (const name of ['lanyard-key', 'cookie', 'origin']) expect(seen?.headers[name]).toBeUndefined();
  const { rawHeaders } = answer.response;
  expect(rawHeaders.slice(0, 6)).toEqual(['X-Two', '2', 'Mcp-Session-Id', 's', 'X-two', '3']);
  expect(answer.headers['www-authenticate']).toBeUndefined();
  expect(answer.headers.date).toBeUndefined();
  expect(records).toMatchObject([
    { client: 'tester', server: 'notes', verb: 'POST', method: 'tools/call', name: 'search', status: 200 },
  ]);
  expect(records[0]).toMatchObject({ requestBytes: TOOL_CALL.length, responseBytes: TOOL_CALL.length });
});

test.each<readonly [string, Sent, number, string]>([
  ['a wrong key', { headers: { 'lanyard-key': 'lk_wrong' } }, 403, 'wrong-key'],
  ['an empty key', { headers: { 'lanyard-key': '' } }, 403, 'wrong-key'],
  ['a key in the path where policy does not allow it', { path: `/~${KEY}/notes/mcp` }, 403, 'wrong-key'],
  ['a foreign host', { headers: { host: 'evil.example' } }, 403, 'wrong-host'],
  ['a foreign origin', { headers: { origin: 'https://evil.example' } }, 403, 'foreign-origin'],
  ['an unknown server', { path: '/tickets/mcp' }, 404, 'unknown-server'],
  ['an unknown server without a key', { path: '/tickets/mcp', headers: { 'lanyard-key': 'x' } }, 403, 'wrong-key'],
  ['a path of nobody', { path: '/' }, 404, 'not-found'],
  ['another method', { method: 'PUT' }, 405, 'wrong-method'],
  ['a preflight', { method: 'OPTIONS', headers: { origin: 'https://evil.example' } }, 403, 'foreign-origin'],
])('%s is refused before the server hears of it', async (_what, sent, status, code) => {
  const site = await echo();
  const { port, records } = await relayTo(accessTo(site.origin));
  const answer = await send(port, sent);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.text)).toMatchObject({ jsonrpc: '2.0', id: null, error: { data: { code } } });
  expect(site.seen).toEqual([]);
  expect(records).toEqual([]);
});

test('a key in the path works where policy allows it, beside the header', async () => {
  const site = await echo();
  const { port } = await relayTo(accessTo(site.origin), { keyInPath: true });
  const withoutHeader = { 'lanyard-key': '' };
  expect((await send(port, { path: `/~${KEY}/notes/mcp`, headers: withoutHeader })).status).toBe(200);
  expect((await send(port, { path: '/~lk_wrong/notes/mcp' })).status).toBe(403);
  expect((await send(port)).status).toBe(200);
  expect(site.seen.map(({ path }) => path)).toEqual(['/mcp?tenant=7', '/mcp?tenant=7']);
});

test('a refused token is never the client’s affair: an answer with the id, not 401', async () => {
  const site = await serve((_request, response) => response.writeHead(401, { 'www-authenticate': 'Bearer' }).end());
  const { port, records } = await relayTo(accessTo(site.origin));
  const answer = await send(port, { body: PROMPT });
  expect(answer.status).toBe(200);
  expect(answer.headers['www-authenticate']).toBeUndefined();
  expect(JSON.parse(answer.text)).toMatchObject({ id: 7, error: { data: { code: 'server-refuses-token' } } });
  expect(records).toMatchObject([{ status: 503 }]);
});

test.each([
  ['a scope that is not granted', 403, 'Bearer error="insufficient_scope", scope="write"', 'scope-not-granted'],
  ['another sign-in', 401, 'Bearer error="insufficient_user_authentication", max_age="5"', 'server-step-up'],
])('a call that needs %s is answered with a sentence, and no challenge', async (_what, status, challenge, code) => {
  const site = await serve((_request, response) =>
    response.writeHead(status, { 'www-authenticate': challenge, 'dpop-nonce': 'n' }).end(),
  );
  const { port } = await relayTo(accessTo(site.origin));
  const answer = await send(port, { body: PROMPT });
  expect(answer.status).toBe(200);
  for (const name of ['www-authenticate', 'dpop-nonce']) expect(answer.headers[name]).toBeUndefined();
  expect(JSON.parse(answer.text)).toMatchObject({ id: 7, error: { message: expect.any(String), data: { code } } });
});

test('a 403 for another reason passes untouched, but for its challenge', async () => {
  const site = await serve((_request, response) =>
    response.writeHead(403, { 'www-authenticate': 'Bearer error="insufficient_scope"', 'x-why': 'so' }).end('mine'),
  );
  const { port } = await relayTo(accessTo(site.origin));
  const answer = await send(port, { body: TOOL_CALL });
  expect(answer).toMatchObject({ status: 403, text: 'mine', headers: { 'x-why': 'so' } });
  expect(answer.headers['www-authenticate']).toBeUndefined();
});

test.each([
  ['POST', 'call'],
  ['DELETE', 'background'],
  ['GET', 'upkeep'],
])('the keeper is told what the token of a %s is for: %s', async (method, purpose) => {
  const site = await serve((_request, response) => response.end());
  const access = accessTo(site.origin);
  await access.keeper.token();
  const purposes: unknown[] = [];
  const tokenAtOnce: TestAccess['keeper']['tokenAtOnce'] = (wanted) => {
    purposes.push(wanted);
    return access.keeper.tokenAtOnce(wanted);
  };
  const { port } = await relayTo({ ...access, keeper: { ...access.keeper, tokenAtOnce } });
  expect((await send(port, { method })).status).toBe(200);
  expect(purposes).toEqual([purpose]);
});

test('proofs and nonces are between the server and us', async () => {
  const site = await serve((_request, response) => response.writeHead(200, { 'dpop-nonce': 'n-1' }).end());
  const { port } = await relayTo(accessTo(site.origin, undefined, { tokenType: 'DPoP' }));
  const answer = await send(port, { body: TOOL_CALL, headers: { dpop: 'of the client', authorization: 'DPoP x' } });
  expect(answer.headers['dpop-nonce']).toBeUndefined();
  const sent = site.seen[0]?.rawHeaders.filter((_part, index, all) => all[index - 1]?.toLowerCase() === 'dpop') ?? [];
  expect(sent).toEqual([expect.stringMatching(/^eyJ/)]);
  expect(site.seen[0]?.headers.authorization).toBe('DPoP token-1');
});

test('where no token can be had, the sentence for the person comes back', async () => {
  const { origin } = await echo();
  const { port } = await relayTo(accessTo(origin, failingMint('denied-here', { kind: 'blocked', reason: 'denied' })));
  const answer = await send(port, { body: TOOL_CALL });
  const text = expect.stringContaining('User: denied-here.');
  expect(JSON.parse(answer.text)).toMatchObject({
    id: 7,
    result: { isError: true, content: [{ type: 'text', text }] },
  });
  expect(answer.text).not.toContain('secret');
});

test('a body beyond the replay limit streams through whole', async () => {
  const site = await serve(({ body }, response) => response.end(String(body.length)));
  const { port, records } = await relayTo(accessTo(site.origin));
  const body = Buffer.alloc(3 * 1024 * 1024, 'x');
  expect((await send(port, { body })).text).toBe(String(body.length));
  expect(records).toMatchObject([{ requestBytes: body.length }]);
});

test.each([
  ['the client', true],
  ['the server', false],
])('a stream that %s breaks off ends on both sides and is recorded once', async (_who, byClient) => {
  let serverClosed = false;
  const site = await (byClient
    ? serveRaw((_request, response) => {
        response.on('close', () => {
          serverClosed = true;
        });
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
      })
    : serveBytes((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'))));
  const { port, records } = await relayTo(accessTo(site.origin));
  const outgoing = start(port, { method: 'GET' });
  const response = await new Promise<IncomingMessage>((resolve) => outgoing.once('response', resolve));
  let clientClosed = false;
  response.on('error', () => {});
  response.on('close', () => {
    clientClosed = true;
  });
  response.resume();
  if (byClient) {
    await new Promise((resolve) => response.once('data', resolve));
    outgoing.destroy();
    await until(() => serverClosed);
  }
  await until(() => clientClosed && records.length > 0);
  // Another whole call shows that nothing more is recorded of the first.
  await send(port, { path: '/nobody/mcp' });
  expect(records).toMatchObject([{ verb: 'GET', status: 200 }]);
});

test('the headers of a stream do not wait for its first event', async () => {
  const site = await serveRaw((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  });
  const { port } = await relayTo(accessTo(site.origin));
  const outgoing = start(port, { method: 'GET' });
  const response = await new Promise<IncomingMessage>((resolve) => outgoing.once('response', resolve));
  expect(response.headers['content-type']).toBe('text/event-stream');
  outgoing.destroy();
});

test.runIf(process.platform === 'linux')('whoever leaves while we look who it is asked for nothing', async () => {
  const site = await echo();
  const access = accessTo(site.origin);
  const records: CallRecord[] = [];
  const relay = relayFor(relayed(access), { record: (call) => records.push(call) });
  let left = 0;
  const { port } = await serveRaw((request, response) => {
    request.headers.host = '127.0.0.1:0';
    relay(request, response);
    // The first ones leave at once; the last one, whose connection is looked up later, stays.
    if (request.method === 'PUT') return;
    request.socket.destroy();
    left += 1;
  });
  for (const method of ['GET', 'POST', 'DELETE']) start(port, { method });
  await until(() => left === 3);
  expect((await send(port, { method: 'PUT' })).status).toBe(405);
  expect(site.seen).toEqual([]);
  expect([access.mints(), records]).toEqual([0, []]);
});
