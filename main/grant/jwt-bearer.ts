import { z } from 'zod';
import type { Quirks } from '../../shared/quirks.ts';
import { type Expected, notBound } from './binding.ts';
import { type Answerer, malformedAnswer, readOAuthAnswer } from './oauth-answer.ts';
import { LONGEST_SCOPE, postToTokenEndpoint, type TokenEndpoint } from './token-exchange.ts';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/**
 * Life assumed for an access token without `expires_in`, in seconds (RFC 6749 section 5.1 only recommends it). The real
 * one is unknown: a token that ends earlier is noticed by a 401, which is mended without the client seeing it, while a
 * guess that is too short spends mints.
 */
export const DEFAULT_EXPIRES_IN_SECONDS = 3600;

/** No access token is taken to live shorter, in seconds: one that does would have us mint for every call. */
const SHORTEST_EXPIRES_IN_SECONDS = 30;

/** Longest token that is taken, in characters: it has to fit into a header. */
const LONGEST_TOKEN = 32 * 1024;

/** No access token is believed for longer, in seconds, so that a slip of an AS cannot outlive a sign-out by weeks. */
const LONGEST_EXPIRES_IN_SECONDS = 24 * 60 * 60;

/** What the AS gave. */
export interface AccessToken {
  readonly accessToken: string;
  /** `DPoP`: of use only with proofs of our key. */
  readonly tokenType: 'Bearer' | 'DPoP';
  readonly expiresInSeconds: number;
  readonly scope: string | undefined;
}

// RFC 6749 section 5.1. An `expires_in` that is not a positive number counts as absent; a refresh token is ignored,
// so that every renewal passes the IdP and a revocation there takes effect.
const accessTokenSchema = z.object({
  access_token: z
    .string()
    .max(LONGEST_TOKEN)
    .regex(/^[\x21-\x7e]+$/, 'visible ASCII (RFC 6750 section 2.1)'),
  token_type: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['bearer', 'dpop'])),
  expires_in: z.number().positive().optional().catch(undefined),
  scope: z.string().max(LONGEST_SCOPE).optional().catch(undefined),
});

/** What an ID-JAG is redeemed for. Both may be left out: they are in the ID-JAG already. */
export interface RedemptionParameters {
  readonly assertion: string;
  /** RFC 9728 resource identifier, byte for byte. */
  readonly resource: string;
  /** Space-separated, as the IdP granted them. */
  readonly scope: string;
}

/**
 * Second leg: redeems the ID-JAG at the server's AS (RFC 7523 section 2.1, ID-JAG draft section 4.4, EMA section 5).
 *
 * @param quirks of the AS: neither `scope` nor `resource` is defined for this leg, and each is demanded by some and
 * refused by others.
 */
export function requestAccessToken(
  endpoint: TokenEndpoint,
  { assertion, resource, scope }: RedemptionParameters,
  { resourceOnRedemption, scopeOnRedemption }: Pick<Quirks, 'resourceOnRedemption' | 'scopeOnRedemption'>,
): Promise<Response> {
  return postToTokenEndpoint(endpoint, GRANT_TYPE, {
    assertion,
    ...(resourceOnRedemption === 'send' && { resource }),
    ...(scopeOnRedemption === 'send' && scope !== '' && { scope }),
  });
}

/**
 * Judges the answer to {@link requestAccessToken}.
 *
 * @throws {LanyardError} `jwt-bearer-…`, `answer-…`, with its recovery; `jwt-bearer-not-bound` for a token that is of
 * use to anybody where policy requires one that is not.
 */
export async function processAccessTokenResponse(
  response: Response,
  answerer: Answerer,
  { use, isProved }: Expected = { use: 'off', isProved: false },
): Promise<AccessToken> {
  const result = accessTokenSchema.safeParse(await readOAuthAnswer(response, answerer));
  if (!result.success) throw malformedAnswer(answerer, 'something that is not an access token response', result.error);
  const { access_token, token_type, expires_in = DEFAULT_EXPIRES_IN_SECONDS, scope } = result.data;
  const isBound = token_type === 'dpop';
  if (isBound && !isProved) throw malformedAnswer(answerer, 'a DPoP token, although no proof was sent');
  if (!isBound && use === 'required')
    throw notBound(answerer, 'a Bearer token, while the policy\'s authorizationServer.dpop is "required"');
  const expiresInSeconds = Math.min(Math.max(expires_in, SHORTEST_EXPIRES_IN_SECONDS), LONGEST_EXPIRES_IN_SECONDS);
  return { accessToken: access_token, tokenType: isBound ? 'DPoP' : 'Bearer', expiresInSeconds, scope };
}
