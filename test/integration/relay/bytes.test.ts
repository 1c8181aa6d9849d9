import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOCAL_KEY_HEADER_NAME } from '../../../shared/local-key-header.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { type RawAnswer, type RawRequest, raw } from '../raw-http.ts';

// A recorder stands where policy says the notes server is: it passes metadata on from the real one, answers MCP
// requests by itself, and writes down what it was sent. So what goes through can be compared with what goes direct.

interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

const recorded: Recorded[] = [];
let answerWith: (request: IncomingMessage, body: Buffer, response: ServerResponse) => void;
let recorderUrl: string;
let fixture: Fixture;
let localKey: string;

const recorder = createServer(async (incoming, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const { method = '', url = '', rawHeaders } = incoming;
  if (url.startsWith('/.well-known/')) return passMetadata(response);
  recorded.push({ method, url, rawHeaders, body });
  answerWith(incoming, body, response);
});

let issuer = '';
function passMetadata(response: ServerResponse): void {
  const document = { resource: `${recorderUrl}/mcp`, authorization_servers: [issuer] };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
}

beforeAll(async () => {
  recorder.listen(0, '127.0.0.1');
  await once(recorder, 'listening');
  recorderUrl = `http://127.0.0.1:${(recorder.address() as AddressInfo).port}`;
  fixture = await startFixture({
    change: (policy) => ({
      ...policy,
      servers: policy.servers.map((server) => {
        if (server.name !== 'notes') return server;
        issuer = server.authorizationServer.issuer;
        return { ...server, url: `${recorderUrl}/mcp?team=blue` };
      }),
    }),
  });
  localKey = await fixture.localKey();
  const accessToken = JSON.stringify({ access_token: 'opaque-access-token', token_type: 'Bearer', expires_in: 3600 });
  const idJag = JSON.stringify({
    access_token: 'opaque-id-jag',
    issued_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
    token_type: 'N_A',
  });
  // Its resource is not registered anywhere, so both legs are answered for it.
  const json = { kind: 'status', status: 200, contentType: 'application/json' } as const;
  const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
  fixture.company.faults.set({ at: 'idp-token', grantType, ...json, body: idJag });
  fixture.company.faults.set({ at: 'as-token', ...json, body: accessToken });
  await fixture.signIn('alice');
  expect(fixture.server('notes').status).toBe('ready');
});
afterAll(async () => {
  await fixture.close();
  recorder.closeAllConnections();
  await new Promise((resolve) => recorder.close(resolve));
});

async function direct(what: RawRequest): Promise<RawAnswer> {
  return raw(`${recorderUrl}/mcp?team=blue`, what);
}

async function through(what: RawRequest): Promise<RawAnswer> {
  const headers = { ...what.headers, [LOCAL_KEY_HEADER_NAME]: localKey };
  return raw(`${fixture.agent.state().relay.url}/notes/mcp`, { ...what, headers });
}

/** Without what belongs to one connection, and without what the relay is there to replace. */
function comparable(rawHeaders: readonly string[], ...without: string[]): string[] {
  const skipped = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date', ...without]);
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && !skipped.has(name.toLowerCase()) ? [`${name}: ${rawHeaders[index + 1]}`] : [],
  );
}

async function expectSame(what: RawRequest): Promise<void> {
  recorded.length = 0;
  const answers = [await direct(what), await through(what)] as const;
  const [sentDirect, sentThrough] = recorded;
  expect(sentThrough?.method).toBe(sentDirect?.method);
  expect(sentThrough?.url).toBe('/mcp?team=blue');
  expect(sentThrough?.body.equals(sentDirect?.body ?? Buffer.alloc(0))).toBe(true);
  const ours = comparable(sentThrough?.rawHeaders ?? [], 'host', 'authorization');
  expect(ours).toEqual(comparable(sentDirect?.rawHeaders ?? [], 'host', 'authorization'));
  expect(sentThrough?.rawHeaders.join('\n')).toContain('Bearer opaque-access-token');
  expect(sentThrough?.rawHeaders.join('\n')).not.toContain(localKey);
  expect(answers[1].status).toBe(answers[0].status);
  expect(comparable(answers[1].rawHeaders)).toEqual(comparable(answers[0].rawHeaders));
  expect(sha256(answers[1].body)).toBe(sha256(answers[0].body));
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const KILOBYTE = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { text: 'ä'.repeat(450) } });

const ANSWERS: readonly (readonly [string, typeof answerWith])[] = [
  [
    'JSON with headers in odd cases, twice and beyond ASCII',
    (_request, _body, response) => {
      response.sendDate = false;
      response.writeHead(200, [
        ...['CONTENT-type', 'application/json; charset=utf-8', 'X-Twice', 'one', 'X-Twice', 'two'],
        ...[
          'Set-Cookie',
          'a=1',
          'Set-Cookie',
          'b=2',
          'X-Latin',
          'caf\u00e9',
          'mcp-session-id',
          'abc',
          'Content-Length',
          '4',
        ],
      ]);
      response.end('{ }\n');
    },
  ],
  ['nothing at all', (_request, _body, response) => void response.writeHead(202, { 'content-length': '0' }).end()],
  ['no content', (_request, _body, response) => void response.writeHead(204).end()],
  [
    'its own compression',
    (_request, _body, response) =>
      void response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' }).end(COMPRESSED),
  ],
  [
    'a stream of events in pieces that cut characters',
    (_request, _body, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
      const bytes = Buffer.from(': ping\r\n\r\ndata: {"text":"€😀"}\n\n');
      for (const byte of bytes) response.write(Buffer.of(byte));
      response.end();
    },
  ],
  ['what it was sent', (_request, body, response) => void response.writeHead(200, { 'x-echo': 'yes' }).end(body)],
];
const COMPRESSED = randomBytes(3000);

test.each(ANSWERS)('a 1 KB request answered with %s is the same through the relay', async (_what, answer) => {
  answerWith = answer;
  const headers = {
    'Content-Type': 'application/json',
    ACCEPT: 'application/json, text/event-stream',
    'Mcp-Session-Id': 'abc',
    'X-Custom-Header': ' inner  spaces kept ',
    'content-length': String(Buffer.byteLength(KILOBYTE)),
  };
  await expectSame({ method: 'POST', headers, body: KILOBYTE });
});

test.each(['GET', 'DELETE'])('%s without a body is the same through the relay', async (method) => {
  answerWith = (_request, _body, response) => void response.writeHead(405, { allow: 'POST' }).end();
  await expectSame({ method, headers: { accept: 'text/event-stream', 'last-event-id': '17' } });
});

test.each(['of a declared length', 'in chunks'])(
  'a 5 MB request %s, and as large an answer, are the same',
  async (how) => {
    answerWith = (_request, body, response) => void response.writeHead(200, { 'content-type': 'text/plain' }).end(body);
    const body = randomBytes(5 * 1024 * 1024);
    const length = how === 'in chunks' ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(body.length) };
    await expectSame({ method: 'POST', headers: { 'content-type': 'application/octet-stream', ...length }, body });
  },
);

test('a large answer is not gathered: its first bytes arrive before its last ones exist', async () => {
  const release = Promise.withResolvers<void>();
  answerWith = async (_request, _body, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n');
    await release.promise;
    response.end('data: last\n\n');
  };
  const headers = { [LOCAL_KEY_HEADER_NAME]: localKey };
  const outgoing = request(`${fixture.agent.state().relay.url}/notes/mcp`, { headers, agent: false });
  outgoing.end();
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  const [first] = (await once(answer, 'data')) as [Buffer];
  expect(first.toString('utf8')).toBe('data: first\n\n');
  release.resolve();
  const rest: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) rest.push(chunk);
  expect(Buffer.concat(rest).toString('utf8')).toBe('data: last\n\n');
});

test('credentials that a client sends of its own do not reach the server', async () => {
  answerWith = (_request, _body, response) => void response.writeHead(200).end();
  recorded.length = 0;
  await through({
    headers: { authorization: 'Bearer of-the-client', cookie: 'local=1', 'proxy-authorization': 'Basic x' },
  });
  const text = recorded[0]?.rawHeaders.join('\n');
  expect(text).not.toContain('of-the-client');
  expect(text).not.toContain('local=1');
  expect(text).not.toContain('Basic x');
  expect(recorded[0]?.rawHeaders.filter((name) => name.toLowerCase() === 'authorization')).toHaveLength(1);
});
