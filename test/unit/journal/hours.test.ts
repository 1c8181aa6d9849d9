import { expect, test } from 'vitest';
import { createHours } from '../../../main/journal/hours.ts';

const HOUR_MS = 60 * 60_000;
const NOW = Date.UTC(2026, 10, 23, 12);

const hour = (at: number, calls = 1) => ({ at, calls, failed: 0, mints: 0 });
const callsOf = (hours: ReturnType<typeof createHours>, now: number) =>
  hours
    .until(now)
    .filter(({ calls }) => calls > 0)
    .map(({ at, calls }) => [(at - NOW) / HOUR_MS, calls]);

test('what was kept of the present hour goes on being counted', () => {
  const hours = createHours([hour(NOW, 3)]);
  hours.called(NOW + 59 * 60_000, true);
  expect(hours.at(NOW)).toEqual({ at: NOW, calls: 4, failed: 1, mints: 0 });
});

test('an hour that has not come yet is no hour of ours when it comes', () => {
  const hours = createHours([hour(NOW + HOUR_MS), hour(NOW + 2 * HOUR_MS)]);
  hours.called(NOW, false);
  expect(callsOf(hours, NOW + 2 * HOUR_MS)).toEqual([[0, 1]]);
});

test('23 hours ago is the last that is shown; what is older is gone, also after the clock was set back', () => {
  const kept = [hour(NOW - 25 * HOUR_MS), hour(NOW - 24 * HOUR_MS), hour(NOW - 23 * HOUR_MS)];
  const hours = createHours(kept);
  expect(callsOf(hours, NOW)).toEqual([[-23, 1]]);
  expect(callsOf(hours, NOW - 3 * HOUR_MS)).toEqual([[-23, 1]]);
});

test('what was given and what is kept are not the same numbers', () => {
  const kept = [hour(NOW)];
  const hours = createHours(kept);
  const before = [hours.at(NOW), hours.until(NOW).at(-1), kept[0]];
  hours.called(NOW, false);
  expect(before.map((one) => one?.calls)).toEqual([1, 1, 1]);
});
