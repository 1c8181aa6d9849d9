import { createReplayGuard } from '../authorization-server/replay.ts';
import type { Clock } from '../clock.ts';
import type { OAuthRefusal } from '../protocol.ts';
import { createDpopNonces } from './nonces.ts';
import { DPOP_SIGNING_ALGS, judgeProof, type ProvedRequest } from './proof.ts';

/** Whether proofs of possession are demanded or only understood (RFC 9449). */
export type DpopDemand = 'required' | 'supported';

/** One who receives proofs: the IdP, an authorization server, or a protected server. */
export interface DpopParty {
  /** None at a party that knows nothing of DPoP. */
  readonly demand: DpopDemand | undefined;
  /** Whether it speaks of DPoP in its metadata and yet does nothing about it. */
  isIgnoring(): boolean;
  /** The thumbprint that a request's `DPoP` header proves; none when there is nothing to judge; or why not. */
  judge(
    proof: string | undefined,
    request: ProvedRequest,
  ): Promise<{ readonly jkt: string | undefined } | { readonly refusal: OAuthRefusal }>;
  /** Headers for every answer to a proof: the nonce for the next one, where nonces are demanded. */
  headers(): Readonly<Record<string, string>>;
  rotateNonce(): void;
}

/** What a party is made of. */
export interface DpopPartyOptions {
  readonly demand: DpopDemand | undefined;
  readonly needsNonce: boolean;
  readonly isIgnoring: () => boolean;
  readonly clock: Clock;
}

/** Members for the metadata of a party that understands proofs (RFC 9449 section 5.1; RFC 9728 section 2). */
export function dpopMetadata({ demand }: Pick<DpopParty, 'demand'>): Readonly<Record<string, unknown>> {
  return demand ? { dpop_signing_alg_values_supported: DPOP_SIGNING_ALGS } : {};
}

/** A party with nonces and a memory of proofs of its own. */
export function createDpopParty({ demand, needsNonce, isIgnoring, clock }: DpopPartyOptions): DpopParty {
  const replay = createReplayGuard(clock);
  const nonces = needsNonce ? createDpopNonces(clock) : undefined;
  return {
    demand,
    isIgnoring,
    judge: async (proof, request) => {
      if (!demand || isIgnoring()) return { jkt: undefined };
      if (proof !== undefined) return judgeProof(proof, request, { clock, replay, nonces });
      if (demand === 'supported') return { jkt: undefined };
      return { refusal: { error: 'invalid_dpop_proof', description: 'A DPoP proof is needed' } };
    },
    headers: () => (nonces && demand ? { 'dpop-nonce': nonces.current() } : {}),
    rotateNonce: () => nonces?.rotate(),
  };
}

/** A party that knows nothing of DPoP. */
export const WITHOUT_DPOP: DpopParty = {
  demand: undefined,
  isIgnoring: () => false,
  judge: async () => ({ jkt: undefined }),
  headers: () => ({}),
  rotateNonce: () => undefined,
};
