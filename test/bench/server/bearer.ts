import { createRemoteJWKSet, jwtVerify } from 'jose';

/** Decides whether a server takes this `Authorization` header. */
export type BearerCheck = (authorization: string | undefined) => boolean | Promise<boolean>;

/** Whose tokens are taken. */
export interface BearerRules {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly resource: string;
  /** For callers without a grant: direct ones and peers. */
  readonly fixedToken: string;
}

const MS_PER_SECOND = 1000;

/**
 * Verifies a JWT access token (RFC 9068) when it comes for the first time and remembers it until it expires, so that
 * the check is real and costs next to nothing per call.
 */
export function createBearerCheck({ issuer, jwksUri, resource, fixedToken }: BearerRules): BearerCheck {
  const keys = createRemoteJWKSet(new URL(jwksUri));
  const known = new Map([[`Bearer ${fixedToken}`, Number.POSITIVE_INFINITY]]);
  return (authorization = '') => {
    const until = known.get(authorization);
    if (until !== undefined) return until > Date.now();
    return jwtVerify(authorization.replace(/^Bearer /, ''), keys, { issuer, audience: resource, typ: 'at+jwt' }).then(
      ({ payload }) => {
        known.set(authorization, (payload.exp ?? 0) * MS_PER_SECOND);
        return true;
      },
      () => false,
    );
  };
}
