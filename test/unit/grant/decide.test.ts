import { expect, test } from 'vitest';
import { decide, isUsable, viewGrant } from '../../../main/grant/transitions.ts';
import { grantState, grantToken, NOW, WORK_NAMES, WORKS, type WorkName } from './grant-states.ts';

const RECHECK_MS = 300_000;

test.each([
  [300_000, 0, true],
  [300_000, 269_999, true],
  [300_000, 270_000, false],
  [30_000, 0, true],
  [30_000, 23_999, true],
  [30_000, 24_000, false],
  [150_000, 119_999, true],
  [150_000, 120_000, false],
  [3_600_000, 3_569_999, true],
  [3_600_000, 3_570_000, false],
  [1_000, 799, true],
  [1_000, 800, false],
  [0, 0, false],
])('a token of %i ms is good for a call after %i ms: %s', (life, age, usable) => {
  expect(isUsable(grantToken('a', life), NOW + age)).toBe(usable);
});

const WITHOUT_TOKEN: Readonly<Record<WorkName, string>> = {
  idle: 'mint',
  minting: 'wait',
  backoff: 'fail',
  denied: 'fail',
  misconfigured: 'fail',
  'step-up': 'fail',
  'signed-out': 'fail',
};

test.each(WORK_NAMES)('%s: without a token, with a good one, a dying one and a dead one', (name) => {
  const work = WORKS[name];
  const good = grantToken();
  const dying = grantToken('dying', 300_000, NOW - 290_000);
  const dead = grantToken('dead', 300_000, NOW - 300_000);
  const kind = WITHOUT_TOKEN[name];
  expect(decide(grantState({ work, token: good }), NOW)).toEqual({ kind: 'use', token: good });
  const cause = kind === 'fail' ? { kind, work } : { kind };
  expect(decide(grantState({ work }), NOW)).toEqual(cause);
  expect(decide(grantState({ work, token: dead }), NOW)).toEqual(cause);
  // In its last seconds it is still better than an error, but not better than a new one.
  const last = kind === 'fail' ? { kind: 'use', token: dying } : { kind };
  expect(decide(grantState({ work, token: dying }), NOW)).toEqual(last);
});

test('a backoff ends at its time', () => {
  const state = grantState({ work: WORKS.backoff });
  expect(decide(state, NOW + 9_999).kind).toBe('fail');
  expect(decide(state, NOW + 10_000).kind).toBe('mint');
});

test.each([
  ['denied', 'mint'],
  ['misconfigured', 'mint'],
  ['step-up', 'fail'],
  ['signed-out', 'fail'],
] as const)('after five minutes, a call that meets %s: %s', (name, kind) => {
  const state = grantState({ work: WORKS[name] });
  expect(decide(state, NOW + RECHECK_MS - 1).kind).toBe('fail');
  expect(decide(state, NOW + RECHECK_MS).kind).toBe(kind);
});

test('others see until when a token lives and what it is for, and never the token', () => {
  const token = { ...grantToken('the-secret'), scope: 'a b' };
  const view = viewGrant(grantState({ token }), NOW);
  expect(view).toEqual({ token: { kind: 'valid', expiresAt: NOW + 300_000, scope: 'a b' }, work: { kind: 'idle' } });
  expect(JSON.stringify(view)).not.toContain('the-secret');
  expect(viewGrant(grantState({ token: grantToken() }), NOW).token).toEqual({
    kind: 'valid',
    expiresAt: NOW + 300_000,
  });
  expect(viewGrant(grantState({ token }), NOW + 300_000).token).toEqual({ kind: 'none' });
  expect(viewGrant(grantState(), NOW).token).toEqual({ kind: 'none' });
});
