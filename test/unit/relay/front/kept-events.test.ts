import { expect, test } from 'vitest';
import { createKeptEvents } from '../../../../main/relay/front/kept-events.ts';

test('the oldest events of a client go first, whichever stream they are of', () => {
  const kept = createKeptEvents(10, 100);
  const one = kept.openLog('first');
  const two = kept.openLog('first');
  one.add('aaaa');
  two.add('bbbb');
  one.add('cc');
  expect(one.events).toHaveLength(2);
  two.add('dd');
  expect(one.events).toEqual([{ number: 2, text: 'cc' }]);
  expect(two.events).toEqual([
    { number: 1, text: 'bbbb' },
    { number: 2, text: 'dd' },
  ]);
});

test('what is forgotten makes room, and numbers go on', () => {
  const kept = createKeptEvents(8, 100);
  const one = kept.openLog('first');
  const two = kept.openLog('first');
  one.add('aaaa');
  two.add('bbbb');
  one.clear();
  expect(one.add('cccc').number).toBe(2);
  expect(two.events).toHaveLength(1);
});

test('there is a limit in events, and one that is too large alone is not kept', () => {
  const kept = createKeptEvents(10, 2);
  const log = kept.openLog('first');
  for (const text of ['a', 'b', 'c']) log.add(text);
  expect(log.events.map(({ text }) => text)).toEqual(['b', 'c']);
  log.add('x'.repeat(11));
  expect(log.events).toEqual([]);
});

test('where there are several clients, the one with the most kept gives way', () => {
  const kept = createKeptEvents(10, 5);
  const modest = kept.openLog('modest');
  const greedy = kept.openLog('greedy');
  modest.add('aa');
  for (const text of ['bbbb', 'cccc', 'dddd', 'x'.repeat(11)]) greedy.add(text);
  expect(modest.events).toHaveLength(1);
  expect(greedy.events).toEqual([]);
  for (const text of ['e', 'f', 'g', 'h', 'i']) greedy.add(text);
  expect(modest.events).toHaveLength(1);
  expect(greedy.events.map(({ text }) => text)).toEqual(['f', 'g', 'h', 'i']);
});
