import { z } from 'zod';

/** JWS algorithms offered for `private_key_jwt`: those of RFC 7518 that current providers accept. */
const SIGNING_ALGORITHMS = ['ES256', 'ES384', 'ES512', 'PS256', 'RS256', 'EdDSA', 'Ed25519'] as const;

const secret = z
  .string({ error: 'a string' })
  .min(1, 'a secret that is not empty')
  .max(4096, 'at most 4096 characters');

const privateKey = z.looseObject(
  {
    kty: z.string({ error: 'a JWK key type such as "EC"' }),
    kid: z.string({ error: 'the key id that the authorization server knows' }).min(1).optional(),
    alg: z.enum(SIGNING_ALGORITHMS, { error: `one of ${SIGNING_ALGORITHMS.join(', ')}` }),
    d: z.string({ error: 'a private key: a JWK with "d"' }),
  },
  { error: 'a private key as JWK (RFC 7517)' },
);

/**
 * How we authenticate as a client, at the IdP and at each AS
 * (RFC 6749 section 2.3, OpenID Connect Core section 9).
 */
export const clientAuthenticationSchema = z.discriminatedUnion(
  'method',
  [
    z.strictObject({ method: z.literal('none') }),
    z.strictObject({ method: z.literal('client_secret_basic'), clientSecret: secret }),
    z.strictObject({ method: z.literal('client_secret_post'), clientSecret: secret }),
    z.strictObject({ method: z.literal('private_key_jwt'), privateKey }),
  ],
  { error: 'an object with "method": "none", "client_secret_basic", "client_secret_post" or "private_key_jwt"' },
);

/** See {@link clientAuthenticationSchema}. */
export type ClientAuthentication = z.infer<typeof clientAuthenticationSchema>;

/** Whether this method would hand a shared secret to whoever answers at the token endpoint. */
export function sendsSecret(authentication: ClientAuthentication): boolean {
  return authentication.method === 'client_secret_basic' || authentication.method === 'client_secret_post';
}
