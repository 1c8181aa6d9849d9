import { expect, test } from 'vitest';
import { problemFrom } from '../fixtures.ts';
import { failure } from './grant-states.ts';
import { type KeepingOptions, keeping } from './keeping.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const OFFLINE = failure({ kind: 'retry' }, 'network-name');
const DENIED = failure({ kind: 'blocked', reason: 'denied' }, 'no');

/** A keeper that somebody has just called a tool through; its token lives an hour and is due after 48 minutes. */
async function inUse(options: KeepingOptions = {}) {
  const kept = keeping({ when: 'active', random: () => 0, ...options });
  const caller = kept.keeper.token();
  kept.mints[0]?.resolve(kept.fresh('one', HOUR_MS));
  await caller;
  return kept;
}

test('a grant in use is renewed ahead of its end, so that no call waits for it', async () => {
  const { keeper, mints, fresh, advance } = await inUse();
  await advance(30 * MINUTE_MS);
  await keeper.token();
  await advance(18 * MINUTE_MS - 1);
  expect(mints).toHaveLength(1);
  await advance(1);
  expect(mints).toHaveLength(2);
  // While the renewal is under way the old token serves.
  expect((await keeper.token()).accessToken).toBe('one');
  mints[1]?.resolve(fresh('two', HOUR_MS));
  await advance(0);
  expect((await keeper.token()).accessToken).toBe('two');
});

test('a grant that rests is not renewed; the next call does it, and waits for nothing while the token lives', async () => {
  const { keeper, mints, advance } = await inUse();
  await advance(50 * MINUTE_MS);
  expect(mints).toHaveLength(1);
  expect((await keeper.token()).accessToken).toBe('one');
  expect(mints).toHaveLength(2);
});

test('a grant that rests for days costs no mint', async () => {
  const { mints, advance, waiting } = await inUse();
  await advance(72 * HOUR_MS);
  expect(mints).toHaveLength(1);
  expect(waiting()).toBe(0);
});

test('policy can have every grant renewed, also one that nobody uses', async () => {
  const { mints, fresh, advance } = keeping({ when: 'always', random: () => 0 });
  expect(mints).toHaveLength(1);
  mints[0]?.resolve(fresh('one', HOUR_MS));
  await advance(48 * MINUTE_MS);
  expect(mints).toHaveLength(2);
});

test('policy can have no grant renewed ahead', async () => {
  const { keeper, mints, advance } = await inUse({ when: 'on-demand' });
  await advance(58 * MINUTE_MS);
  expect((await keeper.token()).accessToken).toBe('one');
  expect(mints).toHaveLength(1);
  await keeper.signedIn();
  expect(mints).toHaveLength(1);
  keeper.reset();
  await keeper.signedIn();
  expect(mints).toHaveLength(1);
});

test('when mints are nearly spent, only calls mint', async () => {
  const { keeper, mints, circumstances, advance } = await inUse();
  circumstances.thin = true;
  await advance(50 * MINUTE_MS);
  await keeper.token();
  expect(mints).toHaveLength(1);
  await advance(10 * MINUTE_MS);
  expect((await problemFrom(keeper.token('upkeep'))).code).toBe('grant-resting');
  void problemFrom(keeper.token());
  expect(mints).toHaveLength(2);
});

test('a failed renewal is tried again by itself, and the token serves until its last second', async () => {
  const { keeper, mints, advance } = await inUse();
  await advance(29 * MINUTE_MS);
  await keeper.token();
  await advance(19 * MINUTE_MS);
  mints[1]?.reject(OFFLINE);
  await advance(500);
  expect(mints).toHaveLength(3);
  mints[2]?.reject(OFFLINE);
  await advance(500);
  expect(mints).toHaveLength(4);
  expect((await keeper.token()).accessToken).toBe('one');
  expect(keeper.state.work.kind).toBe('minting');
});

test('a refusal of a renewal leaves the token alone until it ends', async () => {
  const { keeper, mints, advance } = await inUse();
  await advance(29 * MINUTE_MS);
  await keeper.token();
  await advance(19 * MINUTE_MS);
  mints[1]?.reject(DENIED);
  await advance(4 * MINUTE_MS);
  expect((await keeper.token()).accessToken).toBe('one');
  expect(mints).toHaveLength(2);
  await advance(MINUTE_MS);
  // Looked at again after five minutes.
  expect(mints).toHaveLength(3);
  mints[2]?.reject(DENIED);
  await advance(8 * MINUTE_MS);
  expect((await problemFrom(keeper.token())).code).toBe('no');
});

test('tokens that live for 30 s are minted when a call needs one, and never in a loop', async () => {
  const { keeper, mints, fresh, advance } = keeping({ when: 'active', random: () => 0 });
  for (let times = 0; times < 3; times += 1) {
    const caller = keeper.token();
    mints[times]?.resolve(fresh(String(times), 30_000));
    expect((await caller).accessToken).toBe(String(times));
    await advance(23_999);
    expect((await keeper.token()).accessToken).toBe(String(times));
    await advance(HOUR_MS);
  }
  expect(mints).toHaveLength(3);
});

test('a listening stream keeps no grant in use and, where it is ours, mints nothing', async () => {
  const { keeper, mints, fresh, advance } = await inUse();
  await advance(31 * MINUTE_MS);
  expect((await keeper.token('background')).accessToken).toBe('one');
  expect((await keeper.token('upkeep')).accessToken).toBe('one');
  await advance(29 * MINUTE_MS);
  expect((await problemFrom(keeper.token('background'))).code).toBe('grant-resting');
  expect(mints).toHaveLength(1);
  const stream = keeper.token('upkeep');
  mints[1]?.resolve(fresh('two', HOUR_MS));
  expect((await stream).accessToken).toBe('two');
  await advance(HOUR_MS);
  expect(mints).toHaveLength(2);
});

test('pings are worth a mint for two hours after a call, and not all night', async () => {
  const { keeper, mints, fresh, advance } = await inUse();
  let night = 0;
  for (let minutes = 0; minutes < 10 * 60; minutes += 1) {
    await advance(MINUTE_MS);
    const ping = keeper.token('upkeep').catch((error: { code: string }) => error.code);
    mints.at(-1)?.resolve(fresh(`at ${minutes}`, HOUR_MS));
    if ((await ping) === 'grant-resting') night += 1;
  }
  expect(mints).toHaveLength(3);
  expect(night).toBeGreaterThan(6 * 60);
});

test('signing in counts as use', async () => {
  const { keeper, mints, fresh, advance } = keeping({ when: 'active', random: () => 0 });
  void keeper.signedIn();
  mints[0]?.resolve(fresh('one', 20 * MINUTE_MS));
  await advance(16 * MINUTE_MS);
  expect(mints).toHaveLength(2);
});

test('what a call asked of the sign-in is asked for anew after the next one', async () => {
  const { keeper, mints, advance } = await inUse();
  keeper.stepUpAsked({ acrValues: 'strong' }, failure({ kind: 'blocked', reason: 'step-up' }, 'server-step-up'));
  expect(keeper.demand?.stepUp).toEqual({ acrValues: 'strong' });
  // The grant goes on for every other call.
  expect((await keeper.token()).accessToken).toBe('one');
  void keeper.signedIn();
  await advance(0);
  expect(keeper.demand).toBeUndefined();
  expect(mints).toHaveLength(2);
});

test('a renewal that was under way at such a sign-in is not taken for its outcome', async () => {
  const { keeper, mints, fresh, advance } = await inUse();
  await advance(29 * MINUTE_MS);
  await keeper.token();
  await advance(19 * MINUTE_MS);
  keeper.stepUpAsked({ maxAgeSeconds: 60 }, failure({ kind: 'blocked', reason: 'step-up' }, 'server-step-up'));
  void keeper.signedIn();
  mints[1]?.resolve(fresh('of the sign-in before', HOUR_MS));
  await advance(0);
  mints[2]?.resolve(fresh('of the new one', HOUR_MS));
  await advance(0);
  expect((await keeper.token()).accessToken).toBe('of the new one');
});

test('a reset and a close end the mint under way and every timer', async () => {
  for (const end of ['reset', 'close'] as const) {
    const { keeper, mints, waiting } = await inUse();
    keeper.refused('one', OFFLINE);
    const caller = problemFrom(keeper.token());
    expect(mints[1]?.signal.aborted).toBe(false);
    keeper[end]();
    expect(mints[1]?.signal.aborted).toBe(true);
    mints[1]?.reject(OFFLINE);
    expect((await caller).code).toBe('signed-out');
    expect(waiting()).toBe(0);
  }
});
