import type { DPoPHandle } from 'openid-client';
import type { DpopUse } from '../../shared/quirks.ts';
import { isMisdated } from '../egress/skew.ts';
import type { Dpop } from './dpop.ts';
import type { ErrorLeg } from './error-table.ts';
import { behaviourAfter, errorCode } from './error-table-judgement.ts';
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

/** The refusals that a wrong date in an assertion or a proof would bring. */
const DATED_ERRORS = ['invalid_client', 'invalid_dpop_proof'] as const;

/** What decides whether a refusal may come from the date of what was signed. */
interface Dating {
  readonly leg: ProvedGrant<unknown>['leg'];
  readonly issuer: string;
  readonly skew: () => number | undefined;
}

// The refusal's own Date may say that the date was wrong, as where a clock was set since we last heard from the IdP.
// Whoever refuses the client, or its proof, has spent nothing.
async function sendRightlyDated<T>({ leg, issuer, skew }: Dating, send: () => Promise<T>): Promise<T> {
  const before = skew();
  try {
    return await send();
  } catch (error) {
    const { code } = identityFault(issuer, error, leg);
    const isRefused = DATED_ERRORS.some((one) => errorCode(leg, one) === code);
    if (!isRefused || !isMisdated(before, skew())) throw error;
    return send();
  }
}

/**
 * See {@link SendGrant}. What the IdP wants is remembered for as long as this function lives.
 *
 * @param dpop makes the proofs; none are sent without it.
 * @param skew how far the clock of its token endpoint is ahead of ours, in ms, by its answers.
 */
export function createSendGrant(
  issuer: string,
  use: DpopUse,
  dpop: Pick<Dpop, 'handle'> | undefined,
  skew: () => number | undefined = () => undefined,
): SendGrant {
  let isWanted = use === 'required';
  return async ({ leg, isBound = false, send: sendOnce }) => {
    const send = (option: ProofOption) => sendRightlyDated({ leg, issuer, skew }, () => sendOnce(option));
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
