import { expect, test } from 'vitest';
import { signedOut } from '../../../main/identity/session-errors.ts';
import { EMPTY_VAULT, type SessionRecord } from '../../../main/vault/contents.ts';
import { problemFrom } from '../fixtures.ts';
import { idTokenOf, owning, type Renewal, TOKEN_LIFE_MS } from './owning.ts';

test('an ID token with life left is used, and nothing is sent', async () => {
  const { owner, advance, session, site } = await owning();
  advance(TOKEN_LIFE_MS - 60_001);
  expect(await owner.fresh()).toEqual({ session, token: 'old', type: 'id_token' });
  expect(site.seen).toEqual([]);
});

test('any number of callers share one renewal, and the rotated refresh token is kept', async () => {
  const { owner, vault, advance, renewals, renewal } = await owning();
  advance(TOKEN_LIFE_MS - 60_000);
  const callers = Array.from({ length: 100 }, () => owner.fresh());
  (await renewal()).answer({ refresh_token: 'refresh-2' });
  for (const caller of callers) expect((await caller).session.refreshToken).toBe('refresh-2');
  expect(renewals.map(({ refresh }) => refresh)).toEqual(['refresh-1']);
  expect(vault.onDisk.session?.refreshToken).toBe('refresh-2');
  expect(vault.onDisk.session?.idToken).not.toBe('old');
});

test('an ID token that the identity provider rejected is renewed before its time', async () => {
  const { owner, renewal } = await owning();
  const caller = owner.fresh('old');
  (await renewal()).answer();
  expect((await caller).token).not.toBe('old');
});

test('a refused refresh token ends the session and everything that came from it, but neither counts nor key', async () => {
  const { owner, vault, advance, renewal, lost, pending } = await owning();
  const mints = { 'somebody at https://login.example.com': {} };
  const dpopKey = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' } as const;
  await vault.update((contents) => ({ ...contents, mints, dpopKey }));
  advance(TOKEN_LIFE_MS);
  const caller = problemFrom(owner.fresh());
  (await renewal()).refuse(400, 'invalid_grant');
  expect(await caller).toMatchObject({ code: 'session-ended', recovery: { kind: 'blocked', reason: 'signed-out' } });
  expect(vault.onDisk).toEqual({ ...EMPTY_VAULT, mints, dpopKey });
  expect(lost()).toBe(1);
  expect(owner.endedBy?.code).toBe('session-ended');
  expect((await problemFrom(owner.fresh())).code).toBe('session-ended');
  expect(pending()).toEqual([]);
});

test.each([
  [429, 'invalid_grant'],
  [503, 'invalid_grant'],
  [400, 'temporarily_unavailable'],
])('an identity provider in trouble (%i %s) ends nothing', async (status, error) => {
  const { owner, vault, advance, renewal, session, lost } = await owning();
  advance(TOKEN_LIFE_MS);
  const caller = problemFrom(owner.fresh());
  (await renewal()).refuse(status, error);
  expect((await caller).recovery?.kind).toBe('retry');
  expect(vault.contents.session).toMatchObject(session);
  expect(lost()).toBe(0);
});

test('without a refresh token an ID token is good to its end, and then the person is asked to sign in again', async () => {
  const { owner, advance, session, pending } = await owning({ session: { refreshToken: undefined as never } });
  owner.resume();
  expect(pending()).toEqual([]);
  advance(TOKEN_LIFE_MS - 1);
  expect((await owner.fresh()).token).toBe(session.idToken);
  advance(1);
  expect(await problemFrom(owner.fresh())).toMatchObject({ code: 'session-ended' });
  expect(owner.current).toEqual(session);
  expect(owner.endedBy).toMatchObject({ code: 'session-ended' });
});

test.each<readonly [string, (session: SessionRecord) => SessionRecord | null]>([
  ['the person signed out', () => null],
  ['somebody else signed in', (session) => ({ ...session, subject: 'bob', refreshToken: 'of-bob' })],
])('a renewal that ends too late changes nothing: %s', async (_what, next) => {
  const { owner, vault, advance, renewal, session } = await owning();
  advance(TOKEN_LIFE_MS);
  const caller = problemFrom(owner.fresh());
  const late = await renewal();
  const after = next(session);
  await vault.update((contents) => ({ ...contents, session: after }));
  late.answer({ refresh_token: 'refresh-2' });
  expect(await caller).toMatchObject({ code: 'signed-out' });
  expect(vault.contents.session).toEqual(after);
});

test.each([
  ['succeeds', (renewal: Renewal) => renewal.answer({ refresh_token: 'refresh-2' })],
  ['is refused', (renewal: Renewal) => renewal.refuse(400, 'invalid_grant')],
  ['meets trouble', (renewal: Renewal) => renewal.refuse(429, 'slow_down')],
])('a renewal that %s after the same person has signed in again gives the new session', async (_what, end) => {
  const { owner, clock, advance, renewal, session, lost } = await owning();
  advance(TOKEN_LIFE_MS);
  const caller = owner.fresh();
  const late = await renewal();
  const again = {
    ...session,
    idToken: 'again',
    idTokenExpiresAt: clock() + TOKEN_LIFE_MS,
    refreshToken: 'of-the-second-sign-in',
    // The time of proof stays the same where the provider still knew the person.
  };
  await owner.begin(again);
  end(late);
  expect((await caller).session).toEqual(again);
  expect(owner.current).toEqual(again);
  expect(lost()).toBe(0);
});

test('a renewal of the session before the present one is nothing that callers of the present one wait for', async () => {
  const { owner, clock, advance, renewal, renewals, session } = await owning();
  advance(TOKEN_LIFE_MS);
  const before = owner.fresh();
  const late = await renewal();
  const again = { ...session, idToken: 'again', idTokenExpiresAt: clock() + TOKEN_LIFE_MS, refreshToken: 'second' };
  await owner.begin(again);
  const now = owner.fresh('again');
  (await renewal()).answer();
  expect((await now).token).not.toBe('again');
  late.refuse(400, 'invalid_grant');
  await before;
  expect(renewals.map(({ refresh }) => refresh)).toEqual(['refresh-1', 'second']);
  expect(owner.endedBy).toBeUndefined();
});

test('a session with another identity provider is nobody’s, and nothing of it is sent to this one', async () => {
  const { owner, advance, site } = await owning({ session: { issuer: 'https://before.example.com' } });
  advance(TOKEN_LIFE_MS);
  owner.resume();
  expect(owner.current).toBeNull();
  expect(await problemFrom(owner.fresh())).toMatchObject({ code: 'signed-out' });
  await owner.end();
  expect(site.seen).toEqual([]);
});

test('with nobody signed in there is no token, no timer, and nothing is sent', async () => {
  const { owner, pending, advance, site } = await owning({ session: null });
  owner.resume();
  owner.wake(0);
  expect(pending()).toEqual([]);
  advance(24 * 3_600_000);
  expect(await problemFrom(owner.fresh())).toMatchObject({ code: 'signed-out' });
  expect(site.seen).toEqual([]);
});

test('a refusal of the present session asks for a new sign-in; one of an older session says nothing', async () => {
  const { owner, session } = await owning();
  const error = signedOut();
  const subject = { session, token: session.idToken, type: 'id_token' } as const;
  owner.refused({ ...subject, session: { ...session, idToken: 'of-somebody-before' } }, error);
  expect(owner.endedBy).toBeUndefined();
  owner.refused(subject, error);
  expect(owner.endedBy).toMatchObject({ code: error.code });
  expect(owner.current).toEqual(session);
});

test('somebody else who signs in finds nothing of the person before but the counts', async () => {
  const { owner, vault, session, pending } = await owning();
  const dpopKey = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' } as const;
  const mints = { 'ada at https://login.example.com': {} };
  await vault.update((contents) => ({ ...contents, dpopKey, mints }));
  await owner.begin({ ...session, idToken: 'again' });
  expect(vault.contents.dpopKey).toEqual(dpopKey);
  const bob = { ...session, subject: 'bob' };
  await owner.begin(bob);
  expect(vault.contents).toEqual({ ...EMPTY_VAULT, mints, session: bob });
  expect(pending()).toEqual([600_000]);
});

/** Bob's session beside Ada's. */
const ofBob = (session: SessionRecord): SessionRecord => ({
  ...session,
  subject: 'bob',
  idToken: 'bobs',
  refreshToken: 'refresh-of-bob',
});

test('a refusal of the session before takes nothing from the person who has signed in since', async () => {
  const { owner, renewal, session, lost, events } = await owning();
  const caller = problemFrom(owner.fresh('old'));
  const late = await renewal();
  await owner.begin(ofBob(session));
  late.refuse(400, 'invalid_grant');
  expect((await caller).code).toBe('signed-out');
  expect(owner.current).toEqual(ofBob(session));
  expect(lost()).toBe(0);
  expect(owner.endedBy).toBeUndefined();
  expect(events()).not.toContain('session-ended');
});

test('a new sign-in inherits no pause', async () => {
  const { owner, renewal, session, pending, clock } = await owning();
  const caller = problemFrom(owner.fresh('old'));
  (await renewal()).refuse(400, 'unauthorized_client');
  await caller;
  await owner.begin(ofBob(session));
  expect(pending()).toEqual([600_000]);
  const next = owner.fresh('bobs');
  const sent = await renewal();
  expect(sent.refresh).toBe('refresh-of-bob');
  sent.answer({ id_token: idTokenOf(session.issuer, clock(), { sub: 'bob' }) });
  expect((await next).session.subject).toBe('bob');
});

test('a new sign-in inherits neither the wish for one nor that refreshes give no ID token', async () => {
  const { owner, advance, renewal, session, clock } = await owning();
  advance(TOKEN_LIFE_MS);
  const caller = owner.fresh();
  (await renewal()).answer({ id_token: undefined });
  expect(await caller).toMatchObject({ type: 'refresh_token' });
  owner.refused(await owner.fresh(), signedOut());
  expect(owner.endedBy).toBeDefined();
  await owner.begin({ ...ofBob(session), idTokenExpiresAt: clock() });
  expect(owner.endedBy).toBeUndefined();
  const next = owner.fresh();
  (await renewal()).answer({ id_token: idTokenOf(session.issuer, clock(), { sub: 'bob' }) });
  expect(await next).toMatchObject({ type: 'id_token' });
});

test('what was recorded for a person who is gone by then is not sent', async () => {
  const { owner, vault, session, renewals } = await owning();
  const { update } = vault;
  vault.update = async (edit) => {
    vault.update = update;
    await update(edit);
    await owner.begin(ofBob(session));
  };
  expect((await problemFrom(owner.fresh('old'))).code).toBe('signed-out');
  await owner.close();
  expect(renewals).toEqual([]);
});

test('a lost answer is asked for at once on waking, whatever others are spread over', async () => {
  const { owner, renewal } = await owning();
  const caller = problemFrom(owner.fresh('old'));
  (await renewal()).reset();
  await caller;
  owner.wake(30_000);
  expect((await renewal()).refresh).toBe('refresh-1');
});
