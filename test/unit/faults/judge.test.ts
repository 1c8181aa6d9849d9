import { expect, test } from 'vitest';
import { createChance } from '../../faults/chance.ts';
import { couldBeServed, type Known } from '../../faults/day/judge.ts';
import { planDay } from '../../faults/day/plan.ts';

const WELL: Known = { offline: [], providerAway: [], tokenHeld: [], wokeAt: [] };
const call = (startedAt: number, endedAt = startedAt) => ({ startedAt, endedAt });
const HOUR = [{ from: 0, to: 3_600_000 }];

test.each<readonly [string, boolean, Partial<Known>, ReturnType<typeof call>]>([
  ['nothing was wrong', true, {}, call(100)],
  ['the network was away all the time', false, { offline: HOUR }, call(100, 10_000)],
  [
    'the network came back before it was given up',
    true,
    { offline: [{ from: 0, to: 500 }], tokenHeld: HOUR },
    call(100, 600),
  ],
  [
    'the network came back at that very moment',
    true,
    { offline: [{ from: 0, to: 500 }], tokenHeld: HOUR },
    call(100, 500),
  ],
  ['the network came back a moment ago, and there was no token', false, { offline: [{ from: 0, to: 500 }] }, call(600)],
  ['the provider came back some seconds ago', true, { providerAway: [{ from: 0, to: 500 }] }, call(4_100)],
  ['the network went away later', true, { offline: [{ from: 200, to: 500 }] }, call(100, 300)],
  ['the provider was away, and there was no token', false, { providerAway: HOUR }, call(100)],
  ['the provider was away, and there was a token', true, { providerAway: HOUR, tokenHeld: HOUR }, call(100)],
  ['there was a token, and no network', false, { offline: HOUR, tokenHeld: HOUR }, call(100)],
  ['awake for a moment, and the network came soon', true, { offline: [{ from: 0, to: 4_000 }], wokeAt: [0] }, call(0)],
  ['awake for a moment, and no network for long', false, { offline: HOUR, wokeAt: [0] }, call(0)],
  ['awake for long', false, { offline: [{ from: 9_000, to: 12_000 }], wokeAt: [0] }, call(9_000)],
])('%s: %s', (_name, expected, known, failed) => {
  expect(couldBeServed(failed, { ...WELL, ...known })).toBe(expected);
});

test('the same seed gives the same day, in the order of time', () => {
  const plan = (seed: number) => planDay(createChance(seed), ['notes', 'tickets'], 24);
  expect(plan(5)).toEqual(plan(5));
  expect(plan(6)).not.toEqual(plan(5));
  const times = plan(5).map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(new Set(plan(5).map(({ kind }) => kind)).size).toBe(5);
});
