import type { LanyardError } from '../../shared/errors.ts';
import { GAP_MS, GAP_PAUSE_MS, isNetworkFault } from '../../shared/network-gap.ts';
import type { GrantTokenState, GrantWorkState } from '../../shared/states.ts';
import type { GrantRecord } from '../vault/contents.ts';
import { backoffMs, recheckMs, renewAheadAt } from './pace.ts';

/** How long a refused token counts against its server, in ms, and how many are too many in that time. */
const REFUSAL_MEMORY_MS = 10 * 60 * 1000;
const REFUSAL_LIMIT = 4;
/** A server that was stopped for it before gets fewer. */
const REFUSAL_LIMIT_AGAIN = 2;

/** Everything that is known of one grant. Token and work are independent of each other. */
export interface GrantState {
  readonly token: GrantRecord | null;
  /** When the token is to be renewed ahead of its end, if the grant is in use; never without a token. */
  readonly renewAt: number;
  readonly work: GrantWorkState;
  /** When `work` became what it is. */
  readonly since: number;
  /** Whether the pause of a backoff is the other side's own wish (`Retry-After`). */
  readonly pauseAsked: boolean;
  /** Whether the last mint failed after its ID-JAG had been issued: trying again costs another one. */
  readonly spent: boolean;
  /** Failed mints in a row. */
  readonly failures: number;
  /** Mints in a row that were refused for good. */
  readonly denials: number;
  /** Tokens in a row that the server refused without accepting one in between. */
  readonly refusals: number;
  /** When tokens were refused lately, accepted ones in between or not. */
  readonly refusedAt: readonly number[];
  /** How often, without some quiet in between, no more was minted since tokens were refused. */
  readonly stops: number;
  /** Until then a network that is not there yet is waited for: the machine has just woken or come back. */
  readonly gapUntil: number;
  /** Nothing is minted by itself before this, so that a company's laptops do not all do so at once. */
  readonly notBefore: number;
}

/** What can happen to a grant. `at` is now, `jitter` a random number from 0 up to 1. */
export type GrantEvent =
  | { readonly type: 'mint-began'; readonly at: number }
  | { readonly type: 'minted'; readonly at: number; readonly token: GrantRecord; readonly jitter: number }
  | {
      readonly type: 'mint-failed';
      readonly at: number;
      readonly error: LanyardError;
      /** An ID-JAG was issued for it. */
      readonly spent: boolean;
      readonly jitter: number;
    }
  /** The vault was opened: what it holds for this grant. */
  | { readonly type: 'loaded'; readonly at: number; readonly token: GrantRecord | null; readonly jitter: number }
  /** A token with more scopes took the place of the one before; what is being done goes on. */
  | { readonly type: 'widened'; readonly token: GrantRecord; readonly jitter: number }
  | { readonly type: 'token-accepted'; readonly accessToken: string }
  | {
      readonly type: 'token-refused';
      readonly at: number;
      readonly accessToken: string;
      readonly error: LanyardError;
    }
  /** The machine woke, or its network came back; what is due is done within `spreadMs`. */
  | { readonly type: 'woke'; readonly at: number; readonly spreadMs: number; readonly jitter: number }
  /** Somebody asks to try again now. */
  | { readonly type: 'retry-asked'; readonly at: number }
  /** The person changed: signed in, out, or somebody else. */
  | { readonly type: 'reset'; readonly at: number };

/** A grant that nothing is known of, or whose token came out of the vault. `jitter` as in {@link GrantEvent}. */
export function initialState(token: GrantRecord | null, at: number, jitter = 0): GrantState {
  return {
    token,
    renewAt: token ? renewAheadAt(token, jitter) : Number.POSITIVE_INFINITY,
    work: { kind: 'idle' },
    since: at,
    pauseAsked: false,
    spent: false,
    failures: 0,
    denials: 0,
    refusals: 0,
    refusedAt: [],
    stops: 0,
    gapUntil: 0,
    notBefore: 0,
  };
}

function blockedBy(error: LanyardError): GrantWorkState | undefined {
  const { recovery, problem: cause } = error;
  if (recovery?.kind !== 'blocked') return undefined;
  const { reason, stepUp } = recovery;
  return { kind: 'blocked', reason, cause, ...(stepUp && { stepUp }) };
}

function afterFailedMint(state: GrantState, event: Extract<GrantEvent, { type: 'mint-failed' }>): GrantState {
  const { at, error, spent, jitter } = event;
  const blocked = blockedBy(error);
  // The token stays in any case: a failed renewal never hides one that is still valid.
  if (blocked) return { ...state, work: blocked, since: at, spent, denials: state.denials + 1 };
  const { afterMs, isOwnPause } = error.recovery?.kind === 'retry' ? error.recovery : {};
  const pauseAsked = afterMs !== undefined && !isOwnPause;
  const inGap = at < state.gapUntil && isNetworkFault(error);
  // A pause of the session's is the least of ours, which grows: else every keeper would try as often as the session may.
  const asked = pauseAsked ? afterMs : undefined;
  const least = isOwnPause ? (afterMs ?? 0) : 0;
  const pauseMs = inGap ? GAP_PAUSE_MS : Math.max(backoffMs(state.failures, jitter, asked), least);
  const work = { kind: 'backoff', until: at + pauseMs, cause: error.problem } as const;
  // What happens while the network is still coming up says nothing about the other side.
  const failures = state.failures + (inGap ? 0 : 1);
  return { ...state, work, since: at, spent, failures, denials: 0, pauseAsked };
}

function afterRefusal(state: GrantState, { at, error }: Extract<GrantEvent, { type: 'token-refused' }>): GrantState {
  const refusals = state.refusals + 1;
  const last = state.refusedAt.at(-1) ?? Number.NEGATIVE_INFINITY;
  const isQuiet = at - last > REFUSAL_MEMORY_MS + (state.stops > 0 ? recheckMs(state.stops) : 0);
  const stops = isQuiet ? 0 : state.stops;
  const refusedAt = [...state.refusedAt.filter((time) => at - time < REFUSAL_MEMORY_MS), at];
  const dropped = { ...state, token: null, renewAt: Number.POSITIVE_INFINITY, refusals, refusedAt, stops };
  // One refused token may have been revoked, so a new one is minted. When that one is refused too, or every few
  // minutes one is, minting on would only burn the budget. One that is on its way is waited for.
  const mayMint = refusals === 1 && refusedAt.length < (stops > 0 ? REFUSAL_LIMIT_AGAIN : REFUSAL_LIMIT);
  if (mayMint || state.work.kind === 'minting') return dropped;
  const work = blockedBy(error) ?? { kind: 'blocked', reason: 'misconfigured', cause: error.problem };
  return { ...dropped, work, since: at, stops: stops + 1 };
}

/** The next state. Pure; an event about another token than the one held changes nothing. */
export function transition(state: GrantState, event: GrantEvent): GrantState {
  switch (event.type) {
    case 'mint-began':
      return { ...state, work: { kind: 'minting' }, since: event.at };
    case 'minted': {
      const { token, at, jitter } = event;
      const renewAt = renewAheadAt(token, jitter);
      return { ...state, token, renewAt, work: { kind: 'idle' }, since: at, failures: 0, denials: 0, gapUntil: 0 };
    }
    case 'mint-failed':
      return afterFailedMint(state, event);
    case 'loaded':
      return initialState(event.token, event.at, event.jitter);
    case 'widened':
      return { ...state, token: event.token, renewAt: renewAheadAt(event.token, event.jitter) };
    case 'token-accepted':
      if (state.token?.accessToken !== event.accessToken || state.refusals === 0) return state;
      return { ...state, refusals: 0 };
    case 'token-refused':
      return state.token?.accessToken === event.accessToken ? afterRefusal(state, event) : state;
    case 'woke': {
      const { at, spreadMs, jitter } = event;
      const woken = { ...state, gapUntil: at + GAP_MS, notBefore: at + spreadMs * jitter };
      // A pause that the other side asked for is kept, wherever we have been in the meantime.
      if (state.work.kind !== 'backoff' || state.pauseAsked) return woken;
      return { ...woken, work: { kind: 'idle' }, since: at, failures: 0 };
    }
    case 'retry-asked': {
      if (state.work.kind === 'minting') return state;
      const { token, renewAt, gapUntil } = state;
      return { ...initialState(null, event.at), token, renewAt, gapUntil };
    }
    case 'reset':
      return initialState(null, event.at);
  }
}

/** The part of a state that other processes see; never the token itself. */
export function viewGrant({ token, work }: GrantState, now: number): { token: GrantTokenState; work: GrantWorkState } {
  if (!token || token.expiresAt <= now) return { token: { kind: 'none' }, work };
  const { expiresAt, scope } = token;
  return { token: { kind: 'valid', expiresAt, ...(scope !== undefined && { scope }) }, work };
}
