import { expect, test } from 'vitest';
import { bodyText } from '../../../main/desktop/notification-text.ts';

const TEXT = 'R&D <b>Notes</b> asks "you".';

test.each([
  ['linux', 'R&amp;D &lt;b&gt;Notes&lt;/b&gt; asks "you".'],
  ['darwin', TEXT],
  ['win32', TEXT],
] as const)('on %s nothing in a body is markup', (platform, expected) => {
  expect(bodyText(TEXT, platform)).toBe(expected);
});
