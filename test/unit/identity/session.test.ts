import { expect, test } from 'vitest';
import {
  markSent,
  renewSession,
  rotateRefreshToken,
  sessionOf,
  unmarkSent,
  viewSession,
} from '../../../main/identity/session.ts';
import type { Tokens } from '../../../main/identity/tokens.ts';
import { problemFrom } from '../fixtures.ts';

const ISSUER = 'https://login.example.com';
const NOW = 1_700_000_000_000;

/** What openid-client gives, with these claims in a validated ID token. */
function tokens(claims: Record<string, unknown> | undefined, more: Partial<Tokens> = {}): Tokens {
  return {
    access_token: 'at-the-idp',
    token_type: 'bearer',
    ...(claims && { id_token: 'new.id.token' }),
    ...more,
    claims: () => claims && { iss: ISSUER, aud: 'c', iat: 1, ...claims },
    expiresIn: () => undefined,
  } as Tokens;
}

const ADA = { sub: 'ada', exp: 1_700_000_600, name: 'Ada Lovelace', email: 'ada@example.com' };

test('a session holds who it is, what renews it and when it was proved', () => {
  expect(
    sessionOf(ISSUER, tokens({ ...ADA, auth_time: 1_699_999_000, acr: 'mfa' }, { refresh_token: 'r' }), NOW),
  ).toEqual({
    issuer: ISSUER,
    subject: 'ada',
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    idToken: 'new.id.token',
    idTokenExpiresAt: 1_700_000_600_000,
    refreshToken: 'r',
    provedAt: 1_699_999_000_000,
    acr: 'mfa',
  });
});

test.each([
  [{ name: '', email: '', acr: '' }],
  [{ name: 5, email: { a: 1 }, acr: 1 }],
  [{ name: undefined, email: undefined }],
])('claims that say nothing are left out: %j', (claims) => {
  const session = sessionOf(ISSUER, tokens({ ...ADA, auth_time: 'x', ...claims }), NOW);
  expect(session).toEqual({
    issuer: ISSUER,
    subject: 'ada',
    idToken: 'new.id.token',
    idTokenExpiresAt: 1_700_000_600_000,
    provedAt: NOW,
  });
});

test('without an ID token there is no session', async () => {
  for (const answer of [tokens(undefined), tokens(undefined, { id_token: 'x' })])
    expect(await problemFrom(() => sessionOf(ISSUER, answer, NOW))).toMatchObject({
      code: 'idp-no-id-token',
      recovery: { kind: 'blocked', reason: 'misconfigured' },
    });
});

const SESSION = {
  issuer: ISSUER,
  subject: 'ada',
  name: 'Ada',
  idToken: 'old.id.token',
  idTokenExpiresAt: 5,
  refreshToken: 'old-refresh',
  provedAt: 3,
};

test.each<readonly [string, Tokens, object]>([
  [
    'both tokens',
    tokens({ sub: 'ada', exp: 9 }, { refresh_token: 'new-refresh' }),
    {
      idToken: 'new.id.token',
      idTokenExpiresAt: 9_000,
      refreshToken: 'new-refresh',
      previousRefreshToken: 'old-refresh',
    },
  ],
  ['an ID token alone', tokens({ sub: 'ada', exp: 9 }), { idToken: 'new.id.token', idTokenExpiresAt: 9_000 }],
  [
    'a refresh token alone',
    tokens(undefined, { refresh_token: 'new-refresh' }),
    { refreshToken: 'new-refresh', previousRefreshToken: 'old-refresh' },
  ],
  ['neither', tokens(undefined), {}],
  [
    'another name and time of proof',
    tokens({ sub: 'ada', exp: 9, name: 'X', auth_time: 8 }),
    { idToken: 'new.id.token', idTokenExpiresAt: 9_000 },
  ],
])('a renewal that gives %s changes that and nothing else', (_what, answer, change) => {
  expect(renewSession(SESSION, 'old-refresh', answer)).toEqual({ ...SESSION, ...change });
});

test.each<readonly [string, string, string | undefined, object]>([
  ['rotated', 'old-refresh', 'new', { refreshToken: 'new', previousRefreshToken: 'old-refresh' }],
  ['not rotated', 'old-refresh', undefined, { refreshToken: 'old-refresh' }],
  ['the same again', 'old-refresh', 'old-refresh', { refreshToken: 'old-refresh' }],
  ['the one before it, rotated', 'older', 'new', { refreshToken: 'new', previousRefreshToken: 'older' }],
  ['the one before it, not rotated', 'older', undefined, { refreshToken: 'older' }],
])('a refresh token that has worked, %s', (_what, used, given, kept) => {
  const { refreshToken: _, ...rest } = SESSION;
  const sent = { ...SESSION, previousRefreshToken: 'older', refreshSentAt: 1 };
  expect(rotateRefreshToken(sent, used, given)).toEqual({ ...rest, ...kept });
});

test('the mark of a refresh without an answer is the time of the first one', () => {
  const once = markSent(SESSION, 1);
  expect(once).toEqual({ ...SESSION, refreshSentAt: 1 });
  expect(markSent(once, 2)).toEqual(once);
  expect(unmarkSent(once)).toEqual(SESSION);
});

test('a renewal that is about somebody else is refused', async () => {
  expect(await problemFrom(() => renewSession(SESSION, 'old-refresh', tokens({ sub: 'bob', exp: 9 })))).toMatchObject({
    code: 'idp-other-person',
    recovery: { kind: 'blocked', reason: 'signed-out' },
  });
});

test('people see who is signed in and never a token', () => {
  const view = viewSession(SESSION);
  expect(view).toEqual({ status: 'signed-in', issuer: ISSUER, subject: 'ada', name: 'Ada', provedAt: 3 });
  expect(JSON.stringify(viewSession({ ...SESSION, email: 'e' }))).not.toMatch(/token|refresh/);
  expect(viewSession(null)).toEqual({ status: 'signed-out' });
  const cause = { code: 'session-ended', user: 'u', administrator: 'a' };
  expect(viewSession(null, cause)).toEqual({ status: 'signed-out', cause });
});

test('a session whose access token is bound has a bound refresh token, and keeps that knowledge', () => {
  const bound = { refresh_token: 'r', token_type: 'dpop' } as const;
  const session = sessionOf(ISSUER, tokens(ADA, bound), NOW);
  expect(session.isBound).toBe(true);
  expect(renewSession(session, 'r', tokens(ADA, { refresh_token: 'r2' })).isBound).toBe(true);
  const unbound = sessionOf(ISSUER, tokens(ADA, { refresh_token: 'r' }), NOW);
  expect(unbound).not.toHaveProperty('isBound');
  expect(renewSession(unbound, 'r', tokens(ADA, { ...bound, refresh_token: 'r2' })).isBound).toBe(true);
});
