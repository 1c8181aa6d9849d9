import { randomBytes } from 'node:crypto';
import { newEs256Key, type SigningJwk } from './keys.ts';

/** Client authentication methods of the company (RFC 6749 section 2.3, OpenID Connect Core section 9). */
export type AuthenticationMethod = 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';

/** All of them, in the order in which metadata lists them. */
export const AUTHENTICATION_METHODS: readonly AuthenticationMethod[] = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
];

/** What a client needs to authenticate, in the words of Lanyard's policy. */
export type ClientAuthentication =
  | { readonly method: 'none' }
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly clientSecret: string }
  | { readonly method: 'private_key_jwt'; readonly privateKey: SigningJwk };

/** A client as registered: its identifier and both halves of its credential. */
export interface RegisteredClient {
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  /** The key that the client's assertions are checked with; only for `private_key_jwt`. */
  readonly publicJwk?: SigningJwk;
}

const SECRET_BYTES = 24;
// Each of these is changed by form-urlencoding, which RFC 6749 section 2.3.1 asks for inside Basic.
const AWKWARD_CHARACTERS = ' +:%&=/?';

/** Registers a client with a new credential for the method. */
export async function registerClient(clientId: string, method: AuthenticationMethod): Promise<RegisteredClient> {
  switch (method) {
    case 'none':
      return { clientId, authentication: { method } };
    case 'client_secret_basic':
    case 'client_secret_post':
      return { clientId, authentication: { method, clientSecret: newSecret() } };
    case 'private_key_jwt': {
      const { privateJwk, publicJwk } = await newEs256Key();
      return { clientId, authentication: { method, privateKey: privateJwk }, publicJwk };
    }
  }
}

/** The secret part of a credential, if it has one: the client secret, or the private key's `d`. */
export function secretOf(authentication: ClientAuthentication): string | undefined {
  switch (authentication.method) {
    case 'none':
      return undefined;
    case 'private_key_jwt':
      return authentication.privateKey.d;
    default:
      return authentication.clientSecret;
  }
}

function newSecret(): string {
  return `${randomBytes(SECRET_BYTES).toString('base64url')}${AWKWARD_CHARACTERS}end`;
}
