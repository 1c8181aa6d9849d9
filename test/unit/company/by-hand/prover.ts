import { createHash, randomUUID } from 'node:crypto';
import { importJWK, type JWK, SignJWT } from 'jose';
import { newEs256Key } from '../../../company/keys.ts';

/** One who holds a key and proves it (RFC 9449 section 4). */
export interface Prover {
  /** Thumbprint of the key (RFC 7638). */
  readonly jkt: string;
  /** A `DPoP` header for one request; `changes` replace claims, and undefined ones are left out. */
  prove(
    method: string,
    url: string,
    changes?: Record<string, unknown>,
    typ?: string,
  ): Promise<{ readonly dpop: string }>;
}

/** A prover with a new key; its time can be moved. */
export async function newProver(now: () => number = Date.now): Promise<Prover> {
  const { privateJwk } = await newEs256Key();
  const { kty, crv, x, y } = privateJwk;
  const jwk = { kty, crv, x, y } as JWK;
  const key = await importJWK(privateJwk, privateJwk.alg);
  return {
    jkt: privateJwk.kid,
    prove: async (method, url, changes = {}, typ = 'dpop+jwt') => {
      const claims = { htm: method, htu: url, jti: randomUUID(), iat: Math.floor(now() / 1000), ...changes };
      const proof = await new SignJWT(JSON.parse(JSON.stringify(claims)))
        .setProtectedHeader({ typ, alg: 'ES256', jwk })
        .sign(key);
      return { dpop: proof };
    },
  };
}

/** The `ath` of an access token. */
export function athOf(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest('base64url');
}
