import type { Schedule } from '../../shared/schedule.ts';
import type { GrantRecord } from '../vault/contents.ts';
import { decide } from './decide.ts';
import { failure, resting, tooSlow } from './keeper-errors.ts';
import type { Minting } from './minting.ts';
import type { GrantState } from './transitions.ts';

/** How long a caller waits for a token, in ms: longer than two slow round trips, shorter than patience. */
const WAIT_LIMIT_MS = 10_000;

/**
 * What a token is needed for. `call`: somebody waits for an answer. `upkeep`: a client keeps its connection up, by a
 * ping or by opening its listening stream again, maybe all night long: that keeps no grant in use, and is worth a mint
 * only for a while after a call. `background`: nobody waits, as for a stream that we open ourselves or an MCP session
 * that is ended; no mint is spent on it.
 */
export type Purpose = 'call' | 'upkeep' | 'background';

/** What obtaining a token works with. */
export interface ObtainContext {
  readonly state: () => GrantState;
  readonly minting: Minting;
  /** Whether a client's connection is worth a mint now. */
  readonly keepsUp: () => boolean;
  readonly clock: () => number;
  readonly schedule: Schedule;
}

/** Waits until a moment has come. */
export function pauseUntil(at: number, { clock, schedule }: Pick<ObtainContext, 'clock' | 'schedule'>): Promise<void> {
  return new Promise((resolve) => {
    schedule(at - clock(), resolve);
  });
}

/**
 * The way to a token for a caller who found none in hand: waits for a mint, theirs or the one under way, and right after
 * waking for the network; hears the cause at once where waiting is no use.
 */
export function createObtain(context: ObtainContext): (purpose: Purpose) => Promise<GrantRecord> {
  const { state, minting, keepsUp, clock, schedule } = context;

  const limited = async (work: Promise<GrantRecord>, deadline: number): Promise<GrantRecord> => {
    const limit = Promise.withResolvers<never>();
    const cancel = schedule(deadline - clock(), () => limit.reject(tooSlow()));
    try {
      return await Promise.race([work, limit.promise]);
    } finally {
      cancel();
    }
  };

  const obtain = async (purpose: Purpose, deadline: number): Promise<GrantRecord> => {
    const now = clock();
    const decision = decide(state(), now, purpose === 'call');
    switch (decision.kind) {
      case 'use':
        return decision.token;
      case 'fail':
        throw failure(decision.work, now);
      case 'wait-until':
        await pauseUntil(Math.min(decision.at, deadline), context);
        if (clock() >= deadline) throw tooSlow();
        return obtain(purpose, deadline);
      case 'mint':
        if (purpose === 'background' || (purpose === 'upkeep' && !keepsUp())) throw resting();
        break;
      case 'wait':
        break;
    }
    try {
      return await limited(minting.underWay ?? minting.begin(), deadline);
    } catch (error) {
      const { token } = state();
      // In its last seconds the old token is still better than an error.
      if (token && token.expiresAt > clock()) return token;
      if (decide(state(), clock()).kind === 'wait-until') return obtain(purpose, deadline);
      throw error;
    }
  };

  return (purpose) => obtain(purpose, clock() + WAIT_LIMIT_MS);
}
