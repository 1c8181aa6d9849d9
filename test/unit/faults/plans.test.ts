import { expect, test } from 'vitest';
import { readArguments } from '../../faults/arguments.ts';
import { createChance } from '../../faults/chance.ts';
import { control, demanded, formatFigure, median, told } from '../../faults/figures.ts';
import { planMoments } from '../../faults/kill/moments.ts';
import { blowsFor, LEGS } from '../../faults/legs/matrix.ts';

test('the same seed gives the same kills, another one gives others', () => {
  const plan = (seed: number) => planMoments(createChance(seed), 50);
  expect(plan(7)).toEqual(plan(7));
  expect(plan(8)).not.toEqual(plan(7));
  expect(new Set(plan(7).map(({ anchor }) => anchor))).toEqual(new Set(['call', 'request', 'answer']));
});

test('a part has the same chance whether or not another one used its own', () => {
  const [alone, used] = [createChance(3), createChance(3)];
  used.fork('storm').next();
  expect(used.fork('day').next()).toBe(alone.fork('day').next());
  expect(alone.fork('day').next()).not.toBe(alone.fork('kill').next());
});

test('chance keeps to its bounds', () => {
  const chance = createChance(1);
  const drawn = Array.from({ length: 1_000 }, () => chance.between(2, 5));
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(2);
  expect(Math.max(...drawn)).toBeLessThan(5);
  expect(chance.pick(['a', 'b'])).toMatch(/^[ab]$/);
});

test('no two cells of a leg have one name', () => {
  for (const leg of LEGS) {
    const names = blowsFor(leg).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  }
});

test('the command line is read, and what it does not know is said in a sentence', () => {
  expect(readArguments([])).toMatchObject({ long: false, rotations: 30 });
  expect(readArguments(['--long', '--seed', '5', '--only', 'kill'])).toMatchObject({
    seed: 5,
    rotations: 300,
    parts: ['kill'],
  });
  expect(() => readArguments(['--only', 'nothing'])).toThrow('There is no part "nothing".');
  expect(() => readArguments(['--seed', '-1'])).toThrow();
  expect(() => readArguments(['--rotations', 'many'])).toThrow('--rotations takes a whole number');
});

test('a figure is one line; details come only with a demand that is broken, each once', () => {
  expect(formatFigure('kill', told('kills', 30))).toMatch(/^kill +kills +30$/);
  expect(formatFigure('kill', demanded('lost', 0, '0', true, ['x']))).toMatch(/ok {2}\(0\)$/);
  expect(formatFigure('kill', demanded('lost', 2, '0', false, ['x', 'x'])).split('\n')).toHaveLength(2);
  expect(control('lost', 0).demand?.holds).toBe(false);
});

test('the median of an even number lies between the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});
