import { expect, test } from 'vitest';
import { type GrantTokenState, type GrantWorkState, serverStatus } from '../../../shared/states.ts';

const NOW = 1_000_000;
const cause = { code: 'c', user: 'u', administrator: 'a' };
const none: GrantTokenState = { kind: 'none' };
const valid: GrantTokenState = { kind: 'valid', expiresAt: NOW + 1 };
const expired: GrantTokenState = { kind: 'valid', expiresAt: NOW };
const WORKS: readonly (readonly [GrantWorkState, string])[] = [
  [{ kind: 'idle' }, 'idle'],
  [{ kind: 'minting' }, 'connecting'],
  [{ kind: 'backoff', until: NOW + 5, cause }, 'retrying'],
  [{ kind: 'blocked', reason: 'denied', cause }, 'denied'],
  [{ kind: 'blocked', reason: 'step-up', cause }, 'step-up'],
  [{ kind: 'blocked', reason: 'misconfigured', cause }, 'misconfigured'],
  [{ kind: 'blocked', reason: 'signed-out', cause }, 'signed-out'],
];

test.each(WORKS)('without a token, %j is shown as %s', (work, status) => {
  expect(serverStatus(none, work, NOW)).toBe(status);
  expect(serverStatus(expired, work, NOW)).toBe(status);
});

test.each(WORKS)('a valid token is shown as ready whatever is being done: %j', (work) => {
  expect(serverStatus(valid, work, NOW)).toBe('ready');
});
