import { expect, test } from 'vitest';
import { zoomAfter } from '../../../main/desktop/window-zoom.ts';

const press = (key: string, more = {}) => ({
  type: 'keyDown',
  key,
  control: true,
  meta: false,
  alt: false,
  ...more,
});

test.each([
  [0, press('+'), 0.5],
  [0, press('='), 0.5],
  [0, press('-'), -0.5],
  [3, press('0'), 0],
  [5, press('+'), 5],
  [-1, press('-'), -1],
  [0, press('+', { control: false, meta: true }), 0.5],
  [0, press('+', { control: false }), undefined],
  [0, press('+', { alt: true }), undefined],
  [0, press('+', { type: 'keyUp' }), undefined],
  [0, press('a'), undefined],
])('zoom level %d, then %j: %s', (level, key, after) => {
  expect(zoomAfter(level, key)).toBe(after);
});
