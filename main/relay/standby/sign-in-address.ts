import type { BlockedReason } from '../../../shared/states.ts';
import { mayHaveActed } from './carried-out.ts';
import type { StandbyFacts } from './standby-facts.ts';

const HELPED_BY_SIGN_IN: readonly BlockedReason[] = ['signed-out', 'step-up'];

/**
 * The address that starts the sign-in; `undefined` where a sign-in does not help, or where the client, which makes the
 * call again after it, might have it carried out twice.
 */
export function signInAddress({ signInUrl, error }: StandbyFacts): string | undefined {
  const { recovery } = error;
  const helps = recovery?.kind === 'blocked' && HELPED_BY_SIGN_IN.includes(recovery.reason);
  return helps && !mayHaveActed(error) ? signInUrl : undefined;
}
