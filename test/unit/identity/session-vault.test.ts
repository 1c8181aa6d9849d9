import { expect, test } from 'vitest';
import { beginSession, eraseSession, eraseThisSession } from '../../../main/identity/session-vault.ts';
import { EMPTY_VAULT, type SessionRecord, type VaultContents } from '../../../main/vault/contents.ts';

const KEY = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' } as const;
const ADA: SessionRecord = {
  issuer: 'https://login.example.com',
  subject: 'ada',
  idToken: 'i',
  idTokenExpiresAt: 1,
  refreshToken: 'r',
  provedAt: 0,
};
const BOB: SessionRecord = { ...ADA, subject: 'bob', refreshToken: 'r-bob' };

const holding = (session: SessionRecord | null): VaultContents => ({ ...EMPTY_VAULT, session, dpopKey: KEY });

test.each<[string, SessionRecord | null, SessionRecord, boolean]>([
  ['the same person', ADA, { ...ADA, refreshToken: 'r2' }, true],
  ['the same person, bound', ADA, { ...ADA, refreshToken: 'r2', isBound: true }, true],
  ['another person', ADA, BOB, false],
  ['another person, bound', ADA, { ...BOB, isBound: true }, true],
  ['somebody after a sign-out', null, ADA, false],
  ['somebody after a sign-out, bound', null, { ...ADA, isBound: true }, true],
])('the key that a session is bound to is kept when it begins: %s', (_who, before, after, isKept) => {
  const { session, dpopKey } = beginSession(after)(holding(before));
  expect(session).toEqual(after);
  expect(dpopKey).toEqual(isKept ? KEY : null);
});

test('signing out erases the key', () => {
  expect(eraseSession(holding(ADA))).toEqual(EMPTY_VAULT);
});

test('a session that the identity provider ended leaves its key: a sign-in under way may be bound to it', () => {
  expect(eraseThisSession(ADA)(holding(ADA))).toEqual({ ...EMPTY_VAULT, dpopKey: KEY });
  expect(eraseThisSession(ADA)(holding(BOB))).toEqual(holding(BOB));
});
