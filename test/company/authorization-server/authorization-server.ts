import { randomUUID } from 'node:crypto';
import { AUTHENTICATION_METHODS } from '../authentication.ts';
import { dpopMetadata, WITHOUT_DPOP } from '../dpop/party.ts';
import { type Handler, pathOf, sendJson } from '../http.ts';
import { newEs256Key } from '../keys.ts';
import { ID_JAG_PROFILE, JWT_BEARER } from '../protocol.ts';
import type { AuthorizationServerOptions } from './options.ts';
import { type AsQuirks, NO_QUIRKS, withOtherSlash } from './quirks.ts';
import { createRedemption } from './redemption.ts';

/** Path of the metadata (RFC 8414 section 3). */
export const AS_METADATA_PATH = '/.well-known/oauth-authorization-server';
/** Path of the token endpoint. */
export const AS_TOKEN_PATH = '/token';
/** Path of the JWK Set that access tokens are verified with. */
export const AS_JWKS_PATH = '/jwks';

/** A running authorization server. */
export interface AuthorizationServer {
  readonly handler: Handler;
  /** Makes every access token issued so far invalid. */
  revokeAccessTokens(): void;
  /** Whether the access token with this `jti` was revoked. */
  isRevoked(tokenId: string): boolean;
}

/** Redeems ID-JAGs for access tokens (RFC 7523; the draft's section 4.4) and does nothing else. */
export async function createAuthorizationServer(options: AuthorizationServerOptions): Promise<AuthorizationServer> {
  const key = await newEs256Key();
  const quirks = { ...NO_QUIRKS, ...options.quirks };
  const baseUrl = options.baseUrl ?? options.issuer;
  let generation = 0;
  const newTokenId = () => `${generation}.${randomUUID()}`;
  const redeem = createRedemption(options, { quirks, tokenEndpoint: `${baseUrl}${AS_TOKEN_PATH}`, key, newTokenId });
  const metadata = metadataOf(options, quirks, baseUrl);
  return {
    handler: async (request, response) => {
      const path = pathOf(request);
      if (path === AS_METADATA_PATH) return sendJson(response, 200, metadata);
      if (path === AS_JWKS_PATH) return sendJson(response, 200, { keys: [key.publicJwk] });
      if (path === AS_TOKEN_PATH && request.method === 'POST') return redeem(request, response);
      return sendJson(response, 404, { error: 'not_found' });
    },
    revokeAccessTokens: () => {
      generation += 1;
    },
    isRevoked: (tokenId) => Number.parseInt(tokenId, 10) < generation,
  };
}

function metadataOf(options: AuthorizationServerOptions, { metadataIssuer }: AsQuirks, baseUrl: string) {
  const { issuer, allScopes, dpop = WITHOUT_DPOP } = options;
  return {
    issuer: metadataIssuer === 'exact' ? issuer : withOtherSlash(issuer),
    token_endpoint: `${baseUrl}${AS_TOKEN_PATH}`,
    jwks_uri: `${baseUrl}${AS_JWKS_PATH}`,
    response_types_supported: [],
    grant_types_supported: [JWT_BEARER],
    authorization_grant_profiles_supported: [ID_JAG_PROFILE],
    token_endpoint_auth_methods_supported: AUTHENTICATION_METHODS,
    token_endpoint_auth_signing_alg_values_supported: ['ES256'],
    scopes_supported: allScopes,
    ...dpopMetadata(dpop),
  };
}
