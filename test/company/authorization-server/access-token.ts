import { importJWK, SignJWT } from 'jose';
import { type Clock, epochSeconds } from '../clock.ts';
import type { SigningKey } from '../keys.ts';
import type { IdJag } from './assertion.ts';

/** What an access token is issued from. */
export interface AccessTokenParts {
  readonly issuer: string;
  readonly tokenId: string;
  readonly idJag: IdJag;
  readonly scope: string;
  /** The key that the token is bound to (RFC 9449 section 6). */
  readonly jkt: string | undefined;
  readonly lifetimeSeconds: number;
  readonly clock: Clock;
  readonly key: SigningKey;
}

/**
 * A JWT access token (RFC 9068), restricted to the ID-JAG's resource as EMA section 5.1 demands. It says how the
 * person signed in (RFC 9068 section 2.2.1), so that the server can ask for more.
 */
export async function issueAccessToken(parts: AccessTokenParts): Promise<string> {
  const { idJag, scope, jkt, key, clock } = parts;
  const { client_id, email, auth_time, acr, amr } = idJag;
  const cnf = jkt === undefined ? undefined : { jkt };
  // Members that are undefined are no JSON, and the type of a payload refuses them.
  const claims = JSON.parse(JSON.stringify({ client_id, scope, email, auth_time, acr, amr, cnf }));
  const { privateJwk } = key;
  const now = epochSeconds(clock);
  return new SignJWT(claims)
    .setProtectedHeader({ typ: 'at+jwt', alg: privateJwk.alg, kid: privateJwk.kid })
    .setIssuer(parts.issuer)
    .setSubject(idJag.sub)
    .setAudience(idJag.resource)
    .setJti(parts.tokenId)
    .setIssuedAt(now)
    .setExpirationTime(now + parts.lifetimeSeconds)
    .sign(await importJWK(privateJwk, privateJwk.alg));
}
