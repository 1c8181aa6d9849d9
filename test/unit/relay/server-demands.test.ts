import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { ServerRequest } from '../../../main/relay/server-call.ts';
import { serve } from '../fixtures.ts';
import { accessTo, failingMint } from './access-to.ts';
import { called, calling, POST, tokensOf } from './calling.ts';

const WANTS_WRITE = 'Bearer error="insufficient_scope", scope="write"';
const STEP_UP = 'Bearer error="insufficient_user_authentication", acr_values="urn:strong", max_age="300"';

const OWN_STREAM: ServerRequest = { method: 'GET', purpose: 'background', headers: [], body: null };

/** Does what `good` tokens ask for; others are told that they lack the scope `write`. */
const wantingScope = (...good: string[]) =>
  serve(({ headers }, response) =>
    good.includes(headers.authorization ?? '')
      ? response.end('written')
      : response.writeHead(403, { 'www-authenticate': WANTS_WRITE }).end('no'),
  );

const grantingWrite = (origin: string) => accessTo(origin, undefined, { grantable: ['write'] });

test('a call that needs more scope is replayed with a token that has it; the next one begins with that', async () => {
  const { origin, seen } = await wantingScope('Bearer token-2');
  const access = grantingWrite(origin);
  expect((await called(access)).events).toEqual(['head 200', 'data written', 'end']);
  expect(seen.map(({ body }) => body)).toEqual(['{"id":1}', '{"id":1}']);
  expect((await called(access)).events[0]).toBe('head 200');
  expect(tokensOf(seen)).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-2']);
  expect(access.mints()).toBe(2);
});

test('scope that is not granted is a fault with a sentence; a loop of such calls costs one mint', async () => {
  const { origin } = await wantingScope();
  const access = accessTo(origin);
  for (let calls = 0; calls < 5; calls += 1)
    expect((await called(access)).fault).toMatchObject({
      code: 'scope-not-granted',
      user: expect.stringContaining('write'),
      recovery: { kind: 'blocked', reason: 'denied' },
    });
  expect(access.mints()).toBe(2);
});

test('a server that is not content with the scope it asked for ends the call, not the loop of mints', async () => {
  const { origin, seen } = await wantingScope();
  const access = grantingWrite(origin);
  expect((await called(access)).fault).toMatchObject({ code: 'scope-not-granted' });
  expect(seen).toHaveLength(2);
  expect((await called(access)).fault).toMatchObject({ code: 'scope-not-granted' });
  expect(access.mints()).toBe(2);
});

test('calls that need no more than was granted go on, whatever others ask for', async () => {
  const { origin } = await serve(({ path, body }, response) =>
    body.includes('write')
      ? response.writeHead(403, { 'www-authenticate': WANTS_WRITE }).end(path)
      : response.end('read'),
  );
  const access = accessTo(origin);
  const write = { ...POST, body: Buffer.from('{"method":"write"}') };
  expect((await called(access, write)).fault).toMatchObject({ code: 'scope-not-granted' });
  expect((await called(access)).events).toEqual(['head 200', 'data read', 'end']);
  expect(access.keeper.state.work.kind).toBe('idle');
});

test('a body that streams is not replayed, but the scope is there for the next call', async () => {
  const { origin, seen } = await wantingScope('Bearer token-2');
  const access = grantingWrite(origin);
  const streamed = await called(access, { ...POST, body: Readable.from([Buffer.from('{}')]) });
  expect(streamed.fault).toMatchObject({ code: 'not-replayed', recovery: { kind: 'retry' } });
  expect((await called(access)).events[0]).toBe('head 200');
  expect(seen).toHaveLength(2);
});

test('a token that lacks scope is no refused one: when it is revoked later, it is replaced at once', async () => {
  const answers: readonly (readonly [number, string])[] = [
    [401, 'Bearer error="invalid_token"'],
    [403, WANTS_WRITE],
    [401, 'Bearer error="invalid_token"'],
  ];
  let number = 0;
  const { origin, seen } = await serve((_request, response) => {
    const [status, challenge] = answers[number] ?? [200, ''];
    number += 1;
    response.writeHead(status, { 'www-authenticate': challenge }).end();
  });
  const away = failingMint('network-away', { kind: 'retry', afterMs: 0 });
  const access = accessTo(origin, async (mint) => (mint === 3 ? away() : `token-${mint}`));
  expect((await called(access)).fault).toMatchObject({ code: 'network-away' });
  expect((await called(access)).events[0]).toBe('head 200');
  expect(tokensOf(seen)).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-2', 'Bearer token-4']);
});

test('signing out while more scope is asked for ends the call', async () => {
  const { origin, seen } = await wantingScope();
  const minting = Promise.withResolvers<string>();
  const asked = Promise.withResolvers<void>();
  const access = accessTo(origin, async (number) => {
    if (number === 1) return 'token-1';
    asked.resolve();
    return minting.promise;
  });
  const { heard, over } = calling(access);
  await asked.promise;
  access.keeper.reset();
  await over();
  minting.resolve('token-2');
  expect(heard.fault).toMatchObject({ code: 'call-ended' });
  expect(seen).toHaveLength(1);
});

test('a call that needs another sign-in ends with that; the token stays and the keeper knows', async () => {
  const { origin, seen } = await serve((_request, response) =>
    response.writeHead(401, { 'www-authenticate': STEP_UP }).end(),
  );
  const access = accessTo(origin);
  const stepUp = { acrValues: 'urn:strong', maxAgeSeconds: 300 };
  for (let calls = 0; calls < 3; calls += 1)
    expect((await called(access)).fault).toMatchObject({
      code: 'server-step-up',
      recovery: { kind: 'blocked', reason: 'step-up', stepUp },
    });
  expect(access.keeper.demand).toMatchObject({ stepUp, cause: { code: 'server-step-up' } });
  expect(tokensOf(seen)).toEqual(Array(3).fill('Bearer token-1'));
  expect(access.mints()).toBe(1);
});

test('a stream of our own mints nothing, widens nothing and asks nobody to sign in', async () => {
  const challenges = [WANTS_WRITE, STEP_UP];
  const { origin, seen } = await serve((_request, response) => {
    const challenge = challenges.shift() ?? 'Bearer error="invalid_token"';
    response.writeHead(challenge === WANTS_WRITE ? 403 : 401, { 'www-authenticate': challenge }).end();
  });
  const access = grantingWrite(origin);
  const resting = { code: 'grant-resting', recovery: { kind: 'retry' } };
  expect((await called(access, OWN_STREAM)).fault).toMatchObject(resting);
  expect(seen).toHaveLength(0);
  await access.keeper.token();
  expect((await called(access, OWN_STREAM)).events).toEqual(['head 403', 'end']);
  expect((await called(access, OWN_STREAM)).fault).toMatchObject({ code: 'server-step-up' });
  expect(access.keeper.demand).toBeUndefined();
  expect((await called(access, OWN_STREAM)).fault).toMatchObject(resting);
  expect(access.mints()).toBe(1);
});

test("a client's own stream has a token minted", async () => {
  const { origin } = await serve((_request, response) => response.end('events'));
  const stream: ServerRequest = { ...OWN_STREAM, purpose: 'upkeep' };
  expect((await called(accessTo(origin), stream)).events[0]).toBe('head 200');
});
