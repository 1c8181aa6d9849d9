import { expect, test } from 'vitest';
import { signedOut } from '../../../main/identity/session-errors.ts';
import { problemFrom, until } from '../fixtures.ts';
import { idTokenOf, owning } from './owning.ts';

const INTERVAL_MS = 600_000;

/** A look at the session that is answered so. */
async function lookedAt(error: string) {
  const owned = await owning();
  owned.owner.resume();
  owned.advance(INTERVAL_MS);
  (await owned.renewal()).refuse(400, error);
  return owned;
}

test.each(['invalid_grant', 'access_denied', 'login_required', 'interaction_required', 'consent_required'])(
  'a look that is refused with %s ends the session and everything that came from it',
  async (error) => {
    const { owner, lost, vault } = await lookedAt(error);
    await until(() => owner.endedBy !== undefined);
    expect(owner.endedBy?.code).toBe('session-ended');
    expect(owner.current).toBeNull();
    expect(lost()).toBe(1);
    await owner.close();
    expect(vault.onDisk.session).toBeNull();
  },
);

test.each(['invalid_request', 'some_vendor_error'])(
  'a look that is refused with %s takes nothing away, and the state asks for a new sign-in',
  async (error) => {
    const { owner, lost, session, events } = await lookedAt(error);
    await until(() => owner.endedBy !== undefined);
    expect(owner.endedBy?.code).toBe(`idp-${error.replaceAll('_', '-')}`);
    expect(owner.current).toMatchObject(session);
    expect(lost()).toBe(0);
    expect(events()).toContain('sign-in-needed');
  },
);

test('a look that works again takes back that a sign-in was asked for', async () => {
  const { owner, pending, advance, renewal } = await lookedAt('some_vendor_error');
  await until(() => pending().length > 0);
  advance(300_000);
  (await renewal()).answer();
  await until(() => pending()[0] === INTERVAL_MS);
  expect(owner.endedBy).toBeUndefined();
});

test('a look that works says nothing of what a token exchange was refused for', async () => {
  const { owner, session, advance, renewal, pending } = await owning();
  owner.resume();
  const error = signedOut();
  owner.refused({ session, token: session.idToken, type: 'id_token' }, error);
  advance(INTERVAL_MS);
  (await renewal()).answer();
  await until(() => pending().length > 0);
  expect(owner.endedBy?.code).toBe(error.code);
});

test.each(['misconfigured', 'signed-out'])(
  'a person who tries again is not kept waiting by a pause of ours: %s',
  async (reason) => {
    const { owner, renewal, renewals } = await owning();
    const first = problemFrom(owner.fresh('old'));
    (await renewal()).refuse(400, reason === 'misconfigured' ? 'unauthorized_client' : 'some_vendor_error');
    expect((await first).recovery).toEqual({ kind: 'blocked', reason });
    await problemFrom(owner.fresh('old'));
    expect(renewals).toHaveLength(1);
    owner.retry();
    const second = owner.fresh('old');
    (await renewal()).answer();
    expect((await second).token).not.toBe('old');
    expect(renewals).toHaveLength(2);
  },
);

test('a person who tries again does not break the pause that the identity provider asked for', async () => {
  const { owner, renewal, renewals, pending } = await owning();
  const first = problemFrom(owner.fresh('old'));
  (await renewal()).refuse(429, 'slow_down', { 'retry-after': '40' });
  expect((await first).recovery).toEqual({ kind: 'retry', afterMs: 40_000 });
  owner.retry();
  expect((await problemFrom(owner.fresh('old'))).recovery).toEqual({ kind: 'retry', afterMs: 40_000 });
  expect(pending()).toEqual([40_000]);
  expect(renewals).toHaveLength(1);
});

test('where nothing has failed, trying again asks for nothing', async () => {
  const { owner, pending, site } = await owning();
  owner.resume();
  owner.retry();
  expect(pending()).toEqual([INTERVAL_MS]);
  expect(site.seen).toEqual([]);
});

test('with a short interval a mistake of the set-up is looked at as often as the session', async () => {
  const { owner, advance, renewal, pending } = await owning({ policy: { checkIntervalMinutes: 1 } });
  owner.resume();
  advance(60_000);
  (await renewal()).refuse(400, 'unauthorized_client');
  await until(() => pending().length > 0);
  expect(pending()).toEqual([60_000]);
});

test('a clock that is put back makes no pause longer', async () => {
  const { owner, renewal, sleep } = await owning();
  const first = problemFrom(owner.fresh('old'));
  (await renewal()).reset();
  await first;
  sleep(-3_600_000);
  const second = owner.fresh('old');
  (await renewal()).answer();
  expect((await second).token).not.toBe('old');
});

test('a closed owner sends nothing, and gives what is still good', async () => {
  const { owner, site } = await owning();
  await owner.close();
  expect((await owner.fresh()).token).toBe('old');
  expect((await owner.fresh('another')).token).toBe('old');
  expect(await problemFrom(owner.fresh('old'))).toMatchObject({ code: 'agent-stopping', recovery: { kind: 'retry' } });
  owner.resume();
  owner.wake(0);
  owner.retry();
  expect(site.seen).toEqual([]);
});

test('a look that is answered with somebody else’s tokens asks for a new sign-in', async () => {
  const { owner, advance, renewal, site, clock } = await owning();
  owner.resume();
  advance(INTERVAL_MS);
  (await renewal()).answer({ id_token: idTokenOf(site.origin, clock(), { sub: 'bob' }) });
  await until(() => owner.endedBy !== undefined);
  expect(owner.endedBy?.code).toBe('idp-other-person');
});
