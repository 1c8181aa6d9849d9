import { expect, test } from 'vitest';
import {
  backoffMs,
  type GrantEvent,
  type GrantState,
  initialState,
  transition,
} from '../../../main/grant/transitions.ts';
import { failure, grantState, grantToken, NOW, WORK_NAMES, WORKS } from './grant-states.ts';

const AT = NOW + 60_000;
const HELD = grantToken('held');
const FRESH = grantToken('fresh', 300_000, AT);
const RETRY = failure({ kind: 'retry' }, 'later');
const DENIED = failure({ kind: 'blocked', reason: 'denied' }, 'no');

const retryWork = (until: number) => ({ kind: 'backoff', until, cause: RETRY.problem });
const deniedWork = { kind: 'blocked', reason: 'denied', cause: DENIED.problem };

const EVENTS: Readonly<Record<string, GrantEvent>> = {
  'mint-began': { type: 'mint-began', at: AT },
  minted: { type: 'minted', at: AT, token: FRESH },
  'mint-failed for now': { type: 'mint-failed', at: AT, error: RETRY, jitter: 1 },
  'mint-failed for good': { type: 'mint-failed', at: AT, error: DENIED, jitter: 1 },
  'token-accepted': { type: 'token-accepted', accessToken: 'held' },
  'token-refused': { type: 'token-refused', at: AT, accessToken: 'held', error: RETRY, jitter: 1 },
  'another token accepted': { type: 'token-accepted', accessToken: 'other' },
  'another token refused': { type: 'token-refused', at: AT, accessToken: 'other', error: RETRY, jitter: 1 },
  'retry-asked': { type: 'retry-asked', at: AT },
  reset: { type: 'reset', at: AT },
};

/** What each event changes in a state with two failures and one refusal behind it; nothing else may change. */
function changes(name: string, before: GrantState): Partial<GrantState> {
  const refused = before.token?.accessToken === 'held';
  switch (name) {
    case 'mint-began':
      return { work: WORKS.minting, since: AT };
    case 'minted':
      return { token: FRESH, work: WORKS.idle, since: AT, failures: 0 };
    case 'mint-failed for now':
      return { work: retryWork(AT + 4_000) as GrantState['work'], since: AT, failures: 3 };
    case 'mint-failed for good':
      return { work: deniedWork as GrantState['work'], since: AT, failures: 3 };
    case 'token-accepted':
      return refused ? { refusals: 0 } : {};
    case 'token-refused':
      if (!refused) return {};
      if (before.work.kind === 'minting') return { token: null, refusals: 2 };
      return { token: null, work: retryWork(AT + 4_000) as GrantState['work'], since: AT, refusals: 2 };
    case 'retry-asked':
      return before.work.kind === 'minting' ? {} : { work: WORKS.idle, since: AT, failures: 0, refusals: 0 };
    case 'reset':
      return initialState(null, AT);
    default:
      return {};
  }
}

const TABLE = Object.keys(EVENTS).flatMap((event) =>
  WORK_NAMES.flatMap((work) => [HELD, null].map((token) => [event, work, token] as const)),
);

test.each(TABLE)('%s while %s, with the token %o, changes what it should and nothing else', (name, work, token) => {
  const before = grantState({ token, work: WORKS[work], failures: 2, refusals: 1 });
  const frozen = structuredClone(before);
  const event = EVENTS[name];
  if (!event) throw new Error(name);
  expect(transition(before, event)).toEqual({ ...before, ...changes(name, before) });
  expect(before).toEqual(frozen);
});

test('an event that changes nothing gives the very same state, so that nobody is told', () => {
  const state = grantState({ token: HELD });
  for (const name of ['token-accepted', 'another token accepted', 'another token refused']) {
    const event = EVENTS[name];
    if (event) expect(transition(state, event)).toBe(state);
  }
});

test('the first refusal of a token drops it alone; the work goes on as it was', () => {
  for (const work of WORK_NAMES) {
    const before = grantState({ token: HELD, work: WORKS[work] });
    const event = EVENTS['token-refused'];
    if (event) expect(transition(before, event)).toEqual({ ...before, token: null, refusals: 1 });
  }
});

test('a streak of refusals waits longer each time, until a token is accepted', () => {
  const waits: number[] = [];
  let state = grantState();
  const refuse = (accessToken: string) => {
    state = transition(state, { type: 'minted', at: AT, token: grantToken(accessToken) });
    state = transition(state, { type: 'token-refused', at: AT, accessToken, error: RETRY, jitter: 1 });
    waits.push(state.work.kind === 'backoff' ? state.work.until - AT : 0);
  };
  for (const token of ['1', '2', '3', '4']) refuse(token);
  state = transition(state, { type: 'minted', at: AT, token: grantToken('5') });
  state = transition(state, { type: 'token-accepted', accessToken: '5' });
  refuse('6');
  expect(waits).toEqual([0, 4_000, 8_000, 16_000, 0]);
});

test('failures in a row wait longer each time, until one mint succeeds', () => {
  const waits: number[] = [];
  let state = grantState();
  const fail = () => {
    state = transition(state, { type: 'mint-failed', at: AT, error: RETRY, jitter: 1 });
    waits.push(state.work.kind === 'backoff' ? state.work.until - AT : 0);
  };
  for (let times = 0; times < 9; times += 1) fail();
  state = transition(state, { type: 'minted', at: AT, token: FRESH });
  fail();
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 120_000, 120_000, 1_000]);
});

test('an error without a recovery is one that may pass', () => {
  const state = transition(grantState(), { type: 'mint-failed', at: AT, error: failure(), jitter: 0 });
  expect(state.work).toMatchObject({ kind: 'backoff', until: AT + 500 });
});

test.each([
  [0, 0, 500],
  [0, 1, 1_000],
  [1, 0.5, 1_000],
  [6, 0.999, 63_936],
  [7, 1, 120_000],
  [1_000_000, 1, 120_000],
  [1_000_000, 0, 500],
])('after %i failures with jitter %d the pause is %i ms', (failures, jitter, expected) => {
  expect(backoffMs(failures, jitter)).toBe(expected);
});

test.each([
  [0, 1_000],
  [999, 1_000],
  [7_000, 7_000],
  [600_000, 600_000],
])('where the other side asks for %i ms it is %i, whatever the failures', (afterMs, expected) => {
  for (const failures of [0, 5, 100]) expect(backoffMs(failures, 0.5, afterMs)).toBe(expected);
});

test('every pause is within its bounds', () => {
  for (let failures = 0; failures < 20; failures += 1)
    for (const jitter of [0, 0.001, 0.5, 0.999999]) {
      const pause = backoffMs(failures, jitter);
      expect(pause).toBeGreaterThanOrEqual(500);
      expect(pause).toBeLessThanOrEqual(Math.min(120_000, 1_000 * 2 ** failures));
    }
});
