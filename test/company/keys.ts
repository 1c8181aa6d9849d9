import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';

/** A private signing key as a JWK (RFC 7517) that names its own `kid` and `alg`. */
export type SigningJwk = JWK & { readonly kid: string; readonly alg: string };

/** Both halves of a signing key; `publicJwk` is safe to publish in a JWK Set. */
export interface SigningKey {
  readonly privateJwk: SigningJwk;
  readonly publicJwk: SigningJwk;
}

// The smallest RSA key that RFC 7518 section 3.3 allows for RS256; a bigger one only starts slower.
const RSA_MODULUS_BITS = 2048;

const generate = promisify(generateKeyPair);

/** A new P-256 key for ES256 (RFC 7518 section 3.4). */
export async function newEs256Key(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generate('ec', { namedCurve: 'P-256' });
  return asSigningKey(await exportJWK(privateKey), await exportJWK(publicKey), 'ES256');
}

/** A new RSA key for RS256, the one algorithm every OpenID Connect client knows. */
export async function newRs256Key(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generate('rsa', { modulusLength: RSA_MODULUS_BITS });
  return asSigningKey(await exportJWK(privateKey), await exportJWK(publicKey), 'RS256');
}

async function asSigningKey(privateJwk: JWK, publicJwk: JWK, alg: string): Promise<SigningKey> {
  const named = { kid: await calculateJwkThumbprint(publicJwk), alg, use: 'sig' };
  return { privateJwk: { ...privateJwk, ...named }, publicJwk: { ...publicJwk, ...named } };
}
