import { expect, test } from 'vitest';
import { createAlarm } from '../../../main/identity/alarm.ts';
import { manualSchedule } from './manual-schedule.ts';

function setUp() {
  const time = manualSchedule();
  const state = { rung: 0 };
  const alarm = createAlarm(time.schedule, time.clock, () => {
    state.rung += 1;
  });
  return { ...time, alarm, state };
}

test('it rings once, at its time', () => {
  const { alarm, advance, state, pending } = setUp();
  alarm.set(1_000);
  advance(999);
  expect(state.rung).toBe(0);
  advance(1);
  expect(state.rung).toBe(1);
  advance(10_000);
  expect(state.rung).toBe(1);
  expect(pending()).toEqual([]);
});

test('set again, only the last time counts', () => {
  const { alarm, advance, state, pending } = setUp();
  alarm.set(1_000);
  alarm.set(5_000);
  expect(pending()).toEqual([5_000]);
  advance(4_999);
  expect(state.rung).toBe(0);
});

test('off, it does not ring, and a look does nothing', () => {
  const { alarm, advance, state, pending } = setUp();
  alarm.set(1_000);
  alarm.off();
  expect(pending()).toEqual([]);
  advance(2_000);
  alarm.look();
  expect(state.rung).toBe(0);
});

test('after a sleep past its time a look rings at once; after a shorter one, what is left is waited for', () => {
  const { alarm, advance, sleep, state, pending } = setUp();
  alarm.set(600_000);
  sleep(400_000);
  expect(pending()).toEqual([600_000]);
  alarm.look();
  expect([state.rung, pending()]).toEqual([0, [200_000]]);
  sleep(8 * 3_600_000);
  alarm.look();
  expect([state.rung, pending()]).toEqual([1, []]);
  advance(600_000);
  expect(state.rung).toBe(1);
});

test('a clock that was put back does not make it later', () => {
  const { alarm, sleep, pending } = setUp();
  alarm.set(1_000);
  sleep(-3_600_000);
  alarm.look();
  expect(pending()).toEqual([1_000]);
});
