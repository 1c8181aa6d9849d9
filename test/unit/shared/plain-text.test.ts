import { expect, test } from 'vitest';
import { oneLine, plainJson, plainLines } from '../../../shared/plain-text.ts';

test.each([
  ['an escape sequence', '\u001b]0;owned\u0007', ' ]0;owned '],
  ['its short form of eight bits', '\u009b31mred', ' 31mred'],
  ['delete', 'a\u007f', 'a '],
  ['a line break', 'a\r\nb', 'a  b'],
  ['other separators of lines', 'a\u2028b\u2029c\u0085d', 'a b c d'],
  ['what turns the direction', '\u202e0021\u2066x\u200f\u061c', ' 0021 x  '],
  ['letters of every kind', 'Zoë 東京 مرحبا 👋', 'Zoë 東京 مرحبا 👋'],
])('%s does not reach people', (_, text, expected) => {
  expect(oneLine(text)).toBe(expected);
});

test('the lines of a longer text stay', () => {
  expect(plainLines('one\n  two\u001b\u2028three\n')).toBe('one\n  two  three\n');
});

test('JSON says the same, without a character that steers a terminal', () => {
  const value = { name: 'a\u001b\u007f\u009b31m\u202e\u2028\u0000\n"\\', list: ['ö'] };
  for (const indent of [undefined, 2]) {
    const text = plainJson(value, indent);
    expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
    expect(JSON.parse(text)).toEqual(value);
  }
  expect(plainJson(['ö'], 2)).toBe('[\n  "ö"\n]');
});
