import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, jwtVerify } from 'jose';
import { z } from 'zod';
import type { ReplayGuard } from '../authorization-server/replay.ts';
import type { Clock } from '../clock.ts';
import type { OAuthRefusal } from '../protocol.ts';
import type { DpopNonces } from './nonces.ts';

/** How far the time in a proof may be from the company's clock, before or after. */
export const PROOF_WINDOW_SECONDS = 300;

/** The signature algorithms of proofs, as metadata lists them (RFC 9449 section 5.1). */
export const DPOP_SIGNING_ALGS: readonly string[] = ['ES256', 'RS256', 'EdDSA'];

/** The request that a proof came with. */
export interface ProvedRequest {
  readonly method: string;
  /** Its address without query and fragment. */
  readonly url: string;
  /** The access token that came with it, at a protected server. */
  readonly accessToken?: string;
}

/** What a proof is checked by. */
export interface ProofCheck {
  readonly clock: Clock;
  readonly replay: ReplayGuard;
  /** Set where a nonce is demanded. */
  readonly nonces: DpopNonces | undefined;
}

/** The thumbprint of the key that was proved (RFC 7638), or why not. */
export type ProofVerdict = { readonly jkt: string } | { readonly refusal: OAuthRefusal };

const ProofClaims = z.object({
  jti: z.string().min(1),
  htm: z.string(),
  htu: z.url(),
  iat: z.number(),
  ath: z.string().optional(),
  nonce: z.string().optional(),
});

/** Judges the value of a `DPoP` header by the rules of RFC 9449 section 4.3. */
export async function judgeProof(proof: string, request: ProvedRequest, check: ProofCheck): Promise<ProofVerdict> {
  const { clock, replay, nonces } = check;
  const read = await readProof(proof, clock);
  if (!read) return refused('The proof is no JWT that its own public key has signed');
  const { claims, jkt } = read;
  if (claims.htm !== request.method) return refused('The proof is for another method');
  if (new URL(claims.htu).href !== request.url) return refused('The proof is for another address');
  if (Math.abs(clock() / 1000 - claims.iat) > PROOF_WINDOW_SECONDS) {
    return refused('The proof is too old, or from the future');
  }
  if (request.accessToken !== undefined && claims.ath !== hashOf(request.accessToken)) {
    return refused('The proof is for another access token');
  }
  if (nonces && claims.nonce !== nonces.current()) return nonceWanted(nonces);
  const isNew = replay.firstUse(`DPoP proof ${jkt} ${claims.jti}`, claims.iat + PROOF_WINDOW_SECONDS);
  return isNew ? { jkt } : refused('The proof was used before');
}

async function readProof(proof: string, clock: Clock) {
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: [...DPOP_SIGNING_ALGS],
      currentDate: new Date(clock()),
    });
    const jkt = await calculateJwkThumbprint(protectedHeader.jwk as JWK);
    return { claims: ProofClaims.parse(payload), jkt };
  } catch {
    return undefined;
  }
}

/** The `ath` of an access token (RFC 9449 section 4.2). */
function hashOf(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest('base64url');
}

function nonceWanted(nonces: DpopNonces): ProofVerdict {
  const headers = { 'dpop-nonce': nonces.current() };
  return { refusal: { error: 'use_dpop_nonce', description: 'The proof must carry the current nonce', headers } };
}

function refused(description: string): ProofVerdict {
  return { refusal: { error: 'invalid_dpop_proof', description } };
}
