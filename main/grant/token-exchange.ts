import {
  type AuthorizationServer,
  allowInsecureRequests,
  type ClientAuth,
  customFetch,
  type DPoPHandle,
  genericTokenEndpointRequest,
} from 'oauth4webapi';
import { z } from 'zod';
import type { Fetch } from '../egress/fetch.ts';
import { tokenOrigin } from '../identity/client-authentication.ts';
import { type Answerer, malformedAnswer, readOAuthAnswer } from './oauth-answer.ts';
import { sendRightlyDated, sendWithNonce } from './proofs.ts';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:token-exchange';
/** RFC 8693 section 3. */
const TOKEN_TYPES = {
  id_token: 'urn:ietf:params:oauth:token-type:id_token',
  refresh_token: 'urn:ietf:params:oauth:token-type:refresh_token',
} as const;
/** Token type of an ID-JAG (draft-ietf-oauth-identity-assertion-authz-grant section 4.3). */
const ID_JAG_TYPE = 'urn:ietf:params:oauth:token-type:id-jag';

/** How a token endpoint is reached. */
export interface TokenEndpoint {
  readonly authorizationServer: AuthorizationServer;
  readonly clientId: string;
  readonly clientAuthentication: ClientAuth;
  readonly fetch: Fetch;
  readonly signal?: AbortSignal | undefined;
  /** Set where the request goes with a proof (RFC 9449 section 5). */
  readonly dpop?: DPoPHandle | undefined;
  /** Origins that were sent to again because of a wrong date: each one once for as long as this set lives. */
  readonly corrected?: Set<string> | undefined;
}

/** What the ID-JAG shall be good for. */
export interface IdJagParameters {
  /** The person's ID token, or the refresh token of their session. */
  readonly subjectToken: string;
  readonly subjectTokenType: keyof typeof TOKEN_TYPES;
  /** Issuer identifier of the server's AS, from its validated metadata. */
  readonly audience: string;
  /** RFC 9728 resource identifier, byte for byte. */
  readonly resource: string;
  readonly scopes: readonly string[];
}

/** An ID-JAG: used once, then forgotten. */
export interface IdJag {
  /** Opaque to us: it may be encrypted for the AS. */
  readonly assertion: string;
  /** What was granted, where the IdP says so. */
  readonly scope: string | undefined;
  /** How long it may be redeemed, in seconds from its arrival. */
  readonly expiresInSeconds: number;
}

/** Life assumed for an ID-JAG without `expires_in`, in seconds: what the IdPs that issue them give. */
const DEFAULT_ID_JAG_SECONDS = 300;

/** Longest list of scopes that is shown and kept, in characters; a longer one is somebody's mischief. */
export const LONGEST_SCOPE = 4096;

// `token_type` is N_A, in whichever case (RFC 8693 section 2.2.1).
const idJagSchema = z.object({
  issued_token_type: z.literal(ID_JAG_TYPE),
  access_token: z.string().min(1),
  token_type: z.string().regex(/^n_a$/i),
  scope: z.string().max(LONGEST_SCOPE).optional().catch(undefined),
  expires_in: z.number().positive().optional().catch(undefined),
});

/**
 * Sends a form to a token endpoint with the client authentication that policy asks for. With a proof, it is sent again
 * where the endpoint wants its nonce; and where the date of an assertion or proof turns out to be wrong.
 */
export function postToTokenEndpoint(
  endpoint: TokenEndpoint,
  grantType: string,
  parameters: Record<string, string>,
): Promise<Response> {
  const { authorizationServer, clientId, clientAuthentication, fetch, signal, dpop } = endpoint;
  const { skewOf = () => undefined } = fetch;
  const errors = new Set(dpop ? ['invalid_dpop_proof'] : []);
  // Each time with a new client assertion.
  const send = () =>
    genericTokenEndpointRequest(
      authorizationServer,
      { client_id: clientId },
      clientAuthentication,
      grantType,
      parameters,
      {
        [customFetch]: (url, { method, headers, body }) => {
          if (body.has('client_assertion')) errors.add('invalid_client');
          return fetch(url, { method, headers, body, signal });
        },
        // Discovery let plain http pass for this machine's loopback alone.
        [allowInsecureRequests]: true,
        ...(dpop && { DPoP: dpop }),
      },
    );
  const origin = tokenOrigin(authorizationServer) ?? authorizationServer.issuer;
  const dating = { origin, skewOf, errors, corrected: endpoint.corrected ?? new Set<string>() };
  return sendRightlyDated(dating, () => (dpop ? sendWithNonce(send) : send()));
}

/** First leg: asks the IdP to turn the subject token into an ID-JAG (RFC 8693, ID-JAG draft section 4.3, EMA section 4). */
export function requestIdJag(
  endpoint: TokenEndpoint,
  { subjectToken, subjectTokenType, audience, resource, scopes }: IdJagParameters,
): Promise<Response> {
  return postToTokenEndpoint(endpoint, GRANT_TYPE, {
    requested_token_type: ID_JAG_TYPE,
    subject_token: subjectToken,
    subject_token_type: TOKEN_TYPES[subjectTokenType],
    audience,
    resource,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
  });
}

/**
 * Judges the answer to {@link requestIdJag}.
 *
 * @throws {LanyardError} `token-exchange-…`, `answer-…`, with its recovery.
 */
export async function processIdJagResponse(response: Response, answerer: Answerer): Promise<IdJag> {
  const result = idJagSchema.safeParse(await readOAuthAnswer(response, answerer));
  if (!result.success) throw malformedAnswer(answerer, 'something that is not an ID-JAG response', result.error);
  const { access_token, scope, expires_in = DEFAULT_ID_JAG_SECONDS } = result.data;
  return { assertion: access_token, scope, expiresInSeconds: expires_in };
}
