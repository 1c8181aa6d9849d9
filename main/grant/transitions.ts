import type { LanyardError } from '../../shared/errors.ts';
import type { GrantTokenState, GrantWorkState } from '../../shared/states.ts';
import type { GrantRecord } from '../vault/contents.ts';

/** First pause after a failed mint and the longest one, in ms; doubled in between, with full jitter. */
const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_LONGEST_MS = 120_000;

/** How long a final refusal is believed before a call may try again, in ms: rights do change during a day. */
const RECHECK_MS = 5 * 60 * 1000;

/** A token needs this much life left to be used, in ms, or a fifth of its whole life if that is less. */
const MARGIN_MS = 30_000;
const MARGIN_SHARE = 0.2;

/** Everything that is known of one grant. Token and work are independent of each other. */
export interface GrantState {
  readonly token: GrantRecord | null;
  readonly work: GrantWorkState;
  /** When `work` became what it is. */
  readonly since: number;
  /** Failed mints in a row. */
  readonly failures: number;
  /** Tokens in a row that the server refused without accepting one in between. */
  readonly refusals: number;
}

/** What can happen to a grant. `at` is now, `jitter` a random number from 0 up to 1. */
export type GrantEvent =
  | { readonly type: 'mint-began'; readonly at: number }
  | { readonly type: 'minted'; readonly at: number; readonly token: GrantRecord }
  | { readonly type: 'mint-failed'; readonly at: number; readonly error: LanyardError; readonly jitter: number }
  | { readonly type: 'token-accepted'; readonly accessToken: string }
  | {
      readonly type: 'token-refused';
      readonly at: number;
      readonly accessToken: string;
      readonly error: LanyardError;
      readonly jitter: number;
    }
  /** Somebody asks to try again now. */
  | { readonly type: 'retry-asked'; readonly at: number }
  /** The person changed: signed in, out, or somebody else. */
  | { readonly type: 'reset'; readonly at: number };

/** A grant that nothing is known of, or whose token came out of the vault. */
export function initialState(token: GrantRecord | null, at: number): GrantState {
  return { token, work: { kind: 'idle' }, since: at, failures: 0, refusals: 0 };
}

/** The pause after `failures` failed mints in a row: what the other side asked for, else full jitter. */
export function backoffMs(failures: number, jitter: number, afterMs?: number): number {
  if (afterMs !== undefined) return Math.max(afterMs, BACKOFF_FIRST_MS);
  const ceiling = Math.min(BACKOFF_LONGEST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.max(BACKOFF_FIRST_MS / 2, Math.round(ceiling * jitter));
}

function workAfter(error: LanyardError, failures: number, at: number, jitter: number): GrantWorkState {
  const { recovery, problem } = error;
  if (recovery?.kind === 'blocked') return { kind: 'blocked', reason: recovery.reason, cause: problem };
  return { kind: 'backoff', until: at + backoffMs(failures, jitter, recovery?.afterMs), cause: problem };
}

/** The next state. Pure; an event about another token than the one held changes nothing. */
export function transition(state: GrantState, event: GrantEvent): GrantState {
  switch (event.type) {
    case 'mint-began':
      return { ...state, work: { kind: 'minting' }, since: event.at };
    case 'minted':
      return { ...state, token: event.token, work: { kind: 'idle' }, since: event.at, failures: 0 };
    case 'mint-failed': {
      // The token stays: a failed renewal never hides one that is still valid.
      const work = workAfter(event.error, state.failures, event.at, event.jitter);
      return { ...state, work, since: event.at, failures: state.failures + 1 };
    }
    case 'token-accepted':
      if (state.token?.accessToken !== event.accessToken || state.refusals === 0) return state;
      return { ...state, refusals: 0 };
    case 'token-refused': {
      if (state.token?.accessToken !== event.accessToken) return state;
      const refusals = state.refusals + 1;
      // One refused token may have been revoked, so a new one is minted. When that one is refused too, minting on
      // would only burn the budget; but one that is on its way is waited for, and not joined by another.
      if (refusals === 1 || state.work.kind === 'minting') return { ...state, token: null, refusals };
      const work = workAfter(event.error, refusals, event.at, event.jitter);
      return { ...state, token: null, work, since: event.at, refusals };
    }
    case 'retry-asked':
      return state.work.kind === 'minting'
        ? state
        : { ...state, work: { kind: 'idle' }, since: event.at, failures: 0, refusals: 0 };
    case 'reset':
      return initialState(null, event.at);
  }
}

/** Whether the token is good for a call now. */
export function isUsable(token: GrantRecord, now: number): boolean {
  const margin = Math.min(MARGIN_MS, (token.expiresAt - token.mintedAt) * MARGIN_SHARE);
  return token.expiresAt - margin > now;
}

/** What a caller who needs a token gets: the token, a mint (theirs or the one in flight), or the cause at once. */
export type Decision =
  | { readonly kind: 'use'; readonly token: GrantRecord }
  | { readonly kind: 'mint' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'fail'; readonly work: Extract<GrantWorkState, { kind: 'backoff' | 'blocked' }> };

/** Decides for a caller who needs a token now. Pure. */
export function decide({ token, work, since }: GrantState, now: number): Decision {
  if (token && isUsable(token, now)) return { kind: 'use', token };
  switch (work.kind) {
    case 'minting':
      return { kind: 'wait' };
    case 'idle':
      return { kind: 'mint' };
    case 'backoff':
      if (now >= work.until) return { kind: 'mint' };
      break;
    case 'blocked':
      // Only an act of the person ends "signed-out" and "step-up"; the administrator's may come at any time.
      if ((work.reason === 'denied' || work.reason === 'misconfigured') && now - since >= RECHECK_MS)
        return { kind: 'mint' };
      break;
  }
  // In its last seconds the token is still better than an error.
  if (token && token.expiresAt > now) return { kind: 'use', token };
  return { kind: 'fail', work };
}

/** The part of a state that other processes see; never the token itself. */
export function viewGrant({ token, work }: GrantState, now: number): { token: GrantTokenState; work: GrantWorkState } {
  if (!token || token.expiresAt <= now) return { token: { kind: 'none' }, work };
  const { expiresAt, scope } = token;
  return { token: { kind: 'valid', expiresAt, ...(scope !== undefined && { scope }) }, work };
}
