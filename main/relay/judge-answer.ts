import { type StepUp, stepUpSchema } from '../../shared/step-up.ts';
import { serverChallenge } from '../grant/server-challenge.ts';
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
 */
export type Judgement =
  | { readonly kind: 'pass' }
  | { readonly kind: 'redirect' }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'nonce' }
  | { readonly kind: 'widen'; readonly scopes: readonly string[] }
  | { readonly kind: 'step-up'; readonly stepUp: StepUp };

const PASS: Judgement = { kind: 'pass' };
const REDIRECT: Judgement = { kind: 'redirect' };
const REFUSE: Judgement = { kind: 'refuse' };
const NONCE: Judgement = { kind: 'nonce' };

/** Longest list of scopes that is taken from a server. */
const MOST_SCOPES = 100;

/** RFC 6749 appendix A.4; the length is that of policy's scopes. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/;

/** RFC 9470 section 3: a number of seconds; 9 digits are 31 years. */
const SECONDS = /^\d{1,9}$/;

type Challenge = ReturnType<typeof serverChallenge>;

function scopesOf({ scope = '' }: Challenge): readonly string[] {
  return [...new Set(scope.split(' '))].filter((name) => SCOPE.test(name)).slice(0, MOST_SCOPES);
}

function stepUpOf({ acr_values: acr = '', max_age: age = '' }: Challenge): StepUp {
  const acrValues = stepUpSchema.shape.acrValues.safeParse(acr).data;
  return {
    ...(acrValues !== undefined && { acrValues }),
    ...(SECONDS.test(age) && { maxAgeSeconds: Number(age) }),
  };
}

/**
 * Judges the head of a server's answer to a request whose token was sent by `scheme`. Pure; what is malformed in a
 * challenge counts as absent.
 */
export function judgeAnswer(status: number, headers: readonly (string | Buffer)[], scheme: TokenScheme): Judgement {
  // The way of nearly every answer.
  if (status < 300 || status === 304) return PASS;
  if (status < 400) return REDIRECT;
  if (status === 403) {
    const challenge = serverChallenge(headersOf(headers, 'www-authenticate'), scheme);
    const scopes = challenge.error === 'insufficient_scope' ? scopesOf(challenge) : [];
    return scopes.length > 0 ? { kind: 'widen', scopes } : PASS;
  }
  if (status !== 401) return PASS;
  const challenge = serverChallenge(headersOf(headers, 'www-authenticate'), scheme);
  if (challenge.error === 'insufficient_user_authentication') return { kind: 'step-up', stepUp: stepUpOf(challenge) };
  const wantsNonce = scheme === 'DPoP' && challenge.error === 'use_dpop_nonce';
  return wantsNonce && headerOf(headers, 'dpop-nonce') ? NONCE : REFUSE;
}
