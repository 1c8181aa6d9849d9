import { LanyardError } from '../../shared/errors.ts';
import type { DpopUse } from '../../shared/quirks.ts';
import type { Dpop } from '../identity/dpop.ts';
import { confirmationOf, isJwt } from '../identity/dpop-claims.ts';
import { notSetUp } from '../identity/error-table-judgement.ts';
import type { Answerer } from './oauth-answer.ts';

/** What is known when an answer comes that should be bound to our key. */
export interface Expected {
  /** Policy's word for who answered. */
  readonly use: DpopUse;
  /** Whether the request had a proof. */
  readonly isProved: boolean;
}

/** Who answered gave less than policy requires, or bound it to another key than ours. */
export function notBound({ leg, issuer, title }: Answerer, detail: string): LanyardError {
  return new LanyardError({
    code: `${leg}-not-bound`,
    user: notSetUp(leg, title),
    administrator: `${title}: ${issuer} answered the ${leg} with ${detail} (RFC 9449).`,
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
}

/**
 * Whether an ID-JAG may be bound to our key, so that the AS will want a proof (ID-JAG draft section 9.8). One that
 * cannot be read may be, if we sent a proof for it.
 *
 * @throws {LanyardError} `token-exchange-not-bound` where it is bound to another key; and where policy requires that it
 * is bound, and it can be read and is not.
 */
export async function checkIdJag(
  assertion: string,
  { use, isProved }: Expected,
  answerer: Answerer,
  dpop: Pick<Dpop, 'thumbprint'>,
): Promise<boolean> {
  const confirmation = confirmationOf(assertion);
  if (confirmation !== undefined) {
    if (confirmation === (await dpop.thumbprint())) return true;
    throw notBound(answerer, 'an ID-JAG that is bound to another key than that of this machine');
  }
  if (!isJwt(assertion)) return isProved;
  if (use === 'required')
    throw notBound(
      answerer,
      'an ID-JAG that is bound to no key, while the policy\'s identityProvider.dpop is "required"',
    );
  return false;
}
