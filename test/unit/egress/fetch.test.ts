import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { Agent } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { ANSWER_LIMIT_BYTES, createFetch, type Fetch } from '../../../main/egress/fetch.ts';
import { createSkews } from '../../../main/egress/skew.ts';
import { problemFrom, sendJson, serve, serveBytes, serveRaw, until } from '../fixtures.ts';

function realFetch(timeoutMs?: number): Fetch {
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  return createFetch(agent, timeoutMs);
}

test('method, headers and a form go out; status, headers and body come back', async () => {
  const { origin, seen } = await serve((_request, response) => sendJson(response, 201, { ok: 'é' }, { 'x-one': '1' }));
  const response = await realFetch()(`${origin}/token?x=1`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({ grant_type: 'a b', scope: 'é&' }),
  });
  expect(response.status).toBe(201);
  expect(response.headers.get('x-one')).toBe('1');
  expect(await response.json()).toEqual({ ok: 'é' });
  expect(seen).toMatchObject([
    {
      method: 'POST',
      path: '/token?x=1',
      body: 'grant_type=a+b&scope=%C3%A9%26',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    },
  ]);
});

test.each([204, 304])('an answer %i without a body is one', async (status) => {
  const { origin } = await serve((_request, response) => response.writeHead(status).end());
  const response = await realFetch()(origin);
  expect(response.status).toBe(status);
  expect(await response.text()).toBe('');
});

test.each([301, 302, 303, 307, 308])('a redirect %i is not followed', async (status) => {
  const elsewhere = await serve((_request, response) => sendJson(response, 200, {}));
  const { origin } = await serve((_request, response) =>
    response.writeHead(status, { location: elsewhere.origin }).end('moved'),
  );
  const response = await realFetch()(origin, { method: 'POST', body: 'secret' });
  expect(response.status).toBe(status);
  expect(response.headers.get('location')).toBe(elsewhere.origin);
  expect(elsewhere.seen).toEqual([]);
});

test('an answer of exactly the limit is read', async () => {
  const { origin } = await serve((_request, response) => response.end('x'.repeat(ANSWER_LIMIT_BYTES)));
  expect((await (await realFetch()(origin)).text()).length).toBe(ANSWER_LIMIT_BYTES);
});

test.each([
  ['one byte longer', (): Buffer => Buffer.alloc(ANSWER_LIMIT_BYTES + 1, 'x'), {}],
  [
    'small on the wire and large unpacked',
    (): Buffer => gzipSync(Buffer.alloc(ANSWER_LIMIT_BYTES * 20)),
    { 'content-encoding': 'gzip' },
  ],
])('an answer that is %s is refused', async (_what, body, headers) => {
  const { origin } = await serve((_request, response) => response.writeHead(200, headers).end(body()));
  expect(await problemFrom(realFetch()(origin))).toMatchObject({
    code: 'answer-too-large',
    recovery: { kind: 'retry' },
  });
});

test('an answer without end costs no more than the limit, and its connection is cut off', async () => {
  let written = 0;
  let closed = false;
  const { origin } = await serveRaw((_request, response) => {
    const more = () => {
      for (let room = true; room && !response.destroyed; written += 65_536) room = response.write(Buffer.alloc(65_536));
    };
    response.on('drain', more);
    response.on('close', () => {
      closed = true;
    });
    more();
  });
  expect(await problemFrom(realFetch()(origin))).toMatchObject({ code: 'answer-too-large' });
  await until(() => closed);
  expect(written).toBeLessThan(ANSWER_LIMIT_BYTES * 30);
});

test.each([
  ['nothing', ''],
  ['headers only', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n'],
  ['half a body', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab'],
])('a server that sends %s and then falls silent has timed out', async (_what, text) => {
  const { origin } = await serveBytes((socket) => socket.write(text));
  const error = await problemFrom(realFetch(50)(origin));
  expect(error).toMatchObject({ code: 'network-timeout', recovery: { kind: 'retry' } });
});

test.each([
  ['hangs up', ''],
  ['speaks another protocol', 'SSH-2.0-OpenSSH\r\n'],
  ['breaks off its body', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab'],
])('a server that %s is a failed connection', async (_what, text) => {
  const { origin, port } = await serveBytes((socket) => socket.once('data', () => socket.end(text)));
  const error = await problemFrom(realFetch()(origin));
  expect(error).toMatchObject({ code: 'network-connection', recovery: { kind: 'retry' } });
  expect(error.user).toContain(`127.0.0.1:${port}`);
});

test("the caller's reason comes out when the caller gives up, before and while the server answers", async () => {
  const { origin } = await serveRaw((_request, response) => response.flushHeaders());
  const reason = new Error('the person went away');
  await expect(realFetch()(origin, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const giveUp = new AbortController();
  const pending = realFetch()(origin, { signal: giveUp.signal });
  giveUp.abort(reason);
  await expect(pending).rejects.toBe(reason);
});

test("other parties' clocks are remembered by origin, the last word of each counts, and a cache has none", async () => {
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const NOW = Date.UTC(2026, 0, 1);
  const fetch = createFetch(
    agent,
    undefined,
    createSkews(() => NOW),
  );
  const headersOf: Record<string, Record<string, string>> = {
    '/ahead': { date: new Date(NOW + 300_000).toUTCString() },
    '/behind': { date: new Date(NOW - 300_000).toUTCString() },
    '/cached': { date: new Date(NOW - 3_600_000).toUTCString(), age: '3600' },
    '/nonsense': { date: 'yesterday' },
  };
  const answer = ({ path }: { path: string }, response: ServerResponse) =>
    response.writeHead(503, headersOf[path]).end();
  const site = await serve(answer);
  const other = await serve(answer);
  expect(fetch.skewOf?.(site.origin)).toBeUndefined();
  await fetch(`${site.origin}/ahead`);
  expect(Math.abs((fetch.skewOf?.(site.origin) ?? 0) - 300_000)).toBeLessThanOrEqual(1_000);
  expect(fetch.skewOf?.(other.origin)).toBeUndefined();
  await fetch(`${site.origin}/behind`);
  for (const path of ['/cached', '/nonsense']) await fetch(`${site.origin}${path}`);
  expect(Math.abs((fetch.skewOf?.(site.origin) ?? 0) + 300_000)).toBeLessThanOrEqual(1_000);
});

test('an answer with a status that HTTP does not have is a fault, not a crash', async () => {
  const { origin } = await serveBytes((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n')),
  );
  expect(await problemFrom(realFetch()(origin))).toMatchObject({ code: 'network-connection' });
});
