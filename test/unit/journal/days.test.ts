import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDays } from '../../../main/journal/days.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const ZONE = 'Europe/Berlin';
const zoneBefore = process.env.TZ;

// The machine that runs this may know no change of the clock.
beforeAll(() => {
  process.env.TZ = ZONE;
});
afterAll(() => {
  if (zoneBefore === undefined) delete process.env.TZ;
  else process.env.TZ = zoneBefore;
});

/** The day there, by the system's calendar and not by the code under test. */
const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, dateStyle: 'short' });
const dayThere = (now: number) => calendar.format(now);

/** Midnight of a day there, in winter and in summer. */
const winter = (day: string) => Date.parse(`${day}T00:00:00+01:00`);
const summer = (day: string) => Date.parse(`${day}T00:00:00+02:00`);

test('every half hour of a year belongs to the day that the calendar says, through both changes of the clock', () => {
  // Otherwise the zone was not taken, and nothing is proved.
  expect([new Date(winter('2026-01-01')).getHours(), new Date(summer('2026-07-01')).getHours()]).toEqual([0, 0]);
  const dayOf = createDays();
  for (let now = winter('2026-01-01'); now < winter('2027-01-02'); now += HOUR_MS / 2)
    expect(dayOf(now), new Date(now).toISOString()).toBe(dayThere(now));
});

test.each([
  ['of 23 hours', winter('2026-03-29'), summer('2026-03-30'), 23, '2026-03-29', '2026-03-30'],
  ['of 24 hours', summer('2026-06-01'), summer('2026-06-02'), 24, '2026-06-01', '2026-06-02'],
  ['of 25 hours', summer('2026-10-25'), winter('2026-10-26'), 25, '2026-10-25', '2026-10-26'],
])('a day %s begins and ends at its midnights', (_long, begins, ends, hours, day, next) => {
  expect((ends - begins) / HOUR_MS).toBe(hours);
  const dayOf = createDays();
  expect([begins, ends - 1, ends].map(dayOf)).toEqual([day, day, next]);
});

test('a clock that is set back over midnight is in the day before again', () => {
  const midnight = winter('2026-11-23');
  const dayOf = createDays();
  expect(dayOf(midnight + MINUTE_MS)).toBe('2026-11-23');
  expect(dayOf(midnight - MINUTE_MS)).toBe('2026-11-22');
  expect(dayOf(midnight)).toBe('2026-11-23');
  expect(dayOf(midnight - 30 * 24 * HOUR_MS)).toBe('2026-10-24');
});
