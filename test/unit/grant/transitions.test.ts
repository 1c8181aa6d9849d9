import { expect, test } from 'vitest';
import { type GrantEvent, type GrantState, initialState, transition } from '../../../main/grant/transitions.ts';
import { failure, grantState, grantToken, NOW, WORK_NAMES, WORKS } from './grant-states.ts';

const AT = NOW + 60_000;
const HELD = grantToken('held');
const FRESH = grantToken('fresh', 1_000_000, AT);
const RETRY = failure({ kind: 'retry' }, 'later');
const OFFLINE = failure({ kind: 'retry' }, 'network-name');
const OWN_PAUSE = failure({ kind: 'retry', afterMs: 7_000, isOwnPause: true }, 'network-name');
const ASKED = failure({ kind: 'retry', afterMs: 7_000 }, 'busy');
const DENIED = failure({ kind: 'blocked', reason: 'denied' }, 'no');
const REFUSES = failure({ kind: 'blocked', reason: 'misconfigured' }, 'refuses');
const STEP_UP = failure({ kind: 'blocked', reason: 'step-up', stepUp: { maxAgeSeconds: 60 } }, 'older');

const NEVER = Number.POSITIVE_INFINITY;
const retryWork = (until: number, { problem } = RETRY) => ({ kind: 'backoff', until, cause: problem }) as const;
const deniedWork = { kind: 'blocked', reason: 'denied', cause: DENIED.problem } as const;
const refusedWork = { kind: 'blocked', reason: 'misconfigured', cause: REFUSES.problem } as const;

const EVENTS: Readonly<Record<string, GrantEvent>> = {
  'mint-began': { type: 'mint-began', at: AT },
  minted: { type: 'minted', at: AT, token: FRESH, jitter: 0.5 },
  'mint-failed for now': { type: 'mint-failed', at: AT, error: RETRY, spent: false, jitter: 1 },
  'mint-failed with a wish': { type: 'mint-failed', at: AT, error: ASKED, spent: false, jitter: 1 },
  'mint-failed for good': { type: 'mint-failed', at: AT, error: DENIED, spent: true, jitter: 1 },
  loaded: { type: 'loaded', at: AT, token: FRESH, jitter: 0.5 },
  widened: { type: 'widened', token: FRESH, jitter: 0.5 },
  'token-accepted': { type: 'token-accepted', accessToken: 'held' },
  'token-refused': { type: 'token-refused', at: AT, accessToken: 'held', error: REFUSES },
  'another token accepted': { type: 'token-accepted', accessToken: 'other' },
  'another token refused': { type: 'token-refused', at: AT, accessToken: 'other', error: REFUSES },
  woke: { type: 'woke', at: AT, spreadMs: 1_000, jitter: 0.5 },
  'retry-asked': { type: 'retry-asked', at: AT },
  reset: { type: 'reset', at: AT },
};

/** What each event changes in a state with two failures and one refusal behind it; nothing else may change. */
function changes(name: string, before: GrantState): Partial<GrantState> {
  const held = before.token?.accessToken === 'held';
  const minting = before.work.kind === 'minting';
  switch (name) {
    case 'mint-began':
      return { work: WORKS.minting, since: AT };
    case 'minted':
      return { token: FRESH, renewAt: AT + 850_000, work: WORKS.idle, since: AT, failures: 0, denials: 0, gapUntil: 0 };
    case 'mint-failed for now':
      return { work: retryWork(AT + 4_000), since: AT, failures: 3, denials: 0 };
    case 'mint-failed with a wish':
      return { work: retryWork(AT + 7_000, ASKED), since: AT, failures: 3, denials: 0, pauseAsked: true };
    case 'mint-failed for good':
      return { work: deniedWork, since: AT, spent: true, denials: 2 };
    case 'loaded':
      return initialState(FRESH, AT, 0.5);
    case 'widened':
      return { token: FRESH, renewAt: AT + 850_000 };
    case 'token-accepted':
      return held ? { refusals: 0 } : {};
    case 'token-refused': {
      if (!held) return {};
      const dropped = { token: null, renewAt: NEVER, refusals: 2, refusedAt: [NOW, AT] };
      return minting ? dropped : { ...dropped, work: refusedWork, since: AT, stops: 1 };
    }
    case 'woke': {
      const woken = { gapUntil: AT + 6_000, notBefore: AT + 500 };
      return before.work.kind === 'backoff' ? { ...woken, work: WORKS.idle, since: AT, failures: 0 } : woken;
    }
    case 'retry-asked':
      return minting
        ? {}
        : { ...initialState(null, AT), token: before.token, renewAt: before.renewAt, gapUntil: before.gapUntil };
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
  const history = { failures: 2, denials: 1, refusals: 1, refusedAt: [NOW], notBefore: 1 };
  const before = { ...initialState(token, NOW), ...history, work: WORKS[work] };
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
    const dropped = { token: null, renewAt: NEVER, refusals: 1, refusedAt: [AT] };
    if (event) expect(transition(before, event)).toEqual({ ...before, ...dropped });
  }
});

test('a server that takes tokens and refuses them by turns gets three mints in ten minutes, not one for each call', () => {
  let state = grantState();
  const turn = (number: number, at: number) => {
    const accessToken = String(number);
    state = transition(state, { type: 'minted', at, token: grantToken(accessToken, 300_000, at), jitter: 0 });
    state = transition(state, { type: 'token-accepted', accessToken });
    state = transition(state, { type: 'token-refused', at, accessToken, error: REFUSES });
    return state.work.kind;
  };
  expect([1, 2, 3, 4].map((number) => turn(number, AT + number * 60_000))).toEqual(['idle', 'idle', 'idle', 'blocked']);
  expect(state.stops).toBe(1);
  // Looked at again five minutes later: it is as it was, and stopped sooner, for longer.
  expect([10, 11].map((minute) => turn(minute, AT + minute * 60_000))).toEqual(['blocked', 'blocked']);
  expect(state.stops).toBe(3);
  // After some quiet, longer than the last stop, it begins anew.
  expect(turn(99, AT + 99 * 60_000)).toBe('idle');
  expect(state.stops).toBe(0);
});

test('failures in a row wait longer each time, until one mint succeeds', () => {
  const waits: number[] = [];
  let state = grantState();
  const fail = () => {
    state = transition(state, { type: 'mint-failed', at: AT, error: RETRY, spent: false, jitter: 1 });
    waits.push(state.work.kind === 'backoff' ? state.work.until - AT : 0);
  };
  for (let times = 0; times < 9; times += 1) fail();
  state = transition(state, { type: 'minted', at: AT, token: FRESH, jitter: 0 });
  fail();
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 120_000, 120_000, 1_000]);
});

test('right after waking a failure waits only a moment and does not count; after the gap it does', () => {
  let state = transition(grantState(), { type: 'woke', at: AT, spreadMs: 0, jitter: 0 });
  for (const at of [AT, AT + 3_000, AT + 5_999]) {
    state = transition(state, { type: 'mint-failed', at, error: OFFLINE, spent: false, jitter: 1 });
    expect(state).toMatchObject({ failures: 0, work: { kind: 'backoff', until: at + 250 } });
    // Whoever answers, be it with a fault, is there: a company's machines must not fall upon it together.
    const answered = transition(state, { type: 'mint-failed', at, error: RETRY, spent: false, jitter: 1 });
    expect(answered).toMatchObject({ failures: 1, work: { until: at + 1_000 } });
  }
  state = transition(state, { type: 'mint-failed', at: AT + 6_000, error: OFFLINE, spent: false, jitter: 1 });
  expect(state).toMatchObject({ failures: 1, work: { until: AT + 7_000 } });
});

test('a pause that the other side asked for is kept through sleep and changes of network', () => {
  const asked = transition(grantState(), { type: 'mint-failed', at: AT, error: ASKED, spent: false, jitter: 1 });
  const woken = transition(asked, { type: 'woke', at: AT + 1, spreadMs: 0, jitter: 0 });
  expect(woken.work).toEqual(retryWork(AT + 7_000, ASKED));
  expect(transition(woken, { type: 'mint-failed', at: AT + 2, error: ASKED, spent: false, jitter: 1 }).work).toEqual(
    retryWork(AT + 7_002, ASKED),
  );
});

test('a pause of our own is kept until the network comes back, and no longer', () => {
  const paused = transition(grantState(), { type: 'mint-failed', at: AT, error: OWN_PAUSE, spent: false, jitter: 1 });
  expect(paused.work).toEqual(retryWork(AT + 7_000, OWN_PAUSE));
  const woken = transition(paused, { type: 'woke', at: AT + 1, spreadMs: 0, jitter: 0 });
  expect(woken.work).toEqual(WORKS.idle);
  const again = transition(woken, { type: 'mint-failed', at: AT + 2, error: OWN_PAUSE, spent: false, jitter: 1 });
  expect(again.work).toEqual(retryWork(AT + 252, OWN_PAUSE));
});

test('a pause of our own is the least that is waited, and grows as any other', () => {
  const waits: number[] = [];
  let state = grantState();
  for (let times = 0; times < 6; times += 1) {
    state = transition(state, { type: 'mint-failed', at: AT, error: OWN_PAUSE, spent: false, jitter: 1 });
    waits.push(state.work.kind === 'backoff' ? state.work.until - AT : 0);
  }
  expect(waits).toEqual([7_000, 7_000, 7_000, 8_000, 16_000, 32_000]);
});

test('what the next sign-in has to bring is part of the state', () => {
  const state = transition(grantState(), { type: 'mint-failed', at: AT, error: STEP_UP, spent: false, jitter: 1 });
  expect(state.work).toEqual({
    kind: 'blocked',
    reason: 'step-up',
    cause: STEP_UP.problem,
    stepUp: { maxAgeSeconds: 60 },
  });
});

test('an error without a recovery is one that may pass', () => {
  const state = transition(grantState(), { type: 'mint-failed', at: AT, error: failure(), spent: false, jitter: 0 });
  expect(state.work).toMatchObject({ kind: 'backoff', until: AT + 500 });
});
