import { importJWK, type JWK } from 'jose';
import {
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type CryptoKey,
  clockSkew,
  modifyAssertion,
  None,
  PrivateKeyJwt,
} from 'openid-client';
import type { ClientAuthentication } from '../../shared/authentication.ts';
import { LanyardError } from '../../shared/errors.ts';
import type { Quirks } from '../../shared/quirks.ts';
import { SKEW_DOUBT_MS } from '../egress/skew.ts';
import { STANDARD_QUIRKS } from './quirk-profiles.ts';

/** How far the clock of an origin is ahead of ours, in ms; `undefined` where that is not known. */
export type SkewOf = (origin: string) => number | undefined;

/** What the clock of an origin shows, in ms since the epoch, as far as is known. */
export type TimeAt = (origin: string) => number;

type ServerMetadata = Parameters<ClientAuth>[0];
type PrivateKey = Extract<ClientAuthentication, { method: 'private_key_jwt' }>['privateKey'];

/** Two names of one algorithm: that of RFC 8037, which most servers know, and that of RFC 9864. */
const ED25519_NAMES: readonly string[] = ['EdDSA', 'Ed25519'];

/**
 * What the header of an assertion calls its algorithm: as policy calls it, unless the server lists only the other name
 * of the same one.
 *
 * @param listed the server's `token_endpoint_auth_signing_alg_values_supported`, which nobody has validated.
 */
function headerAlgorithm(alg: string, listed: unknown): string {
  if (!ED25519_NAMES.includes(alg) || !Array.isArray(listed) || listed.includes(alg)) return alg;
  return ED25519_NAMES.find((name) => listed.includes(name)) ?? alg;
}

/** Where a server's tokens come from, and so whose clock its assertions go by; `undefined` where metadata is nonsense. */
export function tokenOrigin({ token_endpoint }: Pick<ServerMetadata, 'token_endpoint'>): string | undefined {
  return token_endpoint !== undefined && URL.canParse(token_endpoint) ? new URL(token_endpoint).origin : undefined;
}

/**
 * What the library, which reads the machine's clock, has to add to it: an assertion is issued a little before it is sent,
 * by the clock of who reads it. It ends 60 s after that, as the library has it: some servers take no more from `iat` to
 * `exp`.
 */
function addedSeconds(server: ServerMetadata, timeAt: TimeAt): number {
  const theirs = timeAt(tokenOrigin(server) ?? server.issuer);
  return Math.floor((theirs - SKEW_DOUBT_MS) / 1000) - Math.floor(Date.now() / 1000);
}

/** Basic with the credentials as they are: what RFC 7617 says and RFC 6749 section 2.3.1 does not. */
function plainBasic(clientSecret: string): ClientAuth {
  return (_server, { client_id }, _body, headers) =>
    headers.set('authorization', `Basic ${Buffer.from(`${client_id}:${clientSecret}`, 'utf8').toString('base64')}`);
}

async function privateKeyJwt(
  privateKey: PrivateKey,
  { assertionAudience }: Quirks,
  timeAt: TimeAt,
): Promise<ClientAuth> {
  const { alg, kid } = privateKey;
  const key = (await importJWK(privateKey as JWK, alg)) as CryptoKey;
  const signer = (server: ServerMetadata) =>
    PrivateKeyJwt(kid === undefined ? key : { key, kid }, {
      [modifyAssertion]: (header, payload) => {
        header.alg = headerAlgorithm(alg, server.token_endpoint_auth_signing_alg_values_supported);
        if (assertionAudience === 'token-endpoint' && server.token_endpoint !== undefined)
          payload.aud = server.token_endpoint;
      },
    });
  signer({ issuer: '' });
  return (server, client, body, headers) =>
    signer(server)(server, { ...client, [clockSkew]: addedSeconds(server, timeAt) }, body, headers);
}

/**
 * The client authentication that policy asks for, in the form that openid-client and oauth4webapi share
 * (RFC 6749 section 2.3.1, RFC 7523 section 2.2).
 *
 * @param quirks of the party that it is for.
 * @param timeAt that party's clock: an assertion is issued and expires by the clock of who reads it.
 * @throws {LanyardError} `client-key-invalid` when the private key is not a usable one.
 */
export async function clientAuthentication(
  authentication: ClientAuthentication,
  quirks: Quirks = STANDARD_QUIRKS,
  timeAt: TimeAt = Date.now,
): Promise<ClientAuth> {
  switch (authentication.method) {
    case 'none':
      return None();
    case 'client_secret_basic':
      return quirks.basicEncoding === 'plain'
        ? plainBasic(authentication.clientSecret)
        : ClientSecretBasic(authentication.clientSecret);
    case 'client_secret_post':
      return ClientSecretPost(authentication.clientSecret);
    case 'private_key_jwt': {
      const { privateKey } = authentication;
      try {
        return await privateKeyJwt(privateKey, quirks, timeAt);
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
