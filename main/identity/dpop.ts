import { randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import { type CryptoKey, DPoP, type DPoPHandle, modifyAssertion } from 'oauth4webapi';
import { SKEW_DOUBT_MS } from '../egress/skew.ts';
import type { DpopKey } from '../vault/contents.ts';
import type { Vault } from '../vault/vault.ts';
import type { SkewOf } from './client-authentication.ts';
import { isNonce, type ProofRequest, proofClaims } from './dpop-claims.ts';

/** The only algorithm, which everybody who knows DPoP knows (RFC 7518 section 3.4). */
const ALGORITHM = 'ES256';

/** Nonces are remembered for this many origins: as many as a policy has servers at most, and their AS. */
const MOST_NONCES = 400;

/** Proves that access is used by whom it was given to (RFC 9449): one key for the IdP, every AS and every server. */
export interface Dpop {
  /**
   * Adds proofs to requests to token endpoints, and remembers their nonces; for oauth4webapi's and openid-client's
   * `DPoP` option. Another one after the key has changed, so it is asked for anew each time.
   *
   * @throws {LanyardError} of the vault, where the key cannot be kept.
   */
  handle(): Promise<DPoPHandle>;
  /**
   * What tokens are bound to: the key's thumbprint (RFC 7638).
   *
   * @throws {LanyardError} of the vault, where the key cannot be kept.
   */
  thumbprint(): Promise<string>;
  /**
   * A new proof for one request to a server; good for that request alone.
   *
   * @throws {LanyardError} of the vault, where the key cannot be kept.
   */
  proof(request: ProofRequest): Promise<string>;
  /** Remembers the nonce that an answer from this address brought (RFC 9449 section 8.2). A malformed one is passed over. */
  learnNonce(url: string, nonce: string): void;
}

/** What proofs are made with. */
export interface DpopContext {
  readonly vault: Pick<Vault, 'contents' | 'update'>;
  readonly clock: () => number;
  /** How far the clock of who reads a proof is ahead of ours: one that is too old or too new by it is refused. */
  readonly skewOf?: SkewOf | undefined;
}

/** The key, imported. */
interface Keys {
  readonly privateKey: CryptoKey;
  /** The public members alone. */
  readonly jwk: { readonly crv: string; readonly kty: string; readonly x: string; readonly y: string };
  readonly thumbprint: string;
  readonly handle: DPoPHandle;
}

async function generateKey(): Promise<DpopKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const { x = '', y = '', d = '' } = await exportJWK(privateKey);
  return { kty: 'EC', crv: 'P-256', x, y, d };
}

async function importKeys({ kty, crv, x, y, d }: DpopKey, timeAt: (url: string) => number): Promise<Keys> {
  const jwk = { crv, kty, x, y };
  const [privateKey, publicKey, thumbprint] = await Promise.all([
    importJWK({ ...jwk, d }, ALGORITHM),
    importJWK(jwk, ALGORITHM, { extractable: true }),
    calculateJwkThumbprint(jwk),
  ]);
  const pair = { privateKey: privateKey as CryptoKey, publicKey: publicKey as CryptoKey };
  const handle = DPoP({}, pair, {
    [modifyAssertion]: (_header, payload) => {
      // The library reads the machine's clock.
      payload.iat = timeAt(String(payload.htu));
    },
  });
  return { privateKey: pair.privateKey, jwk, thumbprint, handle };
}

/** Nonces by origin; the one unused for longest goes first. */
function createNonces() {
  const nonces = new Map<string, string>();
  return {
    get: (url: string) => nonces.get(new URL(url).origin),
    learn: (url: string, nonce: string) => {
      if (!isNonce(nonce)) return;
      const { origin } = new URL(url);
      nonces.delete(origin);
      nonces.set(origin, nonce);
      const [oldest] = nonces.keys();
      if (nonces.size > MOST_NONCES && oldest !== undefined) nonces.delete(oldest);
    },
  };
}

/**
 * See {@link Dpop}. The key is made at first need and kept in the vault. Whoever erases it there, as with the session,
 * has the next need make another one.
 */
export function createDpop({ vault, clock, skewOf = () => undefined }: DpopContext): Dpop {
  const nonces = createNonces();
  // A little before it is sent, since some take nothing that was issued in the future.
  const timeAt = (url: string) => Math.floor((clock() + (skewOf(new URL(url).origin) ?? 0) - SKEW_DOUBT_MS) / 1000);
  let held: { readonly d: string; readonly keys: Promise<Keys> } | undefined;
  let making: Promise<DpopKey> | undefined;

  const make = async (): Promise<DpopKey> => {
    const made = await generateKey();
    // A vault that opened only now may have a key already.
    const keep = vault.update((contents) => (contents.dpopKey ? contents : { ...contents, dpopKey: made }));
    await keep.catch((error: unknown) => {
      // It is in memory then: good until the restart, as a token would be.
      if (!vault.contents.dpopKey) throw error;
    });
    return vault.contents.dpopKey ?? made;
  };
  const kept = (): Promise<DpopKey> => {
    making ??= make().finally(() => {
      making = undefined;
    });
    return making;
  };
  const keys = async (): Promise<Keys> => {
    const key = vault.contents.dpopKey ?? (await kept());
    if (held?.d !== key.d) held = { d: key.d, keys: importKeys(key, timeAt) };
    return held.keys;
  };

  return {
    handle: async () => (await keys()).handle,
    thumbprint: async () => (await keys()).thumbprint,
    proof: async (request) => {
      const { privateKey, jwk } = await keys();
      const nonce = request.nonce ?? nonces.get(request.url);
      return new SignJWT({ ...proofClaims({ ...request, nonce }, timeAt(request.url), randomUUID()) })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'dpop+jwt', jwk })
        .sign(privateKey);
    },
    learnNonce: nonces.learn,
  };
}
