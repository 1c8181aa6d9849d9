import type { AuthInfo } from '@modelcontextprotocol/server';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';
import { type Clock, epochSeconds } from '../clock.ts';
import type { OAuthRefusal } from '../protocol.ts';
import { insufficientSignIn, meets, type SignInDemand } from '../sign-in-demand.ts';

/** Whether a request may go on: the caller, or why not; neither when no token came. */
export type TokenVerdict = { readonly auth: AuthInfo } | { readonly refusal: OAuthRefusal | undefined };

/** Judges the `Authorization` header of a request to a protected server (RFC 6750). */
export type TokenJudge = (authorization: string | undefined) => Promise<TokenVerdict>;

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
});

type AccessTokenClaims = z.infer<typeof AccessTokenClaims>;

/** A judge of JWT access tokens (RFC 9068) of one authorization server for one resource. */
export function createTokenJudge(options: TokenOptions): TokenJudge {
  const keys = createRemoteJWKSet(new URL(options.jwksUri), { cacheMaxAge: Number.POSITIVE_INFINITY });
  return async (authorization) => {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (!token) return { refusal: undefined };
    const { issuer, resource: audience } = options;
    const currentDate = new Date(options.clock());
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience, currentDate, typ: 'at+jwt' });
      const claims = AccessTokenClaims.parse(payload);
      if (options.isRevoked(claims.jti)) return invalidToken('The access token was revoked');
      const refusal = refuseSignIn(claims, options);
      return refusal ? { refusal } : { auth: authInfo(token, claims, options) };
    } catch {
      return invalidToken('The access token is expired, or not for this server');
    }
  };
}

function refuseSignIn({ auth_time, acr }: AccessTokenClaims, options: TokenOptions): OAuthRefusal | undefined {
  const demand = options.signInDemand();
  const ageSeconds = auth_time === undefined ? Number.POSITIVE_INFINITY : epochSeconds(options.clock) - auth_time;
  return meets({ acr, ageSeconds }, demand) ? undefined : insufficientSignIn(demand, options.title);
}

function invalidToken(description: string): TokenVerdict {
  return { refusal: { error: 'invalid_token', description } };
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
