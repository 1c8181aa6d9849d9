import type { DPoPHandle } from 'openid-client';
import type { DpopUse } from '../../shared/quirks.ts';
import type { Dpop } from './dpop.ts';
import type { ErrorLeg } from './error-table.ts';
import { behaviourAfter } from './error-table-judgement.ts';
import { identityFault } from './faults.ts';

/** How one request for tokens is sent: with openid-client's `DPoP` it has a proof, and a second try for its nonce. */
export interface ProofOption {
  readonly DPoP?: DPoPHandle;
}

/** A request for tokens of a session. */
export interface ProvedGrant<T> {
  readonly leg: Extract<ErrorLeg, 'device' | 'code' | 'refresh'>;
  /** What it sends is bound to our key already, and good with a proof alone. */
  readonly isBound?: boolean | undefined;
  /** Called once more where the IdP turns out to want a proof. */
  send(option: ProofOption): Promise<T>;
}

/**
 * Sends the grants that give and renew a session, with proofs where policy requires them or, by itself, where the IdP
 * has asked for one (RFC 9449 section 5).
 */
export type SendGrant = <T>(grant: ProvedGrant<T>) => Promise<T>;

/**
 * See {@link SendGrant}. What the IdP wants is remembered for as long as this function lives.
 *
 * @param dpop makes the proofs; none are sent without it.
 */
export function createSendGrant(issuer: string, use: DpopUse, dpop: Pick<Dpop, 'handle'> | undefined): SendGrant {
  let isWanted = use === 'required';
  return async ({ leg, isBound = false, send }) => {
    if (!dpop || use === 'off') return send({});
    if (isWanted || isBound) return send({ DPoP: await dpop.handle() });
    try {
      return await send({});
    } catch (error) {
      const behaviour = behaviourAfter(leg, identityFault(issuer, error, leg));
      if (behaviour !== 'prove' && behaviour !== 'retry-with-nonce') throw error;
      isWanted = true;
      // Nothing is spent by a request that was refused for its proof (RFC 9449 section 8).
      return send({ DPoP: await dpop.handle() });
    }
  };
}
