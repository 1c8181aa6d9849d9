import { describe, expect, test } from 'vitest';
import { problemFrom } from '../fixtures.ts';
import { idTokenOf, owning, TOKEN_LIFE_MS } from './owning.ts';

/** An answer to a refresh that has no ID token, as some IdPs give it. */
const WITHOUT_ID_TOKEN = { id_token: undefined };

describe('where policy leaves the subject token to us', () => {
  test('the refresh token takes over where the identity provider renews no ID token', async () => {
    const { owner, advance, renewal, renewals } = await owning();
    advance(TOKEN_LIFE_MS);
    const caller = owner.fresh();
    (await renewal()).answer({ ...WITHOUT_ID_TOKEN, refresh_token: 'refresh-2' });
    expect(await caller).toMatchObject({ token: 'refresh-2', type: 'refresh_token', session: { subject: 'ada' } });
    expect(await owner.fresh()).toMatchObject({ token: 'refresh-2' });
    expect(renewals).toHaveLength(1);
    expect(owner.endedBy).toBeUndefined();
  });

  test('one that was rejected as a subject token is renewed once, and the new one is used', async () => {
    const { owner, advance, renewal } = await owning();
    advance(TOKEN_LIFE_MS);
    const first = owner.fresh();
    (await renewal()).answer(WITHOUT_ID_TOKEN);
    const second = owner.fresh((await first).token);
    (await renewal()).answer({ ...WITHOUT_ID_TOKEN, refresh_token: 'refresh-2' });
    expect(await second).toMatchObject({ token: 'refresh-2', type: 'refresh_token' });
  });

  test('it goes back to the ID token when there is one again, and after the next sign-in', async () => {
    const { owner, clock, advance, renewal, session } = await owning();
    advance(TOKEN_LIFE_MS);
    const first = owner.fresh();
    (await renewal()).answer(WITHOUT_ID_TOKEN);
    const second = owner.fresh((await first).token);
    (await renewal()).answer();
    expect((await second).type).toBe('id_token');
    await owner.begin({ ...session, idToken: 'again', idTokenExpiresAt: clock() + TOKEN_LIFE_MS });
    expect(await owner.fresh()).toMatchObject({ token: 'again', type: 'id_token' });
  });
});

describe('where policy wants the ID token', () => {
  test('one that is not renewed asks for a sign-in, and keeps the session for what was given', async () => {
    const { owner, advance, renewal, lost } = await owning({ policy: { subjectToken: 'id_token' } });
    advance(TOKEN_LIFE_MS);
    const caller = problemFrom(owner.fresh());
    (await renewal()).answer(WITHOUT_ID_TOKEN);
    expect((await caller).code).toBe('session-ended');
    expect(owner.current).not.toBeNull();
    expect(lost()).toBe(0);
  });

  test('a later renewal that brings one takes that back', async () => {
    const { owner, advance, renewal, changes } = await owning({ policy: { subjectToken: 'id_token' } });
    advance(TOKEN_LIFE_MS);
    const caller = problemFrom(owner.fresh());
    (await renewal()).answer(WITHOUT_ID_TOKEN);
    await caller;
    expect(owner.endedBy?.code).toBe('session-ended');
    const before = changes();
    const next = owner.fresh();
    (await renewal()).answer();
    expect((await next).type).toBe('id_token');
    expect(owner.endedBy).toBeUndefined();
    expect(changes()).toBeGreaterThan(before);
  });
});

describe('where policy wants the refresh token', () => {
  test('it is used whatever the ID token’s age, and nothing is sent', async () => {
    const { owner, advance, session, site } = await owning({ policy: { subjectToken: 'refresh_token' } });
    expect(await owner.fresh()).toEqual({ session, token: 'refresh-1', type: 'refresh_token' });
    advance(10 * TOKEN_LIFE_MS);
    expect((await owner.fresh('another')).token).toBe('refresh-1');
    expect(site.seen).toEqual([]);
  });

  test('a rejected one is renewed once, and where it is not rotated the same one is used again', async () => {
    const { owner, renewal } = await owning({ policy: { subjectToken: 'refresh_token' } });
    const caller = owner.fresh('refresh-1');
    (await renewal()).answer();
    expect(await caller).toMatchObject({ token: 'refresh-1', type: 'refresh_token' });
  });

  test('a session without one names what the administrator has to mend', async () => {
    const session = { refreshToken: undefined as never };
    const { owner } = await owning({ session, policy: { subjectToken: 'refresh_token' } });
    expect(await problemFrom(owner.fresh())).toMatchObject({
      code: 'session-no-refresh-token',
      recovery: { kind: 'blocked', reason: 'misconfigured' },
      administrator: expect.stringContaining('offline_access'),
    });
  });
});

test.each([
  [-290, 'behind'],
  [290, 'ahead'],
])('an identity provider whose clock differs by %i s (ours is %s or the reverse) is believed', async (seconds) => {
  const { owner, clock, renewal, site } = await owning();
  const caller = owner.fresh('old');
  const id_token = idTokenOf(site.origin, clock() + seconds * 1000, { nbf: Math.floor(clock() / 1000) + seconds });
  (await renewal()).answer({ id_token });
  expect((await caller).token).toBe(id_token);
});

test.each([
  ['exp', -303],
  ['nbf', 303],
] as const)('beyond five minutes it is not (%s)', async (claim, seconds) => {
  const { owner, clock, renewal, site } = await owning();
  const caller = problemFrom(owner.fresh('old'));
  const id_token = idTokenOf(site.origin, clock(), { [claim]: Math.floor(clock() / 1000) + seconds });
  (await renewal()).answer({ id_token });
  expect((await caller).code).toBe('sign-in-invalid');
});

test('a new ID token with a life that our clock has passed already is good', async () => {
  const { owner, clock, renewal, site } = await owning();
  const caller = owner.fresh('old');
  const seconds = Math.floor(clock() / 1000);
  const id_token = idTokenOf(site.origin, clock(), { iat: seconds - 290, exp: seconds - 10 });
  (await renewal()).answer({ id_token });
  expect((await caller).token).toBe(id_token);
});
