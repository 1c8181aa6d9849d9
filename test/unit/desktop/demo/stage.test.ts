import { expect, test } from 'vitest';
import type { Face } from '../../../../main/desktop/bridge/face.ts';
import { demoState, isWithoutPolicy, type Stage } from '../../../../main/desktop/demo/stage.ts';
import { NO_POLICY } from '../../../../shared/agent-process.ts';
import { signedOut } from '../states.ts';

const down = (code: string, administrator: string): Face => ({
  link: 'down',
  trying: true,
  problem: { code, user: 'Lanyard is not set up.', administrator },
});
const WITHOUT = down('not-set-up', `There is no policy file ${NO_POLICY}`);
const WRONG = down('not-set-up', 'Policy: servers.0.url must be https.');
const ENDED = down('agent-ended', `Whatever ${NO_POLICY}`);
const CONNECTED: Face = { link: 'connected', state: signedOut() };

test.each([
  ['the agent found no policy', WITHOUT, true],
  ['the policy is wrong', WRONG, false],
  ['the agent ended', ENDED, false],
  ['the agent starts', { link: 'starting' } as const, false],
  ['the agent runs', CONNECTED, false],
])('a machine is without policy only where the agent says so: %s', (_, face, expected) => {
  expect(isWithoutPolicy(face)).toBe(expected);
});

test.each([
  ['off', WITHOUT, true, 'offered'],
  ['off', WITHOUT, false, 'not-offered'],
  ['off', WRONG, true, 'not-offered'],
  ['off', CONNECTED, true, 'not-offered'],
  ['starting', WITHOUT, true, 'starting'],
  ['on', CONNECTED, true, 'running'],
  ['on', ENDED, true, 'running'],
  ['ending', WITHOUT, true, 'running'],
] satisfies [Stage, Face, boolean, string][])('%s, %o, possible %s: %s', (stage, face, isPossible, expected) => {
  expect(demoState({ stage, face, isPossible })).toBe(expected);
});
