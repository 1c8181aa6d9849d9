import type { StepUp } from '../../shared/step-up.ts';
import {
  asRefusedToken,
  behaviourOf,
  demandedSignIn,
  type ServerRefusal,
  serverRefusal,
} from '../grant/server-challenge.ts';
import { headerOf, headersOf } from './headers.ts';

/** How a token is sent (RFC 6750 section 2.1, RFC 9449 section 7.1). */
export type TokenScheme = 'Bearer' | 'DPoP';

/**
 * What an answer of a server asks of us.
 *
 * - `pass`: nothing; it is the client's.
 * - `redirect`: to follow, which we do not.
 * - `refuse`: another token.
 * - `nonce`: the same token, with the nonce of this answer in its proof (RFC 9449 section 9).
 * - `widen`: a token with these scopes too (RFC 6750 section 3.1).
 * - `step-up`: another sign-in of the person (RFC 9470 section 3).
 * - `fail`: nothing that we could do.
 */
export type Judgement =
  | { readonly kind: 'pass' }
  | { readonly kind: 'redirect' }
  | { readonly kind: 'refuse' | 'nonce' | 'fail'; readonly refusal: ServerRefusal }
  | { readonly kind: 'widen'; readonly refusal: ServerRefusal; readonly scopes: readonly string[] }
  | { readonly kind: 'step-up'; readonly refusal: ServerRefusal; readonly stepUp: StepUp };

const PASS: Judgement = { kind: 'pass' };
const REDIRECT: Judgement = { kind: 'redirect' };

/** Longest list of scopes that is taken from a server. */
const MOST_SCOPES = 100;

/** RFC 6749 appendix A.4; the length is that of policy's scopes. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/;

function scopesOf({ challenge: { scope = '' } }: ServerRefusal): readonly string[] {
  return [...new Set(scope.split(' '))].filter((name) => SCOPE.test(name)).slice(0, MOST_SCOPES);
}

function judge403(refusal: ServerRefusal): Judgement {
  const scopes = behaviourOf(refusal) === 'widen-scope' ? scopesOf(refusal) : [];
  return scopes.length > 0 ? { kind: 'widen', refusal, scopes } : PASS;
}

function judge401(refusal: ServerRefusal, wasProved: boolean, hasNonce: boolean): Judgement {
  const refuse: Judgement = { kind: 'refuse', refusal: asRefusedToken(refusal) };
  switch (behaviourOf(refusal)) {
    case 'step-up':
      return { kind: 'step-up', refusal, stepUp: demandedSignIn(refusal) };
    // Without a proof, whatever is said of proofs only means that this token will not do.
    case 'retry-with-nonce':
      return wasProved && hasNonce ? { kind: 'nonce', refusal } : refuse;
    case 'none':
      return wasProved ? { kind: 'fail', refusal } : refuse;
    case 'mint-anew':
      return { kind: 'refuse', refusal };
    default:
      return refuse;
  }
}

/**
 * Judges the head of a server's answer to a request whose token was sent by `scheme`, by the error table. Pure; what is
 * malformed in a challenge counts as absent.
 */
export function judgeAnswer(status: number, headers: readonly (string | Buffer)[], scheme: TokenScheme): Judgement {
  // The way of nearly every answer.
  if (status < 300 || status === 304) return PASS;
  if (status < 400) return REDIRECT;
  if (status !== 401 && status !== 403) return PASS;
  const refusal = serverRefusal(status, headersOf(headers, 'www-authenticate'), scheme);
  return status === 403 ? judge403(refusal) : judge401(refusal, scheme === 'DPoP', !!headerOf(headers, 'dpop-nonce'));
}
