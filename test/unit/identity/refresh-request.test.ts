import type { ServerResponse } from 'node:http';
import { decodeJwt } from 'jose';
import { Agent } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createFetch } from '../../../main/egress/fetch.ts';
import { createIdentityProvider } from '../../../main/identity/provider.ts';
import { judgeRefreshFailure, type RefreshAnswer, requestRefresh } from '../../../main/identity/refresh-request.ts';
import { LanyardError } from '../../../shared/errors.ts';
import type { DpopUse } from '../../../shared/quirks.ts';
import { policyIdentityProvider, sendJson, serve } from '../fixtures.ts';
import { dpopInMemory } from './dpop-in-memory.ts';
import { idTokenOf } from './owning.ts';

const fault = (code: string, cause?: unknown) =>
  new LanyardError({ code, user: 'x', administrator: 'x', recovery: { kind: 'retry' }, cause });
const broken = (code: string, syscall: string) =>
  fault('network-connection', new TypeError('x', { cause: Object.assign(new Error(), { code, syscall }) }));

test.each<readonly [string, LanyardError, RefreshAnswer | undefined, string]>([
  ['invalid_grant', fault('idp-invalid-grant'), { status: 400, body: {} }, 'refused'],
  ['no name', broken('ENOTFOUND', 'getaddrinfo'), undefined, 'untouched'],
  ['no connection', broken('ECONNREFUSED', 'connect'), undefined, 'untouched'],
  ['a cut connection', broken('ECONNRESET', 'read'), undefined, 'maybe spent'],
  ['a network that went away', broken('EHOSTUNREACH', 'read'), undefined, 'maybe spent'],
  ['no answer in time', fault('network-timeout'), undefined, 'maybe spent'],
  ['trouble', fault('answer-unusable'), { status: 503, body: { error: 'x' } }, 'maybe spent'],
  ['a web page with 200', fault('answer-unusable'), { status: 200, body: undefined }, 'maybe spent'],
  ['a web page with 403', fault('answer-unusable'), { status: 403, body: undefined }, 'maybe spent'],
  ['another refusal', fault('idp-invalid-client'), { status: 400, body: { error: 'x' } }, 'untouched'],
  ['too many requests', fault('answer-too-many-requests'), { status: 429, body: {} }, 'untouched'],
  ['tokens that did not check out', fault('sign-in-invalid'), { status: 200, body: { id_token: 'x' } }, 'untouched'],
  ['the same, rotated', fault('sign-in-invalid'), { status: 200, body: { refresh_token: 'r' } }, 'rotated'],
  ['an empty refresh token', fault('sign-in-invalid'), { status: 200, body: { refresh_token: '' } }, 'untouched'],
  ['one that is none', fault('sign-in-invalid'), { status: 200, body: { refresh_token: 5 } }, 'untouched'],
  ['one in a refusal', fault('idp-x'), { status: 400, body: { refresh_token: 'r' } }, 'untouched'],
])('after %s the refresh token is known for what it is worth', (_what, error, answer, expected) => {
  const outcome = judgeRefreshFailure(error, answer);
  const seen = outcome.kind === 'failed' ? (outcome.mayBeSpent ? 'maybe spent' : 'untouched') : outcome.kind;
  expect(seen).toBe(expected);
});

/** Sends one refresh token to a real server that answers so. */
async function refreshing(
  answer: (response: ServerResponse, origin: string) => unknown,
  isBound = false,
  dpop: DpopUse = 'auto',
) {
  const site = await serve(({ path, headers }, response) => {
    const origin = `http://${headers.host}`;
    if (path === '/token') return answer(response, origin);
    return sendJson(response, 200, { issuer: origin, token_endpoint: `${origin}/token` });
  });
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const policy = policyIdentityProvider({ issuer: site.origin, clientId: 'c', dpop });
  const provider = createIdentityProvider(policy, createFetch(agent), Date.now, dpopInMemory());
  return requestRefresh(provider, 'r', isBound);
}

test('tokens that check out are handed on', async () => {
  const outcome = await refreshing((response, origin) =>
    sendJson(response, 200, { access_token: 'a', token_type: 'Bearer', id_token: idTokenOf(origin, Date.now()) }),
  );
  expect(outcome).toMatchObject({ kind: 'renewed', tokens: { id_token: expect.any(String) } });
});

describe('where policy requires tokens that are bound', () => {
  const answering = (change: object) => (response: ServerResponse, origin: string) =>
    sendJson(response, 200, { access_token: 'a', id_token: idTokenOf(origin, Date.now()), ...change });

  test('others are refused, and their refresh token is kept', async () => {
    const outcome = await refreshing(answering({ token_type: 'Bearer', refresh_token: 'r2' }), true, 'required');
    expect(outcome).toMatchObject({
      kind: 'rotated',
      refreshToken: 'r2',
      error: { code: 'idp-not-bound', recovery: { kind: 'blocked', reason: 'misconfigured' } },
    });
    expect(await refreshing(answering({ token_type: 'Bearer' }), true, 'required')).toMatchObject({
      kind: 'failed',
      error: { code: 'idp-not-bound' },
      mayBeSpent: false,
    });
  });

  test('bound ones are taken', async () => {
    expect(await refreshing(answering({ token_type: 'DPoP' }), true, 'required')).toMatchObject({ kind: 'renewed' });
  });
});

test.each([200, 400])('invalid_grant is a refusal with HTTP %i', async (status) => {
  const outcome = await refreshing((response) => sendJson(response, status, { error: 'invalid_grant' }));
  expect(outcome).toMatchObject({ kind: 'refused', error: { code: 'idp-invalid-grant' } });
});

test('an ID token for somebody else’s client is not used, but its refresh token is', async () => {
  const outcome = await refreshing((response, origin) =>
    sendJson(response, 200, {
      access_token: 'a',
      token_type: 'Bearer',
      id_token: idTokenOf(origin, Date.now(), { aud: 'another' }),
      refresh_token: 'r2',
    }),
  );
  expect(outcome).toMatchObject({ kind: 'rotated', refreshToken: 'r2', error: { code: 'sign-in-invalid' } });
});

test.each<readonly [string, (response: ServerResponse) => unknown]>([
  ['a connection that ends', (response) => response.socket?.resetAndDestroy()],
  [
    'half an answer',
    (response) => response.writeHead(200, { 'content-length': 99 }).write('{"a"', () => response.destroy()),
  ],
  ['an outage page', (response) => response.writeHead(502).end('<html>')],
])('%s may have spent the refresh token', async (_what, answer) => {
  expect(await refreshing(answer)).toMatchObject({ kind: 'failed', mayBeSpent: true });
});

/** First asks for a nonce, then does as it is told. */
const afterNonce = (then: (response: ServerResponse, origin: string) => unknown) => {
  let asked = false;
  return (response: ServerResponse, origin: string) => {
    if (asked) return then(response, origin);
    asked = true;
    return sendJson(response, 400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': 'n-1' });
  };
};

test('a refresh token that is bound is sent again with the nonce that was asked for', async () => {
  const proofs: unknown[] = [];
  const outcome = await refreshing(
    afterNonce((response, origin) => {
      proofs.push(decodeJwt(String(response.req.headers.dpop)).nonce);
      sendJson(response, 200, { access_token: 'a', token_type: 'DPoP', id_token: idTokenOf(origin, Date.now()) });
    }),
    true,
  );
  expect(outcome).toMatchObject({ kind: 'renewed', tokens: { token_type: 'dpop' } });
  expect(proofs).toEqual(['n-1']);
});

test('an answer that is lost after the nonce leaves the refresh token in doubt', async () => {
  const outcome = await refreshing(
    afterNonce((response) => response.socket?.resetAndDestroy()),
    true,
  );
  expect(outcome).toMatchObject({ kind: 'failed', mayBeSpent: true });
});
