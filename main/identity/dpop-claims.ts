import { createHash } from 'node:crypto';
import { z } from 'zod';

/** What a proof is for. */
export interface ProofRequest {
  readonly method: string;
  /** Where the request goes; query and fragment are left out of the proof. */
  readonly url: string;
  /** The access token that goes along; absent at token endpoints. */
  readonly accessToken?: string | undefined;
  /** The other side's; absent: the last one it gave us. */
  readonly nonce?: string | undefined;
}

/** The claims of a proof (RFC 9449 section 4.2). */
export interface ProofClaims {
  readonly jti: string;
  readonly htm: string;
  readonly htu: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly ath?: string;
  readonly nonce?: string;
}

/** Longest nonce that is taken, in characters: it goes into every proof, and proofs into headers. */
const LONGEST_NONCE = 1024;

/** RFC 9449 section 8.1: printable ASCII without space, quote and backslash. */
const NONCE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Longest JWT that is looked into, in characters. ID-JAGs have 1 to 2 KB. */
const LONGEST_JWT = 64 * 1024;

/** Header and payload, then the signature, which an unsigned JWT leaves empty (RFC 7515 section 7.1). */
const COMPACT_JWS = /^([\w-]+)\.([\w-]+)\.[\w-]*$/;

const objectSchema = z.looseObject({});
// Whoever reads `cnf` needs the thumbprint alone (RFC 9449 section 6.1); other ways to confirm are not ours.
const boundSchema = z.object({ cnf: z.object({ jkt: z.string().min(1).max(256) }) });

/** Whether a text may be a nonce (RFC 9449 section 8.1). It comes from outside and is sent back. */
export function isNonce(text: string): boolean {
  return text.length <= LONGEST_NONCE && NONCE.test(text);
}

/** `htu`: an address without query and fragment (RFC 9449 section 4.2). */
export function proofTarget(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** `ath`: base64url of the token's SHA-256 (RFC 9449 section 4.2). */
function accessTokenHash(accessToken: string): string {
  return createHash('sha256').update(accessToken, 'ascii').digest('base64url');
}

/**
 * The claims of the proof for one request.
 *
 * @param at seconds since the epoch, as the other side counts them.
 * @param id new for each proof: a proof whose `jti` was seen before is refused.
 */
export function proofClaims({ method, url, accessToken, nonce }: ProofRequest, at: number, id: string): ProofClaims {
  return {
    jti: id,
    htm: method,
    htu: proofTarget(url),
    iat: at,
    ...(accessToken !== undefined && { ath: accessTokenHash(accessToken) }),
    ...(nonce !== undefined && { nonce }),
  };
}

function readPart(part: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    return objectSchema.parse(JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8')));
  } catch {
    return undefined;
  }
}

function readClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  if (token.length > LONGEST_JWT) return undefined;
  const [, header, payload] = COMPACT_JWS.exec(token) ?? [];
  return readPart(header) && readPart(payload);
}

/** Whether a token is a JWT whose claims we can read. What is encrypted, opaque or too long is not. Never throws. */
export function isJwt(token: string): boolean {
  return readClaims(token) !== undefined;
}

/**
 * The thumbprint of the key that a JWT is bound to, `cnf.jkt` (RFC 9449 section 6.1); `undefined` where it names none
 * or cannot be read. The signature is not checked: that is for the one the JWT is made for. Never throws.
 */
export function confirmationOf(jwt: string): string | undefined {
  const result = boundSchema.safeParse(readClaims(jwt));
  return result.success ? result.data.cnf.jkt : undefined;
}
