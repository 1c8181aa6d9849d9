import { importJWK, type JWK } from 'jose';
import {
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type CryptoKey,
  None,
  PrivateKeyJwt,
} from 'openid-client';
import type { ClientAuthentication } from '../../shared/authentication.ts';
import { LanyardError } from '../../shared/errors.ts';

/**
 * The client authentication that policy asks for, in the form that openid-client and oauth4webapi share
 * (RFC 6749 section 2.3.1, RFC 7523 section 2.2).
 *
 * @throws {LanyardError} `client-key-invalid` when the private key is not a usable one.
 */
export async function clientAuthentication(authentication: ClientAuthentication): Promise<ClientAuth> {
  switch (authentication.method) {
    case 'none':
      return None();
    case 'client_secret_basic':
      return ClientSecretBasic(authentication.clientSecret);
    case 'client_secret_post':
      return ClientSecretPost(authentication.clientSecret);
    case 'private_key_jwt': {
      const { privateKey } = authentication;
      try {
        const key = (await importJWK(privateKey as JWK, privateKey.alg)) as CryptoKey;
        return PrivateKeyJwt(privateKey.kid === undefined ? key : { key, kid: privateKey.kid });
      } catch (cause) {
        throw new LanyardError({
          code: 'client-key-invalid',
          user: 'The company policy on this computer has a mistake in it. Tell your administrator.',
          administrator: `The policy's private key (kid ${privateKey.kid ?? 'none'}) is not a usable ${privateKey.alg} key.`,
          recovery: { kind: 'blocked', reason: 'misconfigured' },
          cause,
        });
      }
    }
  }
}
