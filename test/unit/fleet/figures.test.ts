import { expect, test } from 'vitest';
import { readArguments } from '../../fleet/arguments.ts';
import { createPerson } from '../../fleet/people/person.ts';
import { growthExponent, quantile } from '../../fleet/report/statistics.ts';
import { createTokenLoad } from '../../fleet/world/token-load.ts';

test('load is counted by second, seconds without any too', () => {
  const load = createTokenLoad();
  for (const at of [1_000, 1_999, 2_000, 9_500]) load.arrived('exchange', at);
  expect(load.between(0, 10_000)).toEqual({ peak: 2, peakAt: 1_000, p99: 2, mean: 0.4, total: 4 });
  expect(load.between(3_000, 9_000).total).toBe(0);
});

test('twice the agents at four times the cost are the power of two', () => {
  expect(growthExponent([250, 500, 1_000].map((agents) => [agents, agents ** 2]))).toBeCloseTo(2);
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
  expect(quantile([], 0.5)).toBeUndefined();
});

test('the deeds of a day are in order, and the laptop sleeps at its end', () => {
  for (let index = 0; index < 50; index += 1) {
    const deeds = createPerson(1, index, 8).day(true);
    expect(deeds).toEqual(deeds.toSorted((a, b) => a.at - b.at));
    expect(deeds.findLast(({ kind }) => kind === 'sleep' || kind === 'wake')?.kind).toBe('sleep');
  }
});

test('arguments are read, and refused in words', () => {
  expect(readArguments([])).toEqual({ agents: 2_000, servers: 8, seed: 1, json: undefined });
  expect(readArguments(['--quick', '--seed', '5'])).toMatchObject({ agents: 200, seed: 5 });
  expect(() => readArguments(['--agents', 'many'])).toThrow('--agents takes a whole number');
});
