import { expect, test } from 'vitest';
import { formatEntry, formatMoment } from '../../../main/cli/format-entry.ts';

const AT = new Date(2026, 10, 3, 4, 5, 6).getTime();

test('a moment is told in the time of the machine', () => {
  expect(formatMoment(AT)).toBe('2026-11-03 04:05:06');
});

test.each([
  ['quiet', '·'],
  ['good', '✓'],
  ['warning', '!'],
  ['bad', '✗'],
] as const)('an entry that is %s is one line with %s', (tone, sign) => {
  expect(formatEntry({ at: AT }, { text: 'Signed in', tone })).toBe(`2026-11-03 04:05:06 ${sign} Signed in\n`);
});

test('a name cannot steer the terminal, nor begin a line of its own', () => {
  const text = 'An app called \u001b[31mred\nforged\u009b2J on\u202e\u2028Notes';
  expect(formatEntry({ at: AT }, { text, tone: 'quiet' })).toBe(
    '2026-11-03 04:05:06 · An app called  [31mred forged 2J on  Notes\n',
  );
});

test("the administrator's reason follows the sentence", () => {
  const line = { text: 'Nothing came', tone: 'warning', detail: 'HTTP 400.' } as const;
  expect(formatEntry({ at: AT }, line)).toBe('2026-11-03 04:05:06 ! Nothing came: HTTP 400.\n');
});
