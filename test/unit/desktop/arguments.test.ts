import { expect, test } from 'vitest';
import { readArguments } from '../../../main/desktop/arguments.ts';

const NONE = { hidden: false, agentOptions: [] };

test.each([
  [[], NONE],
  [['--hidden'], { ...NONE, hidden: true }],
  [['--view=apps'], { ...NONE, view: 'apps' }],
  [['--original-process-start-time=1', '--view=activity', '--no-sandbox'], { ...NONE, view: 'activity' }],
  [['--view=settings'], NONE],
  [['--view=apps/../x'], NONE],
  [['--view', 'apps'], NONE],
  [
    ['--policy', '/p.json', '--insecure-file-key'],
    { ...NONE, agentOptions: ['--policy', '/p.json', '--insecure-file-key'] },
  ],
  [['--policy=/p.json'], { ...NONE, agentOptions: ['--policy', '/p.json'] }],
  [['--policy'], NONE],
])('%j', (args, expected) => {
  expect(readArguments(args)).toEqual(expected);
});
