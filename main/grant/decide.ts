import { CALL_PAUSE_MS } from '../../shared/call-pause.ts';
import { isNetworkFault } from '../../shared/network-gap.ts';
import type { PolicyGrants } from '../../shared/policy.ts';
import type { GrantWorkState } from '../../shared/states.ts';
import type { GrantRecord } from '../vault/contents.ts';
import { isUsable, recheckMs } from './pace.ts';
import type { GrantState } from './transitions.ts';
import { IN_USE_MS } from './use.ts';

/** What somebody who needs a token gets: the token, a mint (theirs or the one in flight), or the cause at once. */
export type Decision =
  | { readonly kind: 'use'; readonly token: GrantRecord }
  | { readonly kind: 'mint' }
  | { readonly kind: 'wait' }
  /** The next try is a moment away. */
  | { readonly kind: 'wait-until'; readonly at: number }
  | { readonly kind: 'fail'; readonly work: Extract<GrantWorkState, { kind: 'backoff' | 'blocked' }> };

/** When a final refusal is looked at again; `undefined` where only an act of the person helps. */
function recheckAt({ work, since, denials, stops }: GrantState): number | undefined {
  const mends = work.kind === 'blocked' && (work.reason === 'denied' || work.reason === 'misconfigured');
  return mends ? since + recheckMs(Math.max(denials, stops)) : undefined;
}

/** Whether a pause that began at `since` has come to its end; one from the future ended when the clock was set back. */
const isOver = (until: number, since: number, now: number) => now >= until || now < since;

/**
 * Decides for somebody who needs a token now. Pure.
 *
 * @param isCall somebody waits for an answer: then a pause of our own ends with the pause of a call (see `CALL_PAUSE_MS`).
 */
export function decide(state: GrantState, now: number, isCall = false): Decision {
  const { token, work, since, gapUntil } = state;
  if (token && isUsable(token, now)) return { kind: 'use', token };
  switch (work.kind) {
    case 'minting':
      return { kind: 'wait' };
    case 'idle':
      return { kind: 'mint' };
    case 'backoff':
      if (isOver(work.until, since, now)) return { kind: 'mint' };
      // Not where each try costs a mint: then the pause of our own counts for calls too.
      if (isCall && !state.pauseAsked && !state.spent && now - since >= CALL_PAUSE_MS) return { kind: 'mint' };
      if (now < gapUntil && isNetworkFault(work.cause)) return { kind: 'wait-until', at: work.until };
      break;
    case 'blocked': {
      const at = recheckAt(state);
      if (at !== undefined && isOver(at, since, now)) return { kind: 'mint' };
      break;
    }
  }
  // In its last seconds the token is still better than an error.
  if (token && token.expiresAt > now) return { kind: 'use', token };
  return { kind: 'fail', work };
}

/** What decides whether a grant is renewed by itself. */
export interface Circumstances {
  readonly keep: PolicyGrants['keep'];
  /** Whether anybody is signed in. */
  readonly signedIn: boolean;
  /** The mint budget is nearly spent: only calls mint. */
  readonly thin: boolean;
  /** When the grant was last needed; signing in counts. */
  readonly lastUsedAt: number;
}

/** What a keeper does by itself: mint now, look again later, or rest until something happens. */
export type Plan =
  | { readonly kind: 'mint' }
  | { readonly kind: 'look'; readonly at: number }
  | { readonly kind: 'rest' };

const REST: Plan = { kind: 'rest' };

/** When a mint is due that nobody waits for; `undefined` for never. */
function dueAt(state: GrantState, now: number): number | undefined {
  const { token, work, renewAt, since } = state;
  const hasToken = token !== null && isUsable(token, now);
  switch (work.kind) {
    case 'minting':
      return undefined;
    case 'idle':
      return hasToken ? renewAt : now;
    case 'backoff':
      if (now < since) return hasToken ? renewAt : now;
      return hasToken ? Math.max(renewAt, work.until) : work.until;
    case 'blocked': {
      const at = recheckAt(state);
      return at === undefined || !hasToken ? at : Math.max(renewAt, at);
    }
  }
}

/** What is due without anybody asking. Pure. */
export function plan(state: GrantState, { keep, signedIn, thin, lastUsedAt }: Circumstances, now: number): Plan {
  const wanted = keep === 'always' || (keep === 'active' && now - lastUsedAt <= IN_USE_MS);
  if (!wanted || !signedIn || thin) return REST;
  const due = dueAt(state, now);
  if (due === undefined || due === Number.POSITIVE_INFINITY) return REST;
  const at = Math.max(due, state.notBefore);
  return at <= now ? { kind: 'mint' } : { kind: 'look', at };
}
