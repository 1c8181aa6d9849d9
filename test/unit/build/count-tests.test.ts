import { expect, test } from 'vitest';
import { countTests } from '../../../build/count-tests.ts';

test.each([
  ['our own closing line', 'noise\n12 passed, 0 failed\n', 0, { passed: 12, failed: 0 }],
  ['our own closing line, the last one', '1 passed, 0 failed\n3 passed, 2 failed\n', 1, { passed: 3, failed: 2 }],
  ['vitest, all well', ' Test Files  14 passed (14)\n      Tests  156 passed (156)\n', 0, { passed: 156, failed: 0 }],
  ['vitest, some failed', '      Tests  1 failed | 155 passed (156)\n', 1, { passed: 155, failed: 1 }],
  ['vitest, all failed', '      Tests  2 failed (2)\n', 1, { passed: 0, failed: 2 }],
  [
    'vitest in colours',
    '\u001b[2m      Tests \u001b[22m \u001b[1m\u001b[32m4 passed\u001b[39m\u001b[22m (4)\n',
    0,
    { passed: 4, failed: 0 },
  ],
  ['a program without tests that did well', 'fine\n', 0, { passed: 1, failed: 0 }],
  ['a program without tests that failed', 'bad\n', 2, { passed: 0, failed: 1 }],
  ['a program that was killed', '', null, { passed: 0, failed: 1 }],
  ['counts that hide an error after the tests', '5 passed, 0 failed\n', 1, { passed: 5, failed: 1 }],
  ['failures that the exit code hides', '5 passed, 1 failed\n', 0, { passed: 5, failed: 1 }],
])('%s', (_, output, code, expected) => {
  expect(countTests(output, code)).toEqual(expected);
});
