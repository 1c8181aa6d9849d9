import { expect, test } from 'vitest';
import { createKeptNotifications } from '../../../../main/relay/back/kept-notifications.ts';

const progress = (number: number, text = '') =>
  ({ jsonrpc: '2.0', method: 'notifications/progress', params: { number, text } }) as const;
const numbersOf = (kept: ReturnType<typeof createKeptNotifications>) => kept.take().map(({ params }) => params?.number);

test('what nobody heard is given once, in order', () => {
  const kept = createKeptNotifications();
  for (const number of [1, 2, 3]) kept.add(progress(number));
  expect(numbersOf(kept)).toEqual([1, 2, 3]);
  expect(kept.take()).toEqual([]);
});

test('of many the oldest go', () => {
  const kept = createKeptNotifications();
  for (let number = 0; number < 1_000; number += 1) kept.add(progress(number));
  const numbers = numbersOf(kept);
  expect([numbers.length, numbers[0], numbers.at(-1)]).toEqual([256, 744, 999]);
});

test('of large ones too: together they hold a megabyte', () => {
  const kept = createKeptNotifications();
  const text = 'x'.repeat(300 * 1024);
  for (const number of [1, 2, 3, 4, 5]) kept.add(progress(number, text));
  expect(numbersOf(kept)).toEqual([3, 4, 5]);
});

test('one that is too large by itself is not kept, and drives nothing out', () => {
  const kept = createKeptNotifications();
  kept.add(progress(1));
  kept.add(progress(2, 'x'.repeat(2 * 1024 * 1024)));
  kept.add(progress(3));
  expect(numbersOf(kept)).toEqual([1, 3]);
});
