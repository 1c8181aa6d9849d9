import { expect, test } from 'vitest';
import { problemFrom } from '../fixtures.ts';
import { failure, grantToken } from './grant-states.ts';
import { keeping } from './keeping.ts';

const RETRY = failure({ kind: 'retry' }, 'later');
const DENIED = failure({ kind: 'blocked', reason: 'denied' }, 'no');

test('a thousand callers at once share one mint and get the same token', async () => {
  const { keeper, mints, stored, fresh } = keeping();
  const callers = Array.from({ length: 1_000 }, () => keeper.token());
  expect(mints).toHaveLength(1);
  expect(keeper.state.work.kind).toBe('minting');
  mints[0]?.resolve(fresh('one'));
  const tokens = await Promise.all(callers);
  expect(new Set(tokens.map(({ accessToken }) => accessToken))).toEqual(new Set(['one']));
  expect((await keeper.token()).accessToken).toBe('one');
  expect(mints).toHaveLength(1);
  expect(stored).toEqual(['one']);
});

test('a thousand callers at once share one failure, and the next one is told at once', async () => {
  const { keeper, mints } = keeping();
  const callers = Array.from({ length: 1_000 }, () => problemFrom(keeper.token()));
  mints[0]?.reject(RETRY);
  for (const error of await Promise.all(callers)) expect(error).toBe(RETRY);
  expect(await problemFrom(keeper.token())).toMatchObject({ code: 'later', recovery: { kind: 'retry' } });
  expect(mints).toHaveLength(1);
});

test('what the vault holds is taken up when it is opened, by whoever holds the keeper already', async () => {
  const { keeper, mints } = keeping();
  const early = problemFrom(keeper.token());
  mints[0]?.reject(failure({ kind: 'blocked', reason: 'signed-out' }, 'signed-out'));
  await early;
  await keeper.load({ ...grantToken('kept'), extraScopes: ['write'] });
  expect((await keeper.token()).accessToken).toBe('kept');
  expect(mints).toHaveLength(1);
  keeper.refused('kept', RETRY);
  void problemFrom(keeper.token());
  expect(mints[1]?.extraScopes).toEqual(['write']);
});

test('a mint that was under way when the vault was opened, and found nobody signed in, hides nothing', async () => {
  const { keeper, mints } = keeping();
  const early = keeper.token();
  const loaded = keeper.load(grantToken('kept'));
  mints[0]?.reject(failure({ kind: 'blocked', reason: 'signed-out' }, 'signed-out'));
  await loaded;
  expect((await early).accessToken).toBe('kept');
  expect((await keeper.token()).accessToken).toBe('kept');
});

test('a call tries again three seconds after a failure, but not where each try costs an ID-JAG', async () => {
  for (const [spends, expected] of [
    [false, 6],
    [true, 5],
  ] as const) {
    const { keeper, pass, mints } = keeping({ random: () => 1 });
    const fail = async () => {
      const caller = problemFrom(keeper.token());
      if (spends) mints.at(-1)?.issue();
      mints.at(-1)?.reject(RETRY);
      await caller;
    };
    for (let failures = 0; failures < 4; failures += 1) {
      await fail();
      pass(120_000);
    }
    await fail();
    // By now the pause of our own is much longer.
    pass(2_999);
    await problemFrom(keeper.token());
    expect(mints).toHaveLength(5);
    pass(1);
    keeper.token().catch(() => {});
    expect(mints).toHaveLength(expected);
  }
});

test('callers of a mint that is slow to notice its end are not kept waiting', async () => {
  const { keeper } = keeping();
  const caller = problemFrom(keeper.token());
  keeper.reset();
  expect((await caller).code).toBe('signed-out');
});

test('after a close nothing is minted any more', async () => {
  const { keeper, mints, advance } = keeping({ when: 'always' });
  keeper.close();
  expect((await problemFrom(keeper.token())).code).toBe('signed-out');
  await keeper.retry();
  await keeper.signedIn();
  keeper.wake(1_000, 0);
  const mayCome = keeper.networkMayCome();
  await advance(60 * 60_000);
  expect(await mayCome).toBe(false);
  expect(mints).toHaveLength(1);
});

test('a kept token is used without a mint', async () => {
  const { keeper, mints } = keeping({ kept: grantToken('kept') });
  expect((await keeper.token()).accessToken).toBe('kept');
  expect(mints).toEqual([]);
});

test('what blocks a grant is told with its reason until it may be tried again', async () => {
  const { keeper, pass, mints } = keeping();
  const first = problemFrom(keeper.token());
  mints[0]?.reject(DENIED);
  await first;
  expect((await problemFrom(keeper.token())).recovery).toEqual({ kind: 'blocked', reason: 'denied' });
  pass(5 * 60_000);
  void problemFrom(keeper.token());
  expect(mints).toHaveLength(2);
});

test('after a pause the next caller mints', async () => {
  const { keeper, pass, mints } = keeping();
  const first = problemFrom(keeper.token());
  mints[0]?.reject(RETRY);
  await first;
  pass(999);
  await problemFrom(keeper.token());
  expect(mints).toHaveLength(1);
  pass(1);
  void problemFrom(keeper.token());
  expect(mints).toHaveLength(2);
});

test('a caller waits no longer than the limit, and the mint goes on for the others', async () => {
  const { keeper, mints, fresh, advance, waiting } = keeping();
  let outcome = 'waiting';
  const early = keeper.token().catch((error: { code: string }) => {
    outcome = error.code;
  });
  await advance(9_999);
  expect(outcome).toBe('waiting');
  const late = keeper.token();
  await advance(1);
  await early;
  expect(outcome).toBe('grant-slow');
  mints[0]?.resolve(fresh('one'));
  expect((await late).accessToken).toBe('one');
  expect(mints).toHaveLength(1);
  // What is left is the look at its renewal or none, and no caller's.
  expect(waiting()).toBeLessThanOrEqual(1);
});

test('a failed renewal keeps the token that still lives, and callers get it', async () => {
  const { keeper, pass, mints } = keeping({ kept: grantToken('old') });
  pass(280_000);
  const caller = keeper.token();
  mints[0]?.reject(RETRY);
  expect((await caller).accessToken).toBe('old');
  expect((await keeper.token()).accessToken).toBe('old');
  expect(keeper.state).toMatchObject({ token: { accessToken: 'old' }, work: { kind: 'backoff' } });
  pass(20_000);
  void problemFrom(keeper.token());
  expect(mints).toHaveLength(2);
});

test('a mint that was under way at a reset is nobody’s: not kept, not shown, its callers told', async () => {
  const { keeper, mints, stored, fresh } = keeping();
  const before = problemFrom(keeper.token());
  keeper.reset();
  const after = keeper.token();
  expect(mints).toHaveLength(2);
  mints[0]?.resolve(fresh('of the one before'));
  expect((await before).code).toBe('signed-out');
  expect(keeper.state.token).toBeNull();
  expect(keeper.state.work.kind).toBe('minting');
  mints[1]?.resolve(fresh('of the next'));
  expect((await after).accessToken).toBe('of the next');
  expect(stored).toEqual(['of the next']);
});

test('a mint that fails after a reset leaves the new state alone', async () => {
  const { keeper, mints } = keeping();
  const before = problemFrom(keeper.token());
  keeper.reset();
  mints[0]?.reject(DENIED);
  await before;
  expect(keeper.state.work).toEqual({ kind: 'idle' });
});

test('callers who wait at a reset hear why it was', async () => {
  const { keeper, mints, fresh } = keeping();
  const caller = problemFrom(keeper.token());
  const widening = problemFrom(keeper.widen(['more']));
  keeper.reset(failure({ kind: 'blocked', reason: 'signed-out' }, 'session-ended'));
  for (const mint of mints) mint.resolve(fresh('late'));
  expect([(await caller).code, (await widening).code]).toEqual(['session-ended', 'session-ended']);
});

test('a reset cuts what was opened with the token, once, and not what has ended already', () => {
  const { keeper } = keeping();
  const cuts: string[] = [];
  keeper.onReset(() => cuts.push('open'));
  keeper.onReset(() => cuts.push('ended'))();
  keeper.reset();
  expect(cuts).toEqual(['open']);
});

test('a refused token is dropped for everybody, durably; the same news twice is one', async () => {
  const { keeper, mints, stored } = keeping({ kept: grantToken('old') });
  keeper.refused('old', RETRY);
  keeper.refused('old', RETRY);
  expect(keeper.state).toMatchObject({ token: null, refusals: 1 });
  expect(stored).toEqual([null]);
  void problemFrom(keeper.token());
  expect(mints).toHaveLength(1);
});

test('a new token that is refused too is not minted again at once; one that is accepted ends the streak', async () => {
  const { keeper, pass, mints, fresh } = keeping({ kept: grantToken('1') });
  keeper.refused('1', RETRY);
  const second = keeper.token();
  mints[0]?.resolve(fresh('2'));
  await second;
  keeper.refused('2', RETRY);
  expect((await problemFrom(keeper.token())).code).toBe('later');
  expect(mints).toHaveLength(1);
  pass(5 * 60_000);
  const third = keeper.token();
  mints[1]?.resolve(fresh('3', 60 * 60_000));
  await third;
  keeper.accepted('3');
  // Long enough after the trouble, one refused token is a revoked token again.
  pass(20 * 60_000);
  keeper.refused('3', RETRY);
  void problemFrom(keeper.token());
  expect(mints).toHaveLength(3);
});

test('news of an older token changes nothing', async () => {
  const { keeper, stored, changes } = keeping({ kept: grantToken('new') });
  keeper.refused('old', RETRY);
  keeper.accepted('old');
  expect((await keeper.token()).accessToken).toBe('new');
  expect(stored).toEqual([]);
  expect(changes()).toBe(0);
});

test('a second refusal while the next token is on its way starts no second mint', async () => {
  const { keeper, pass, mints, fresh } = keeping({ kept: grantToken('1') });
  keeper.refused('1', RETRY);
  const second = keeper.token();
  mints[0]?.resolve(fresh('2'));
  await second;
  pass(280_000);
  const third = keeper.token();
  keeper.refused('2', RETRY);
  const fourth = keeper.token();
  const retried = keeper.retry();
  expect(mints).toHaveLength(2);
  mints[1]?.resolve(fresh('3'));
  await retried;
  expect((await third).accessToken).toBe('3');
  expect((await fourth).accessToken).toBe('3');
});

test('asking to try again forgets a failure and mints; it never throws', async () => {
  const { keeper, mints, fresh } = keeping();
  const first = problemFrom(keeper.token());
  mints[0]?.reject(DENIED);
  await first;
  const again = keeper.retry();
  mints[1]?.reject(RETRY);
  await again;
  const third = keeper.retry();
  const alongside = keeper.retry();
  mints[2]?.resolve(fresh('one'));
  await Promise.all([third, alongside]);
  await keeper.retry();
  expect(mints).toHaveLength(3);
  expect(keeper.state.token?.accessToken).toBe('one');
});

test('a token that cannot be kept is used all the same, and the log says so', async () => {
  const { keeper, mints, fresh, events } = keeping({ keep: () => Promise.reject(failure(undefined, 'vault-write')) });
  const caller = keeper.token();
  mints[0]?.resolve(fresh('one'));
  expect((await caller).accessToken).toBe('one');
  expect(events().map(({ event }) => event)).toEqual(['grant-ready', 'grant-not-kept']);
  expect(JSON.stringify(events())).not.toContain('"one"');
});

test('a programming error in a mint is a failure like any other', async () => {
  const { keeper, mints } = keeping();
  const caller = problemFrom(keeper.token());
  mints[0]?.reject(new TypeError('x is undefined'));
  expect(await caller).toMatchObject({ code: 'internal' });
  expect(keeper.state.work.kind).toBe('backoff');
});
