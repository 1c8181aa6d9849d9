import type { Egress } from '../egress/egress.ts';
import type { Grants } from '../grant/grants.ts';
import type { SessionOwner } from '../identity/session-owner.ts';
import type { Log } from '../journal/log.ts';
import type { Change } from './wake-watch.ts';

/**
 * After a sleep of this length what was open is cut, in ms: load balancers forget idle connections after 50 s to some
 * minutes, and a call that hangs on one tells its client nothing. A shorter nap leaves calls under way alone.
 */
const CUT_AFTER_MS = 60_000;

/**
 * Renewals that no call waits for are spread over such a time, in ms. Laptops wake one by one; but the network comes
 * back for a whole company at once.
 */
const WAKE_SPREAD_MS = 2_000;
const NETWORK_SPREAD_MS = 30_000;

/** What is told of a change of the machine. */
export interface WakeContext {
  readonly egress: Pick<Egress, 'renew'>;
  readonly session: Pick<SessionOwner, 'wake'>;
  readonly grants: Pick<Grants, 'wake'>;
  readonly log: Log;
}

/** Has everybody take up again what the sleep, or the network that was gone, interrupted. */
export function createWake({ egress, session, grants, log }: WakeContext): (change: Change) => void {
  return ({ sleptMs }) => {
    // Kept connections may lead nowhere now: no call may hang on one.
    egress.renew(sleptMs >= CUT_AFTER_MS ? 'cut' : 'finish');
    const spreadMs = sleptMs > 0 ? WAKE_SPREAD_MS : NETWORK_SPREAD_MS;
    session.wake(spreadMs);
    grants.wake(sleptMs, spreadMs);
    if (sleptMs > 0) log.info('woke', { sleptSeconds: Math.round(sleptMs / 1000) });
    else log.info('network-changed');
  };
}
