import { expect, test } from 'vitest';
import { backoffMs, isUsable, recheckMs, renewAheadAt } from '../../../main/grant/pace.ts';
import { grantToken, NOW } from './grant-states.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

test.each([
  [0, 0, 500],
  [0, 1, 1_000],
  [1, 0.5, 1_000],
  [6, 0.999, 63_936],
  [7, 1, 120_000],
  [1_000_000, 1, 120_000],
  [1_000_000, 0, 500],
])('after %i failures with jitter %d the pause is %i ms', (failures, jitter, expected) => {
  expect(backoffMs(failures, jitter)).toBe(expected);
});

test.each([
  [0, 1_000],
  [999, 1_000],
  [7_000, 7_000],
  [600_000, 600_000],
])('where the other side asks for %i ms it is %i, whatever the failures', (afterMs, expected) => {
  for (const failures of [0, 5, 100]) expect(backoffMs(failures, 0.5, afterMs)).toBe(expected);
});

test('every pause is within its bounds', () => {
  for (let failures = 0; failures < 20; failures += 1)
    for (const jitter of [0, 0.001, 0.5, 0.999999]) {
      const pause = backoffMs(failures, jitter);
      expect(pause).toBeGreaterThanOrEqual(500);
      expect(pause).toBeLessThanOrEqual(Math.min(120_000, 1_000 * 2 ** failures));
    }
});

test('a final refusal is looked at again after 5 minutes, then ever more slowly, and never less than hourly', () => {
  expect([0, 1, 2, 3, 4, 5, 1_000].map((times) => recheckMs(times) / MINUTE_MS)).toEqual([5, 5, 10, 20, 40, 60, 60]);
});

test.each([
  [300_000, 0, true],
  [300_000, 269_999, true],
  [300_000, 270_000, false],
  [30_000, 0, true],
  [30_000, 23_999, true],
  [30_000, 24_000, false],
  [150_000, 119_999, true],
  [150_000, 120_000, false],
  [3_600_000, 3_569_999, true],
  [3_600_000, 3_570_000, false],
  [1_000, 799, true],
  [1_000, 800, false],
  [0, 0, false],
])('a token of %i ms is good for a call after %i ms: %s', (life, age, usable) => {
  expect(isUsable(grantToken('a', life), NOW + age)).toBe(usable);
});

test.each([
  ['an hour', HOUR_MS, 0, 48 * MINUTE_MS],
  ['an hour', HOUR_MS, 0.5, 51 * MINUTE_MS],
  ['an hour', HOUR_MS, 1, 54 * MINUTE_MS],
  ['five minutes', 5 * MINUTE_MS, 1, 4.5 * MINUTE_MS],
  ['a moment less', 5 * MINUTE_MS - 1, 0, Number.POSITIVE_INFINITY],
  ['thirty seconds', 30_000, 0, Number.POSITIVE_INFINITY],
])('a token that lives %s (%i ms) is renewed ahead, with jitter %d, after %d ms', (_life, life, jitter, after) => {
  expect(renewAheadAt(grantToken('a', life), jitter)).toBe(NOW + after);
});

test('a token is always renewed before it is too old to be used', () => {
  for (let life = 5 * MINUTE_MS; life < 24 * HOUR_MS; life *= 1.3)
    for (const jitter of [0, 0.3, 0.999]) {
      const token = grantToken('a', life);
      expect(isUsable(token, renewAheadAt(token, jitter) - 1)).toBe(true);
    }
});
