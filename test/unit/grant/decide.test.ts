import { expect, test } from 'vitest';
import { type Circumstances, decide, plan } from '../../../main/grant/decide.ts';
import { initialState, viewGrant } from '../../../main/grant/transitions.ts';
import { IN_USE_MS } from '../../../main/grant/use.ts';
import { failure, grantState, grantToken, NOW, WORK_NAMES, WORKS, type WorkName } from './grant-states.ts';

const RECHECK_MS = 300_000;

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

test('a call tries again three seconds after a failure, unless the other side asked for the pause', () => {
  const state = grantState({ work: WORKS.backoff });
  expect(decide(state, NOW + 2_999, true).kind).toBe('fail');
  expect(decide(state, NOW + 3_000, true).kind).toBe('mint');
  expect(decide(state, NOW + 3_000).kind).toBe('fail');
  expect(decide({ ...state, pauseAsked: true }, NOW + 9_999, true).kind).toBe('fail');
  // Nor where each try costs a mint.
  expect(decide({ ...state, spent: true }, NOW + 9_999, true).kind).toBe('fail');
});

test('a pause from the future is over: the clock was set back', () => {
  const since = NOW + 3_600_000;
  const backoff = grantState({ work: { ...WORKS.backoff, until: since + 10_000 }, since });
  expect(decide(backoff, NOW).kind).toBe('mint');
  expect(decide(grantState({ work: WORKS.denied, since }), NOW).kind).toBe('mint');
  expect(plan(backoff, IN_USE, NOW).kind).toBe('mint');
});

test('right after waking a caller waits for the network, and not for a service that answered with a fault', () => {
  const offline = failure({ kind: 'retry' }, 'network-name').problem;
  const gapUntil = NOW + 2_000;
  const state = grantState({ work: { kind: 'backoff', until: NOW + 10_000, cause: offline }, gapUntil });
  expect(decide(state, NOW + 1_999)).toEqual({ kind: 'wait-until', at: NOW + 10_000 });
  expect(decide(state, NOW + 2_000).kind).toBe('fail');
  expect(decide(grantState({ work: WORKS.backoff, gapUntil }), NOW).kind).toBe('fail');
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

test('what is refused again and again is looked at ever more slowly, be it the mint or the token', () => {
  for (const count of [{ denials: 3 }, { stops: 3 }]) {
    const state = grantState({ work: WORKS.misconfigured, ...count });
    expect(decide(state, NOW + 4 * RECHECK_MS - 1).kind).toBe('fail');
    expect(decide(state, NOW + 4 * RECHECK_MS).kind).toBe('mint');
  }
});

const IN_USE: Circumstances = { keep: 'active', signedIn: true, thin: false, lastUsedAt: NOW };
const HOUR_MS = 3_600_000;
const RENEW_AT = NOW + 0.8 * HOUR_MS;

const withToken = { ...initialState(grantToken('held', HOUR_MS), NOW) };
const withOldToken = { ...withToken, renewAt: NOW };

test.each([
  ['a good token', withToken, { kind: 'look', at: RENEW_AT }],
  ['a token that is due', withOldToken, { kind: 'mint' }],
  ['no token', grantState(), { kind: 'mint' }],
  ['a token too short-lived to be renewed ahead', initialState(grantToken('a', 30_000), NOW), { kind: 'rest' }],
  ['a mint under way', grantState({ work: WORKS.minting }), { kind: 'rest' }],
  ['a backoff', grantState({ work: WORKS.backoff }), { kind: 'look', at: NOW + 10_000 }],
  ['a due token, but a backoff', { ...withOldToken, work: WORKS.backoff }, { kind: 'look', at: NOW + 10_000 }],
  ['a refusal that may change', grantState({ work: WORKS.denied }), { kind: 'look', at: NOW + RECHECK_MS }],
  ['a refusal, but a good token', { ...withToken, work: WORKS.denied }, { kind: 'look', at: RENEW_AT }],
  ['what the person must do', grantState({ work: WORKS['step-up'] }), { kind: 'rest' }],
  ['nobody signed in', grantState({ work: WORKS['signed-out'] }), { kind: 'rest' }],
  ['a spread after waking', grantState({ notBefore: NOW + 700 }), { kind: 'look', at: NOW + 700 }],
] as const)('a grant in use with %s: what it does by itself', (_what, state, expected) => {
  expect(plan(state, IN_USE, NOW)).toEqual(expected);
});

const LONG_AGO = { lastUsedAt: NOW - IN_USE_MS - 1 };

test.each([
  ['active, in use', {}, 'mint'],
  ['active, just still in use', { lastUsedAt: NOW - IN_USE_MS }, 'mint'],
  ['active, not in use', LONG_AGO, 'rest'],
  ['always, not in use', { keep: 'always', ...LONG_AGO }, 'mint'],
  ['on demand, in use', { keep: 'on-demand' }, 'rest'],
  ['active, in use, the budget thin', { thin: true }, 'rest'],
  ['always, the budget thin', { keep: 'always', thin: true }, 'rest'],
  ['always, nobody signed in', { keep: 'always', signedIn: false }, 'rest'],
] as const)('a token that is due, %s: %s', (_what, given, kind) => {
  expect(plan(withOldToken, { ...IN_USE, ...given }, NOW).kind).toBe(kind);
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
