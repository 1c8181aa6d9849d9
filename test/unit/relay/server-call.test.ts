import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { serve, serveBytes, serveRaw, until } from '../fixtures.ts';
import { accessTo, failingMint } from './access-to.ts';
import { calling, POST, tokensOf } from './calling.ts';

/** Takes the tokens in `good` and refuses all others. */
const accepting = (...good: string[]) =>
  serve(({ headers }, response) =>
    good.includes(headers.authorization ?? '')
      ? response.writeHead(200).end('fine')
      : response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end('no'),
  );

test('a call carries the token, the path and query of the policy, and its own headers and body', async () => {
  const { origin, seen } = await accepting('Bearer token-1');
  const { heard, over } = calling(accessTo(origin));
  await over();
  expect(heard.events).toEqual(['head 200', 'data fine', 'end']);
  expect(seen).toMatchObject([{ method: 'POST', path: '/mcp?tenant=7', body: '{"id":1}', headers: { 'x-one': '1' } }]);
  expect(tokensOf(seen)).toEqual(['Bearer token-1']);
});

test.each([200, 202, 400, 403, 404, 500, 503])('an answer %i goes to the listener as it is', async (status) => {
  const { origin, seen } = await serve((_request, response) => response.writeHead(status).end('x'));
  const { heard, over } = calling(accessTo(origin));
  await over();
  expect(heard.events).toEqual([`head ${status}`, 'data x', 'end']);
  expect(seen).toHaveLength(1);
});

test('after a 401 one token is minted and the call replayed; nobody hears of the 401', async () => {
  const { origin, seen } = await accepting('Bearer token-2');
  const access = accessTo(origin);
  const { heard, over } = calling(access);
  await over();
  expect(heard.events).toEqual(['head 200', 'data fine', 'end']);
  expect(tokensOf(seen)).toEqual(['Bearer token-1', 'Bearer token-2']);
  expect(seen.map(({ body }) => body)).toEqual(['{"id":1}', '{"id":1}']);
  expect(access.mints()).toBe(2);
});

test('a request without a body is replayed too', async () => {
  const { origin, seen } = await accepting('Bearer token-2');
  const { heard, over } = calling(accessTo(origin), { ...POST, method: 'GET', body: null });
  await over();
  expect(heard.events[0]).toBe('head 200');
  expect(seen).toHaveLength(2);
});

test('a second 401 is a fault, and minting stops there', async () => {
  const { origin, seen } = await accepting();
  const access = accessTo(origin);
  const first = calling(access);
  await first.over();
  expect(first.heard.events).toEqual(['fault']);
  expect(first.heard.fault).toMatchObject({ code: 'server-refuses-token', recovery: { kind: 'blocked' } });
  const second = calling(access);
  await second.over();
  expect(second.heard.fault).toMatchObject({ code: 'server-refuses-token' });
  expect(access.mints()).toBe(2);
  expect(seen).toHaveLength(2);
});

test('a body that streams through is not replayed, but the token is dropped for the next call', async () => {
  const { origin, seen } = await accepting('Bearer token-2');
  const access = accessTo(origin);
  const streamed = calling(access, { ...POST, body: Readable.from([Buffer.from('{"id"'), Buffer.from(':1}')]) });
  await streamed.over();
  expect(streamed.heard.fault).toMatchObject({ code: 'not-replayed' });
  expect(seen.map(({ body }) => body)).toEqual(['{"id":1}']);
  const next = calling(access);
  await next.over();
  expect(next.heard.events[0]).toBe('head 200');
});

test('many calls that meet a 401 at once share one new token', async () => {
  const { origin } = await accepting('Bearer token-2');
  const access = accessTo(origin);
  const calls = Array.from({ length: 20 }, () => calling(access));
  await Promise.all(calls.map(({ over }) => over()));
  expect(calls.map(({ heard }) => heard.events[0])).toEqual(Array(20).fill('head 200'));
  expect(access.mints()).toBe(2);
});

test('where no token can be had, the server is not asked and the cause comes out', async () => {
  const { origin, seen } = await accepting();
  const access = accessTo(origin, failingMint('denied-here', { kind: 'blocked', reason: 'denied' }));
  const { heard, over } = calling(access);
  await over();
  expect(heard.fault).toMatchObject({ code: 'denied-here', recovery: { kind: 'blocked', reason: 'denied' } });
  expect(seen).toEqual([]);
});

test('a mint that fails after a 401 is told as its own cause', async () => {
  const { origin } = await accepting();
  const denied = failingMint('denied-now', { kind: 'blocked', reason: 'denied' });
  const { heard, over } = calling(accessTo(origin, async (number) => (number === 1 ? 'token-1' : denied())));
  await over();
  expect(heard.events).toEqual(['fault']);
  expect(heard.fault?.code).toBe('denied-now');
});

test('a server that cannot be reached is a fault of the network', async () => {
  const { origin } = await serveBytes((socket) => socket.destroy());
  const { heard, over } = calling(accessTo(origin));
  await over();
  expect(heard.fault).toMatchObject({ code: 'network-connection', recovery: { kind: 'retry' } });
});

test('an answer that breaks off is a fault after what had come', async () => {
  const { origin } = await serveBytes((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc')),
  );
  const { heard, over } = calling(accessTo(origin));
  await over();
  expect(heard.events).toEqual(['head 200', 'data abc', 'fault']);
});

test('aborting ends the exchange, and nothing more is heard', async () => {
  let closed = false;
  const { origin } = await serveRaw((_request, response) => {
    response.on('close', () => {
      closed = true;
    });
    response.write('a');
  });
  const { heard, call } = calling(accessTo(origin));
  await until(() => heard.events.length === 2);
  call.abort();
  await until(() => closed);
  expect(heard.events).toEqual(['head 200', 'data a']);
});

test('aborting while the token is being minted sends nothing', async () => {
  const { origin, seen } = await accepting('Bearer late');
  const minting = Promise.withResolvers<string>();
  const { heard, call } = calling(accessTo(origin, () => minting.promise));
  call.abort();
  minting.resolve('late');
  // Another call shows that the first one had its chance.
  const other = calling(accessTo(origin, async () => 'late'));
  await other.over();
  expect(heard.events).toEqual([]);
  expect(seen).toHaveLength(1);
});

test('signing out ends a stream that was opened as this person', async () => {
  const { origin } = await serveRaw((_request, response) => response.write('a'));
  const access = accessTo(origin);
  const { heard, over } = calling(access);
  await until(() => heard.events.length === 2);
  access.keeper.reset();
  await over();
  expect(heard.fault).toMatchObject({ code: 'call-ended' });
});

test.each([301, 302, 303, 307, 308])(
  'a redirect (%i) is a fault: a client would follow it with its local key',
  async (status) => {
    const { origin, seen } = await serve((_request, response) =>
      response.writeHead(status, { location: '/payroll/mcp' }).end(),
    );
    const { heard, over } = calling(accessTo(origin));
    await over();
    expect(heard.events).toEqual(['fault']);
    expect(heard.fault).toMatchObject({ code: 'server-redirects', recovery: { kind: 'blocked' } });
    expect(seen).toHaveLength(1);
  },
);

test('304 is no redirect', async () => {
  const { origin } = await serve((_request, response) => response.writeHead(304).end());
  const { heard, over } = calling(accessTo(origin), { ...POST, method: 'GET', body: null });
  await over();
  expect(heard.events).toEqual(['head 304', 'end']);
});

test('a 401 whose body never ends does not keep its connection', async () => {
  let ended = 0;
  const { origin } = await serve(({ headers }, response) => {
    if (headers.authorization === 'Bearer token-2') return response.writeHead(200).end('fine');
    response.on('close', () => {
      ended += 1;
    });
    return response.writeHead(401).write('and so on');
  });
  const { heard, over } = calling(accessTo(origin));
  await over();
  expect(heard.events[0]).toBe('head 200');
  await until(() => ended === 1);
});
