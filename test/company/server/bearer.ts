import type { AuthInfo } from '@modelcontextprotocol/server';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.ts';

/** Whether a request may go on: the caller, or the sentence for `error_description`; neither when no token came. */
export type BearerVerdict = { readonly auth: AuthInfo } | { readonly refusal: string | undefined };

/** Judges the `Authorization` header of a request to a protected server (RFC 6750). */
export type BearerJudge = (authorization: string | undefined) => Promise<BearerVerdict>;

/** What a protected server must know to judge access tokens. */
export interface BearerOptions {
  readonly clock: Clock;
  /** Issuer of the server's own authorization server, whose keys are read over HTTP. */
  readonly issuer: string;
  readonly jwksUri: string;
  /** The resource identifier that tokens must be restricted to (RFC 8707). */
  readonly resource: string;
  readonly resourceMetadataUrl: string;
  readonly isRevoked: (tokenId: string) => boolean;
}

const AccessTokenClaims = z.object({
  sub: z.string(),
  client_id: z.string(),
  scope: z.string(),
  email: z.string(),
  jti: z.string(),
  exp: z.number(),
});

/** A judge of JWT access tokens (RFC 9068) of one authorization server for one resource. */
export function createBearerJudge(options: BearerOptions): BearerJudge {
  const keys = createRemoteJWKSet(new URL(options.jwksUri), { cacheMaxAge: Number.POSITIVE_INFINITY });
  return async (authorization) => {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (!token) return { refusal: undefined };
    const { issuer, resource: audience } = options;
    const currentDate = new Date(options.clock());
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience, currentDate, typ: 'at+jwt' });
      const claims = AccessTokenClaims.parse(payload);
      if (options.isRevoked(claims.jti)) return { refusal: 'The access token was revoked' };
      return { auth: authInfo(token, claims, options) };
    } catch {
      return { refusal: 'The access token is expired, or not for this server' };
    }
  };
}

function authInfo(token: string, claims: z.infer<typeof AccessTokenClaims>, options: BearerOptions): AuthInfo {
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
