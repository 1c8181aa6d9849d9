import { describe, expect, test } from 'vitest';
import { problemFrom, until } from '../fixtures.ts';
import { idTokenOf, owning, TOKEN_LIFE_MS } from './owning.ts';

const INTERVAL_MS = 600_000;
/** Waits until what has been answered is worked off; nothing is sent after that. */
const settled = ({ owner }: { owner: { close(): Promise<void> } }) => owner.close();

describe('the look at whether the session still stands', () => {
  test('happens once in every interval, although nobody needs anything', async () => {
    const { owner, advance, renewal, pending, renewals } = await owning();
    owner.resume();
    expect(pending()).toEqual([INTERVAL_MS]);
    for (const [index, next] of ['refresh-2', 'refresh-3', 'refresh-4'].entries()) {
      advance(INTERVAL_MS);
      (await renewal()).answer({ refresh_token: next });
      await until(() => pending().length > 0);
      expect(pending()).toEqual([INTERVAL_MS]);
      expect(renewals).toHaveLength(index + 1);
    }
    expect(renewals.map(({ refresh }) => refresh)).toEqual(['refresh-1', 'refresh-2', 'refresh-3']);
  });

  test('notices within the interval that the identity provider ended the session', async () => {
    const { owner, advance, renewal, lost, pending } = await owning();
    owner.resume();
    advance(INTERVAL_MS);
    (await renewal()).refuse(400, 'invalid_grant');
    await until(() => owner.endedBy !== undefined && owner.current === null);
    expect(lost()).toBe(1);
    await settled({ owner });
    expect(pending()).toEqual([]);
  });

  test.each([
    [1, 60_000],
    [30, 1_800_000],
  ])('policy decides how often: every %i minutes', async (checkIntervalMinutes, delayMs) => {
    const { owner, pending } = await owning({ policy: { checkIntervalMinutes } });
    owner.resume();
    expect(pending()).toEqual([delayMs]);
  });

  test('begins with a sign-in and ends with the sign-out', async () => {
    const { owner, session, pending } = await owning({ session: null });
    await owner.begin(session);
    expect(pending()).toEqual([INTERVAL_MS]);
    await owner.end();
    expect(pending()).toEqual([]);
  });

  test('is put off by a renewal that somebody needed', async () => {
    const { owner, advance, renewal, pending } = await owning();
    owner.resume();
    advance(INTERVAL_MS - 60_000);
    const caller = owner.fresh();
    (await renewal()).answer();
    await caller;
    expect(pending()).toEqual([INTERVAL_MS]);
  });

  test('is made up for after a sleep', async () => {
    const { owner, sleep, renewal, pending } = await owning();
    owner.resume();
    sleep(INTERVAL_MS / 2);
    owner.wake(0);
    expect(pending()).toEqual([INTERVAL_MS / 2]);
    sleep(8 * 3_600_000);
    owner.wake(0);
    (await renewal()).answer();
    await until(() => pending().length > 0);
    expect(pending()).toEqual([INTERVAL_MS]);
  });

  test('stops when the owner is closed, also with a refresh under way, whose answer is still kept', async () => {
    const { owner, advance, renewal, pending, vault } = await owning();
    owner.resume();
    advance(INTERVAL_MS);
    const sent = await renewal();
    const closed = owner.close();
    sent.answer({ refresh_token: 'refresh-2' });
    await closed;
    expect(vault.onDisk.session?.refreshToken).toBe('refresh-2');
    expect(pending()).toEqual([]);
  });
});

describe('rotation', () => {
  test('what is sent is on disk as sent before it leaves, and as answered in one write', async () => {
    const { owner, clock, vault, renewal } = await owning();
    const caller = owner.fresh('old');
    const sent = await renewal();
    expect(sent.onDisk.session).toMatchObject({ refreshToken: 'refresh-1', refreshSentAt: clock() });
    sent.answer({ refresh_token: 'refresh-2' });
    await caller;
    expect(vault.onDisk.session).toMatchObject({ refreshToken: 'refresh-2', previousRefreshToken: 'refresh-1' });
    expect(vault.onDisk.session).not.toHaveProperty('refreshSentAt');
  });

  test('the one before goes when its successor has worked', async () => {
    const { owner, vault, renewal } = await owning({ session: { previousRefreshToken: 'refresh-0' } });
    const caller = owner.fresh('old');
    (await renewal()).answer();
    await caller;
    expect(vault.onDisk.session).toMatchObject({ refreshToken: 'refresh-1' });
    expect(vault.onDisk.session).not.toHaveProperty('previousRefreshToken');
  });

  test('a new one that never worked and is refused has its predecessor tried, once', async () => {
    const { owner, vault, renewal, renewals } = await owning({ session: { previousRefreshToken: 'refresh-0' } });
    const caller = owner.fresh('old');
    (await renewal()).refuse(400, 'invalid_grant');
    (await renewal()).answer({ refresh_token: 'refresh-2' });
    expect((await caller).session).toMatchObject({ refreshToken: 'refresh-2', previousRefreshToken: 'refresh-0' });
    expect(renewals.map(({ refresh }) => refresh)).toEqual(['refresh-1', 'refresh-0']);
    expect(vault.onDisk.session).toEqual((await caller).session);
  });

  test('the session is lost only when the predecessor is refused too', async () => {
    const { owner, renewal, renewals, lost } = await owning({ session: { previousRefreshToken: 'refresh-0' } });
    const caller = problemFrom(owner.fresh('old'));
    (await renewal()).refuse(400, 'invalid_grant');
    expect(owner.current).not.toBeNull();
    (await renewal()).refuse(400, 'invalid_grant');
    expect((await caller).code).toBe('session-ended');
    expect(lost()).toBe(1);
    expect(renewals).toHaveLength(2);
  });

  test('a predecessor that meets trouble loses nothing, and the newest is tried first again', async () => {
    const { owner, renewal, renewals, advance, lost } = await owning({
      session: { previousRefreshToken: 'refresh-0' },
    });
    const caller = problemFrom(owner.fresh('old'));
    (await renewal()).refuse(400, 'invalid_grant');
    (await renewal()).reset();
    expect((await caller).recovery?.kind).toBe('retry');
    advance(1_000);
    (await renewal()).refuse(400, 'invalid_grant');
    (await renewal()).answer();
    await settled({ owner });
    expect(renewals.map(({ refresh }) => refresh)).toEqual(['refresh-1', 'refresh-0', 'refresh-1', 'refresh-0']);
    expect(lost()).toBe(0);
  });

  test('after a fault the newest is sent again and never the one before it', async () => {
    const { owner, renewal, renewals, advance } = await owning({ session: { previousRefreshToken: 'refresh-0' } });
    const caller = problemFrom(owner.fresh('old'));
    (await renewal()).reset();
    await caller;
    advance(1_000);
    (await renewal()).refuse(503, 'x');
    await settled({ owner });
    expect(owner.current).toMatchObject({ refreshToken: 'refresh-1', previousRefreshToken: 'refresh-0' });
    expect(renewals.map(({ refresh }) => refresh)).toEqual(['refresh-1', 'refresh-1']);
  });

  test('an answer with a bad ID token still gives its refresh token, without which the session would be lost', async () => {
    const { owner, vault, renewal, site, clock } = await owning();
    const caller = problemFrom(owner.fresh('old'));
    const id_token = idTokenOf(site.origin, clock(), { aud: 'another client' });
    (await renewal()).answer({ id_token, refresh_token: 'refresh-2' });
    expect((await caller).code).toBe('sign-in-invalid');
    expect(vault.onDisk.session).toMatchObject({
      idToken: 'old',
      refreshToken: 'refresh-2',
      previousRefreshToken: 'refresh-1',
    });
  });

  test('tokens of another person are not kept', async () => {
    const { owner, vault, renewal, site, clock } = await owning();
    const caller = problemFrom(owner.fresh('old'));
    const id_token = idTokenOf(site.origin, clock(), { sub: 'bob' });
    (await renewal()).answer({ id_token, refresh_token: 'of-bob' });
    expect((await caller).code).toBe('idp-other-person');
    expect(vault.onDisk.session).toMatchObject({ subject: 'ada', idToken: 'old', refreshToken: 'refresh-1' });
    expect(owner.endedBy?.code).toBe('idp-other-person');
  });
});

describe('after an answer that was lost', () => {
  test('the refresh is sent again soon and often, then every 2 minutes, until it works', async () => {
    const { owner, advance, renewal, pending, vault } = await owning();
    void owner.fresh('old').catch(() => {});
    const pauses: number[] = [];
    for (let failures = 0; failures < 9; failures += 1) {
      (await renewal()).reset();
      await until(() => pending().length > 0);
      pauses.push(pending()[0] ?? 0);
      expect(vault.onDisk.session?.refreshSentAt).toBeDefined();
      advance(pending()[0] ?? 0);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 120_000, 120_000]);
    (await renewal()).answer({ refresh_token: 'refresh-2' });
    await until(() => pending()[0] === INTERVAL_MS);
    expect(vault.onDisk.session).toMatchObject({ refreshToken: 'refresh-2' });
    expect(vault.onDisk.session).not.toHaveProperty('refreshSentAt');
  });

  test('callers in the meantime are told at once, with the time of the next try', async () => {
    const { owner, renewal, renewals } = await owning();
    const first = problemFrom(owner.fresh('old'));
    (await renewal()).reset();
    // The pause is ours: a keeper may cut it short.
    const recovery = { kind: 'retry', afterMs: 1_000, isOwnPause: true };
    expect((await first).recovery).toEqual(recovery);
    expect(await problemFrom(owner.fresh('old'))).toMatchObject({ code: 'network-connection', recovery });
    expect(renewals).toHaveLength(1);
  });

  test('whoever asks three seconds after a failure has it tried again, however long our own pause', async () => {
    const { owner, advance, renewal, pending } = await owning();
    for (let failures = 0; failures < 5; failures += 1) {
      const caller = problemFrom(owner.fresh('old'));
      (await renewal()).reset();
      await caller;
      if (failures < 4) advance(3_000);
    }
    expect(pending()[0]).toBeGreaterThan(3_000);
    advance(2_999);
    expect((await problemFrom(owner.fresh('old'))).recovery).toMatchObject({ afterMs: 1 });
    advance(1);
    const caller = owner.fresh('old');
    (await renewal()).answer();
    expect((await caller).token).not.toBe('old');
  });

  test('an ID token that is still good is given all the same', async () => {
    const { owner, advance, renewal, renewals } = await owning();
    advance(TOKEN_LIFE_MS - 30_000);
    const caller = owner.fresh();
    (await renewal()).reset();
    expect(await caller).toMatchObject({ token: 'old', type: 'id_token' });
    expect(await owner.fresh()).toMatchObject({ token: 'old' });
    expect(renewals).toHaveLength(1);
    expect(owner.endedBy).toBeUndefined();
  });

  test('a network that comes back ends the pause, and in its first seconds there is hardly one', async () => {
    const { owner, advance, renewal, pending } = await owning();
    for (let failures = 0; failures < 5; failures += 1) {
      owner.wake(0);
      const caller = problemFrom(owner.fresh('old'));
      (await renewal()).reset();
      expect((await caller).recovery).toEqual({ kind: 'retry', afterMs: 250, isOwnPause: true });
      expect(pending()).toEqual([250]);
    }
    owner.wake(0);
    advance(6_000);
    const late = problemFrom(owner.fresh('old'));
    (await renewal()).reset();
    expect((await late).recovery).toMatchObject({ afterMs: 1_000 });
    owner.wake(0);
    const caller = owner.fresh('old');
    (await renewal()).answer();
    expect((await caller).token).not.toBe('old');
  });

  test('a restart sends the refresh again at once, and an IdP that forgives it loses nothing', async () => {
    const before = await owning();
    void before.owner.fresh('old').catch(() => {});
    const cut = await before.renewal();
    const after = before.restarted();
    after.resume();
    const again = await before.renewal();
    expect(again.refresh).toBe('refresh-1');
    again.answer({ refresh_token: 'refresh-2' });
    await until(() => before.vault.onDisk.session?.refreshToken === 'refresh-2');
    cut.reset();
  });

  test('a refusal that says nothing of the refresh token takes the mark away', async () => {
    const { owner, renewal, vault } = await owning();
    const caller = problemFrom(owner.fresh('old'));
    (await renewal()).refuse(429, 'slow_down');
    await caller;
    expect(vault.onDisk.session).not.toHaveProperty('refreshSentAt');
    expect(vault.onDisk.session?.refreshToken).toBe('refresh-1');
  });
});

test('a doubt stays until the refresh token has worked, whatever comes in between', async () => {
  const { owner, renewal, vault, clock, advance } = await owning();
  const sentAt = clock();
  const first = problemFrom(owner.fresh('old'));
  (await renewal()).reset();
  await first;
  advance(1_000);
  (await renewal()).refuse(429, 'slow_down');
  await settled({ owner });
  expect(vault.onDisk.session?.refreshSentAt).toBe(sentAt);
});

test('an administrator’s mistake is looked at again after five minutes, and its callers hear whose it is', async () => {
  const { owner, renewal, renewals, pending, lost } = await owning();
  const first = problemFrom(owner.fresh('old'));
  (await renewal()).refuse(400, 'unauthorized_client');
  expect((await first).recovery).toEqual({ kind: 'blocked', reason: 'misconfigured' });
  expect(pending()).toEqual([300_000]);
  expect((await problemFrom(owner.fresh('old'))).code).toBe((await first).code);
  expect(renewals).toHaveLength(1);
  expect([lost(), owner.endedBy]).toEqual([0, undefined]);
});

test('nothing of a session is ever in the log', async () => {
  const { owner, renewal, logged } = await owning({ session: { previousRefreshToken: 'refresh-0' } });
  const caller = owner.fresh('old');
  (await renewal()).refuse(400, 'invalid_grant');
  (await renewal()).answer({ refresh_token: 'refresh-2' });
  const { token } = await caller;
  const text = JSON.stringify(logged.entries);
  expect(logged.entries.length).toBeGreaterThan(1);
  for (const secret of ['refresh-0', 'refresh-1', 'refresh-2', token]) expect(text).not.toContain(secret);
});

describe('on a disk that takes nothing', () => {
  test('a mere look is put off, and nothing is sent', async () => {
    const { owner, advance, vault, pending, renewals, events } = await owning();
    owner.resume();
    vault.isFull = true;
    advance(INTERVAL_MS);
    await until(() => pending().length > 0);
    expect(pending()).toEqual([INTERVAL_MS]);
    expect(renewals).toEqual([]);
    expect(events()).toContain('session-check-put-off');
    expect(vault.contents.session).not.toHaveProperty('refreshSentAt');
  });

  test('a renewal that is needed goes ahead, and says so', async () => {
    const { owner, vault, renewal, events } = await owning();
    vault.isFull = true;
    const caller = owner.fresh('old');
    (await renewal()).answer({ refresh_token: 'refresh-2' });
    expect((await caller).session.refreshToken).toBe('refresh-2');
    expect(owner.current?.refreshToken).toBe('refresh-2');
    expect(events()).toEqual(expect.arrayContaining(['refresh-unrecorded', 'session-unsaved', 'session-renewed']));
  });

  test('whoever joins a look that is put off gets a renewal all the same', async () => {
    const { owner, advance, vault, renewal } = await owning();
    owner.resume();
    vault.isFull = true;
    advance(INTERVAL_MS);
    const caller = owner.fresh('old');
    (await renewal()).answer();
    expect((await caller).token).not.toBe('old');
  });
});
