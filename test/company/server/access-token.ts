import type { IncomingMessage } from 'node:http';
import type { AuthInfo } from '@modelcontextprotocol/server';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';
import { type Clock, epochSeconds } from '../clock.ts';
import type { DpopParty } from '../dpop/party.ts';
import { headerOf } from '../http.ts';
import type { OAuthRefusal } from '../protocol.ts';
import { insufficientSignIn, meets, type SignInDemand } from '../sign-in-demand.ts';
import type { TokenScheme } from './challenge.ts';

/** Whether a request may go on: the caller, or why not; neither when no token came. */
export type TokenVerdict = { readonly auth: AuthInfo } | { readonly refusal: OAuthRefusal | undefined };

/** Judges the access token of a request to a protected server (RFC 6750, RFC 9449 section 7). */
export type TokenJudge = (request: IncomingMessage) => Promise<TokenVerdict>;

/** What a protected server must know to judge access tokens. */
export interface TokenOptions {
  readonly clock: Clock;
  /** Issuer of the server's own authorization server, whose keys are read over HTTP. */
  readonly issuer: string;
  readonly jwksUri: string;
  /** The resource identifier that tokens must be restricted to (RFC 8707). */
  readonly resource: string;
  readonly resourceMetadataUrl: string;
  readonly isRevoked: (tokenId: string) => boolean;
  readonly dpop: DpopParty;
  /** Name of the server, for sentences. */
  readonly title: string;
  /** What the sign-in behind a token must be at this moment (RFC 9470). */
  readonly signInDemand: () => SignInDemand;
}

const AccessTokenClaims = z.object({
  sub: z.string(),
  client_id: z.string(),
  scope: z.string(),
  email: z.string(),
  jti: z.string(),
  exp: z.number(),
  auth_time: z.number().optional(),
  acr: z.string().optional(),
  cnf: z.object({ jkt: z.string() }).optional(),
});

type AccessTokenClaims = z.infer<typeof AccessTokenClaims>;

/** The scheme and token of an `Authorization` header. */
export function readToken(authorization: string | undefined): { scheme: TokenScheme; token: string } | undefined {
  const [, scheme, token] = /^(Bearer|DPoP) +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (!scheme || !token) return undefined;
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token };
}

/** A judge of JWT access tokens (RFC 9068) of one authorization server for one resource. */
export function createTokenJudge(options: TokenOptions): TokenJudge {
  const { issuer, resource: audience, clock, dpop } = options;
  const keys = createRemoteJWKSet(new URL(options.jwksUri), { cacheMaxAge: Number.POSITIVE_INFINITY });
  const read = async (token: string) => {
    const currentDate = new Date(clock());
    const { payload } = await jwtVerify(token, keys, { issuer, audience, currentDate, typ: 'at+jwt' });
    return AccessTokenClaims.parse(payload);
  };
  return async (request) => {
    const shown = readToken(request.headers.authorization);
    if (!shown || (shown.scheme === 'DPoP' && !dpop.demand)) return { refusal: undefined };
    const claims = await read(shown.token).catch(() => undefined);
    if (!claims) return { refusal: invalidToken('The access token is expired, or not for this server') };
    if (options.isRevoked(claims.jti)) return { refusal: invalidToken('The access token was revoked') };
    const refusal = (await refusePossession(shown, claims, request, options)) ?? refuseSignIn(claims, options);
    return refusal ? { refusal } : { auth: authInfo(shown.token, claims, options) };
  };
}

/** A bound token comes with the DPoP scheme and a proof by its key; any other token comes as Bearer. */
async function refusePossession(
  { scheme, token }: { readonly scheme: TokenScheme; readonly token: string },
  { cnf }: AccessTokenClaims,
  request: IncomingMessage,
  { dpop, resource }: TokenOptions,
): Promise<OAuthRefusal | undefined> {
  if (scheme === 'Bearer' && cnf) return invalidToken('The access token is bound to a key');
  if (scheme === 'DPoP' && !cnf) return invalidToken('The access token is not bound to a key');
  if (scheme === 'Bearer') {
    return dpop.demand === 'required' ? invalidToken('Only tokens that are bound to a key are good here') : undefined;
  }
  const proof = headerOf(request, 'dpop');
  if (proof === undefined) return { error: 'invalid_dpop_proof', description: 'A DPoP proof is needed' };
  const verdict = await dpop.judge(proof, { method: request.method ?? '', url: resource, accessToken: token });
  if ('refusal' in verdict) return verdict.refusal;
  return verdict.jkt === cnf?.jkt ? undefined : invalidToken('The access token is bound to another key');
}

function refuseSignIn({ auth_time, acr }: AccessTokenClaims, options: TokenOptions): OAuthRefusal | undefined {
  const demand = options.signInDemand();
  const ageSeconds = auth_time === undefined ? Number.POSITIVE_INFINITY : epochSeconds(options.clock) - auth_time;
  return meets({ acr, ageSeconds }, demand) ? undefined : insufficientSignIn(demand, options.title);
}

function invalidToken(description: string): OAuthRefusal {
  return { error: 'invalid_token', description };
}

function authInfo(token: string, claims: AccessTokenClaims, options: TokenOptions): AuthInfo {
  return {
    token,
    clientId: claims.client_id,
    scopes: claims.scope.split(' ').filter(Boolean),
    expiresAt: claims.exp,
    resource: new URL(options.resource),
    resourceMetadataUrl: options.resourceMetadataUrl,
    extra: { subject: claims.sub, email: claims.email },
  };
}
