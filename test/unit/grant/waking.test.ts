import { expect, test } from 'vitest';
import { problemFrom } from '../fixtures.ts';
import { failure, grantToken } from './grant-states.ts';
import { keeping } from './keeping.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const OFFLINE = failure({ kind: 'retry' }, 'network-name');

async function usedBeforeSleep(restMs = 0) {
  const kept = keeping({ when: 'active', random: () => 0.5, kept: null });
  const caller = kept.keeper.token();
  kept.mints[0]?.resolve(kept.fresh('one', HOUR_MS));
  await caller;
  await kept.advance(restMs);
  return kept;
}

test('a grant that was in use is renewed on waking, before a call needs it', async () => {
  const { keeper, mints, sleep, advance } = await usedBeforeSleep();
  sleep(10 * HOUR_MS);
  keeper.wake(10 * HOUR_MS, 0);
  expect(mints).toHaveLength(2);
  await advance(0);
});

test('renewals on waking are spread, and a call does not wait for its turn', async () => {
  const { keeper, mints, sleep, advance } = await usedBeforeSleep();
  sleep(10 * HOUR_MS);
  keeper.wake(10 * HOUR_MS, 4_000);
  await advance(1_999);
  expect(mints).toHaveLength(1);
  void problemFrom(keeper.token());
  expect(mints).toHaveLength(2);
});

test('a grant that rested before the sleep goes on resting', async () => {
  const { keeper, mints, sleep, advance } = await usedBeforeSleep(31 * MINUTE_MS);
  sleep(10 * HOUR_MS);
  keeper.wake(10 * HOUR_MS, 0);
  await advance(HOUR_MS);
  expect(mints).toHaveLength(1);
});

test('a laptop that wakes by itself every hour of the night mints once', async () => {
  const { keeper, mints, fresh, sleep, advance } = await usedBeforeSleep();
  for (let hour = 0; hour < 9; hour += 1) {
    sleep(HOUR_MS);
    keeper.wake(HOUR_MS, 0);
    mints[1]?.resolve(fresh('two', HOUR_MS));
    await advance(MINUTE_MS);
  }
  expect(mints).toHaveLength(2);
});

test('calls in the seconds before the network is back wait for it instead of failing', async () => {
  const { keeper, mints, fresh, sleep, advance } = await usedBeforeSleep();
  sleep(10 * HOUR_MS);
  keeper.wake(10 * HOUR_MS, 0);
  const caller = keeper.token();
  for (let tries = 1; tries < 8; tries += 1) {
    mints[tries]?.reject(OFFLINE);
    await advance(250);
    expect(mints).toHaveLength(tries + 2);
  }
  mints[8]?.resolve(fresh('two', HOUR_MS));
  expect((await caller).accessToken).toBe('two');
});

test('a network that does not come back is told after a few seconds', async () => {
  const { keeper, mints, sleep, advance } = await usedBeforeSleep();
  sleep(10 * HOUR_MS);
  keeper.wake(10 * HOUR_MS, 0);
  const caller = problemFrom(keeper.token());
  let tries = 1;
  for (let waited = 0; waited <= 6_000; waited += 250, tries += 1) {
    mints[tries]?.reject(OFFLINE);
    await advance(250);
  }
  expect((await caller).code).toBe('network-name');
  expect(tries).toBeLessThan(30);
});

test('a call that comes between two tries of the first seconds waits for the next one', async () => {
  const { keeper, mints, fresh, sleep, advance } = await usedBeforeSleep();
  sleep(10 * HOUR_MS);
  keeper.wake(10 * HOUR_MS, 0);
  mints[1]?.reject(OFFLINE);
  await advance(100);
  const caller = keeper.token();
  await advance(150);
  mints[2]?.resolve(fresh('two', HOUR_MS));
  expect((await caller).accessToken).toBe('two');
});

test('a network that comes back ends the pause after faults, not one that the other side asked for', async () => {
  for (const [recovery, expected] of [
    [{ kind: 'retry' }, 2],
    [{ kind: 'retry', afterMs: 60_000 }, 1],
  ] as const) {
    const { keeper, mints } = keeping({ when: 'active' });
    const caller = problemFrom(keeper.token());
    mints[0]?.reject(failure(recovery, 'some-fault'));
    await caller;
    keeper.wake(0, 0);
    expect(mints).toHaveLength(expected);
  }
});

test('a token that still lives after a nap is used as it is', async () => {
  const { keeper, mints, sleep, advance } = await usedBeforeSleep();
  sleep(10 * MINUTE_MS);
  keeper.wake(10 * MINUTE_MS, 0);
  await advance(MINUTE_MS);
  expect((await keeper.token()).accessToken).toBe('one');
  expect(mints).toHaveLength(1);
});

test('a kept token that was renewed nowhere is no use: nothing is minted at a start', async () => {
  const { mints, advance } = keeping({ when: 'active', kept: grantToken('kept') });
  await advance(HOUR_MS);
  expect(mints).toHaveLength(0);
});
