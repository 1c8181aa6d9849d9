import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRemoteJWKSet } from 'jose';
import { AUTHENTICATION_METHODS, type RegisteredClient } from '../authentication.ts';
import type { Clock } from '../clock.ts';
import type { Counter } from '../counts.ts';
import { type DpopParty, dpopMetadata, WITHOUT_DPOP } from '../dpop/party.ts';
import { type Handler, headerOf, pathOf, readForm, sendJson, setHeaders } from '../http.ts';
import { newEs256Key, type SigningKey } from '../keys.ts';
import type { Ledger } from '../ledger.ts';
import { ID_JAG_PROFILE, JWT_BEARER, type OAuthRefusal, splitScope } from '../protocol.ts';
import { issueAccessToken } from './access-token.ts';
import { type IdJag, judgeAssertion } from './assertion.ts';
import { readClaimed, refuseClient } from './client-authentication.ts';
import { createReplayGuard } from './replay.ts';

/** Path of the metadata (RFC 8414 section 3). */
export const AS_METADATA_PATH = '/.well-known/oauth-authorization-server';
/** Path of the token endpoint. */
export const AS_TOKEN_PATH = '/token';
/** Path of the JWK Set that access tokens are verified with. */
export const AS_JWKS_PATH = '/jwks';

/** What the authorization server of one MCP server is made of. */
export interface AuthorizationServerOptions {
  readonly issuer: string;
  readonly serverName: string;
  readonly allScopes: readonly string[];
  /** The one resource it issues tokens for. */
  readonly resource: string;
  /** The one client it knows. */
  readonly client: RegisteredClient;
  readonly idp: { readonly issuer: string; readonly jwksUri: string };
  readonly accessTokenSeconds: number;
  readonly omitExpiresIn: boolean;
  /** What it makes of DPoP proofs; nothing when absent. */
  readonly dpop?: DpopParty;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly counter: Counter;
}

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
  const revoked = new Set<string>();
  const live = new Set<string>();
  const redeem = createRedemption(options, key, (tokenId) => live.add(tokenId));
  const metadata = metadataOf(options);
  return {
    handler: async (request, response) => {
      const path = pathOf(request);
      if (path === AS_METADATA_PATH) return sendJson(response, 200, metadata);
      if (path === AS_JWKS_PATH) return sendJson(response, 200, { keys: [key.publicJwk] });
      if (path === AS_TOKEN_PATH && request.method === 'POST') return redeem(request, response);
      return sendJson(response, 404, { error: 'not_found' });
    },
    revokeAccessTokens: () => {
      for (const tokenId of live) revoked.add(tokenId);
      live.clear();
    },
    isRevoked: (tokenId) => revoked.has(tokenId),
  };
}

function metadataOf({ issuer, allScopes, dpop = WITHOUT_DPOP }: AuthorizationServerOptions) {
  return {
    issuer,
    token_endpoint: `${issuer}${AS_TOKEN_PATH}`,
    jwks_uri: `${issuer}${AS_JWKS_PATH}`,
    response_types_supported: [],
    grant_types_supported: [JWT_BEARER],
    authorization_grant_profiles_supported: [ID_JAG_PROFILE],
    token_endpoint_auth_methods_supported: AUTHENTICATION_METHODS,
    token_endpoint_auth_signing_alg_values_supported: ['ES256'],
    scopes_supported: allScopes,
    ...dpopMetadata(dpop),
  };
}

function createRedemption(options: AuthorizationServerOptions, key: SigningKey, issued: (tokenId: string) => void) {
  const { client, clock, counter, issuer, resource, ledger, dpop = WITHOUT_DPOP } = options;
  const replay = createReplayGuard(clock);
  const idpKeys = createRemoteJWKSet(new URL(options.idp.jwksUri), { cacheMaxAge: Number.POSITIVE_INFINITY });
  const audiences = [issuer, `${issuer}${AS_TOKEN_PATH}`];

  const judge = async (request: IncomingMessage, form: URLSearchParams) => {
    const claimed = readClaimed(request.headers.authorization, form);
    const refusal =
      (await refuseClient(claimed, { client, audiences, clock, replay })) ?? refuseRequest(form, resource);
    if (refusal) return { refusal };
    const { clientId } = client;
    const url = `${issuer}${AS_TOKEN_PATH}`;
    const proof = await dpop.judge(headerOf(request, 'dpop'), { method: request.method ?? '', url });
    if ('refusal' in proof) return proof;
    const judgedProof = dpop.demand && !dpop.isIgnoring() ? proof : undefined;
    const check = { idpIssuer: options.idp.issuer, idpKeys, issuer, clientId, resource, clock, replay };
    const verdict = await judgeAssertion(form.get('assertion') ?? '', { ...check, proof: judgedProof });
    return 'refusal' in verdict ? verdict : { ...verdict, jkt: proof.jkt };
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = await readForm(request);
    ledger.record(form.get('assertion') ?? undefined, form.get('client_assertion') ?? undefined);
    const verdict = await judge(request, form);
    setHeaders(response, dpop.headers());
    if ('refusal' in verdict) {
      counter.add('refusedRedemptions');
      return refuse(response, verdict.refusal, issuer);
    }
    const scope = grantedScope(verdict.idJag, form.get('scope') ?? undefined);
    const tokenId = randomUUID();
    issued(tokenId);
    const { idJag, jkt } = verdict;
    const lifetimeSeconds = options.accessTokenSeconds;
    const token = await issueAccessToken({ issuer, tokenId, idJag, scope, jkt, lifetimeSeconds, clock, key });
    ledger.record(token);
    counter.addAt(options.serverName, 'redemptions');
    const expiry = options.omitExpiresIn ? {} : { expires_in: options.accessTokenSeconds };
    sendJson(response, 200, {
      access_token: token,
      token_type: jkt === undefined ? 'Bearer' : 'DPoP',
      ...expiry,
      scope,
    });
  };
}

function refuseRequest(form: URLSearchParams, resource: string): OAuthRefusal | undefined {
  if (form.get('grant_type') !== JWT_BEARER) {
    return { error: 'unsupported_grant_type', description: `Only ${JWT_BEARER} is supported` };
  }
  if (!form.get('assertion')) return { error: 'invalid_request', description: 'The assertion is missing' };
  if ((form.get('resource') ?? resource) !== resource) {
    return { error: 'invalid_target', description: `Tokens are issued only for ${resource}` };
  }
  return undefined;
}

/** The ID-JAG's scope, narrowed to what was asked for when something was. */
function grantedScope(idJag: IdJag, requested: string | undefined): string {
  if (!requested) return idJag.scope;
  const wanted = splitScope(requested);
  return splitScope(idJag.scope)
    .filter((scope) => wanted.includes(scope))
    .join(' ');
}

function refuse(response: ServerResponse, refusal: OAuthRefusal, realm: string): void {
  setHeaders(response, refusal.headers);
  if (refusal.status === 401) response.setHeader('www-authenticate', `Basic realm="${realm}"`);
  const body = { error: refusal.error, error_description: refusal.description, ...refusal.members };
  sendJson(response, refusal.status ?? 400, body);
}
