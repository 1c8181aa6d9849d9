import { Readable } from 'node:stream';
import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import type { ServerRequest } from '../../../main/relay/server-call.ts';
import { type SeenRequest, serve } from '../fixtures.ts';
import { accessTo } from './access-to.ts';
import { called, calling, POST, tokensOf } from './calling.ts';

const bound = (origin: string) => accessTo(origin, undefined, { tokenType: 'DPoP' });

const proofOf = ({ headers }: SeenRequest) => String(headers.dpop);
const noncesOf = (seen: readonly SeenRequest[]) => seen.map((request) => decodeJwt(proofOf(request)).nonce);

/** Refuses proofs until it has given all of `nonces`, one by one, and gets the last of them. */
function wantingNonces(nonces: readonly string[]) {
  let given = 0;
  return serve((request, response) => {
    if (given === nonces.length && decodeJwt(proofOf(request)).nonce === nonces.at(-1)) return response.end('fine');
    const nonce = nonces[given] ?? '';
    given += 1;
    return response
      .writeHead(401, { 'www-authenticate': 'DPoP error="use_dpop_nonce", algs="ES256"', 'dpop-nonce': nonce })
      .end('once more');
  });
}

test('a bound token is sent with a fresh proof for each request, for that request alone', async () => {
  const { origin, seen } = await serve((_request, response) => response.end('fine'));
  const access = bound(origin);
  const get: ServerRequest = { ...POST, method: 'GET', body: null };
  for (const request of [POST, POST, get])
    expect((await called(access, request)).events).toEqual(['head 200', 'data fine', 'end']);
  expect(tokensOf(seen)).toEqual(Array(3).fill('DPoP token-1'));
  const ids = new Set<unknown>();
  for (const request of seen) {
    const { jwk } = decodeProtectedHeader(proofOf(request));
    const { payload } = await jwtVerify(proofOf(request), await importJWK(jwk as JWK, 'ES256'), { typ: 'dpop+jwt' });
    expect(payload).toMatchObject({ htm: request.method, htu: `${origin}/mcp`, ath: expect.any(String) });
    ids.add(payload.jti);
  }
  expect(ids.size).toBe(3);
});

test('a token that is not bound goes without a proof', async () => {
  const { origin, seen } = await serve((_request, response) => response.end('fine'));
  await called(accessTo(origin));
  expect(seen[0]?.headers.dpop).toBeUndefined();
});

test('a server that wants its nonce gets it: nobody hears of it, and nothing is minted', async () => {
  const { origin, seen } = await wantingNonces(['n-1']);
  const access = bound(origin);
  expect((await called(access)).events).toEqual(['head 200', 'data fine', 'end']);
  expect(noncesOf(seen)).toEqual([undefined, 'n-1']);
  expect(tokensOf(seen)).toEqual(['DPoP token-1', 'DPoP token-1']);
  expect((await called(access)).events[0]).toBe('head 200');
  expect(noncesOf(seen)).toEqual([undefined, 'n-1', 'n-1']);
  expect(access.mints()).toBe(1);
});

test('the nonce of any answer goes into the next proof', async () => {
  let number = 0;
  const { origin, seen } = await serve((_request, response) => {
    number += 1;
    response.writeHead(number === 2 ? 500 : 200, { 'DPoP-Nonce': `n-${number}` }).end();
  });
  const access = bound(origin);
  for (let calls = 0; calls < 3; calls += 1) await called(access);
  expect(noncesOf(seen)).toEqual([undefined, 'n-1', 'n-2']);
});

test('a server that is never content with its own nonce is asked twice, and the token stays', async () => {
  const { origin, seen } = await wantingNonces(['n-1', 'n-2']);
  const access = bound(origin);
  expect((await called(access)).fault).toMatchObject({ code: 'server-refuses-proof', recovery: { kind: 'retry' } });
  expect(seen).toHaveLength(2);
  expect((await called(access)).events[0]).toBe('head 200');
  expect(access.mints()).toBe(1);
});

test('a proof that the server does not take costs no token: the next one may be good', async () => {
  let refusals = 1;
  const { origin, seen } = await serve((_request, response) => {
    refusals -= 1;
    if (refusals < 0) return response.end('fine');
    return response.writeHead(401, { 'www-authenticate': 'DPoP error="invalid_dpop_proof"' }).end();
  });
  const access = bound(origin);
  const { fault } = await called(access);
  expect(fault).toMatchObject({ code: 'server-invalid-dpop-proof', user: expect.stringContaining('clock') });
  expect(access.keeper.state).toMatchObject({ token: { accessToken: 'token-1' }, work: { kind: 'idle' } });
  expect((await called(access)).events[0]).toBe('head 200');
  expect(tokensOf(seen)).toEqual(['DPoP token-1', 'DPoP token-1']);
  expect(access.mints()).toBe(1);
});

test('a body that streams cannot go with the nonce, but the next one does', async () => {
  const { origin } = await wantingNonces(['n-1']);
  const access = bound(origin);
  const streamed = await called(access, { ...POST, body: Readable.from([Buffer.from('{}')]) });
  expect(streamed.fault).toMatchObject({ code: 'not-replayed' });
  expect((await called(access)).events[0]).toBe('head 200');
  expect(access.mints()).toBe(1);
});

test('first the nonce and then another token: one call is replayed for both', async () => {
  const { origin, seen } = await serve((request, response) => {
    if (decodeJwt(proofOf(request)).nonce === undefined)
      return response.writeHead(401, { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'n-1' }).end();
    if (request.headers.authorization === 'DPoP token-2') return response.end('fine');
    return response.writeHead(401, { 'www-authenticate': 'DPoP error="invalid_token"' }).end();
  });
  expect((await called(bound(origin))).events[0]).toBe('head 200');
  expect(tokensOf(seen)).toEqual(['DPoP token-1', 'DPoP token-1', 'DPoP token-2']);
});

test('no call is sent more than three times, however many reasons the server has', async () => {
  const answers = [
    { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'n-1' },
    { 'www-authenticate': 'DPoP error="invalid_token"' },
  ];
  const { origin, seen } = await serve((_request, response) => {
    const answer = answers.shift();
    if (answer) response.writeHead(401, answer).end();
    else response.writeHead(403, { 'www-authenticate': 'DPoP error="insufficient_scope", scope="more"' }).end();
  });
  const access = accessTo(origin, undefined, { tokenType: 'DPoP', grantable: ['more'] });
  expect((await called(access)).fault).toMatchObject({ code: 'not-replayed' });
  expect(seen).toHaveLength(3);
});

test('aborting while the proof is made sends nothing', async () => {
  const { origin, seen } = await serve((_request, response) => response.end('fine'));
  const making = Promise.withResolvers<string>();
  const access = bound(origin);
  const asked = Promise.withResolvers<void>();
  const proof = () => {
    asked.resolve();
    return making.promise;
  };
  const { heard, call } = calling({ ...access, dpop: { ...access.dpop, proof } });
  await asked.promise;
  call.abort();
  making.resolve('proof');
  expect((await called(access)).events[0]).toBe('head 200');
  expect(heard.events).toEqual([]);
  expect(seen).toHaveLength(1);
});
