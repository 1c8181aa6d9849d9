import { expect, test } from 'vitest';
import { createKeptEvents } from '../../../../main/relay/front/kept-events.ts';

test('the oldest events go first, whosesoever they are', () => {
  const kept = createKeptEvents(10, 100);
  const one = kept.openLog();
  const two = kept.openLog();
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
  const one = kept.openLog();
  const two = kept.openLog();
  one.add('aaaa');
  two.add('bbbb');
  one.clear();
  expect(one.add('cccc').number).toBe(2);
  expect(two.events).toHaveLength(1);
});

test('there is a limit in events, and one that is too large alone is not kept', () => {
  const kept = createKeptEvents(10, 2);
  const log = kept.openLog();
  for (const text of ['a', 'b', 'c']) log.add(text);
  expect(log.events.map(({ text }) => text)).toEqual(['b', 'c']);
  log.add('x'.repeat(11));
  expect(log.events).toEqual([]);
});
