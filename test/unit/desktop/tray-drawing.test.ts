import { describe, expect, test } from 'vitest';
import { drawIcon, paletteOf } from '../../../main/desktop/tray-drawing.ts';

const MOODS = ['signed-out', 'ready', 'attention', 'offline'] as const;

describe.each([16, 32, 64])('at %i pixels', (size) => {
  test('every mood has a shape of its own, also without colour', () => {
    const shapes = MOODS.map((mood) => drawIcon(mood, size, 'template').toString('base64'));
    expect(new Set(shapes).size).toBe(MOODS.length);
  });

  test.each(MOODS)('%s is a picture with clear corners and premultiplied colours', (mood) => {
    const pixels = drawIcon(mood, size, 'colour');
    expect(pixels).toHaveLength(size * size * 4);
    expect(pixels.readUInt32LE(0)).toBe(0);
    for (let at = 0; at < pixels.length; at += 4) {
      const [blue = 0, green = 0, red = 0, alpha = 0] = pixels.subarray(at, at + 4);
      expect(Math.max(blue, green, red)).toBeLessThanOrEqual(alpha);
    }
  });
});

test('a template picture is black, so that the system can colour it', () => {
  const pixels = drawIcon('attention', 16, 'template');
  for (let at = 0; at < pixels.length; at += 4) expect([...pixels.subarray(at, at + 3)]).toEqual([0, 0, 0]);
});

test.each([
  ['darwin', true, 'template'],
  ['darwin', false, 'template'],
  ['win32', true, 'on-dark'],
  ['win32', false, 'on-light'],
  ['linux', true, 'colour'],
] as const)('the tray of %s, dark: %s, has colours %s', (platform, isDark, palette) => {
  expect(paletteOf(platform, isDark)).toBe(palette);
});

/** The brightest that any pixel of a picture is, from 0 to 255. */
function brightest(pixels: Buffer): number {
  return Math.max(...pixels.filter((_value, at) => at % 4 !== 3));
}

test('on a dark taskbar the badge is brighter than on a light one', () => {
  for (const mood of ['signed-out', 'ready'] as const)
    expect(brightest(drawIcon(mood, 16, 'on-dark'))).toBeGreaterThan(brightest(drawIcon(mood, 16, 'on-light')));
});
