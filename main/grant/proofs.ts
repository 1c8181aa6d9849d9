import type { DPoPHandle } from 'oauth4webapi';
import { z } from 'zod';
import type { DpopUse } from '../../shared/quirks.ts';
import { isMisdated } from '../egress/skew.ts';
import type { Dpop } from '../identity/dpop.ts';

/** What decides whether a request to a token endpoint goes with a proof. */
export interface ProofUse {
  readonly dpop: Pick<Dpop, 'handle'>;
  /** Policy's word for this issuer. */
  readonly use: DpopUse;
  readonly issuer: string;
  /** With `auto`: somebody further on takes bound tokens alone. */
  readonly isDemanded: boolean;
  /** What an issuer wants is remembered for as long as this object lives. */
  readonly memory: object;
}

/** An answer of a token endpoint, and whether the request had a proof. */
export interface Proved {
  readonly response: Response;
  readonly isProved: boolean;
}

/** Issuers that asked for a proof, by whose memory it is. */
const wanting = new WeakMap<object, Set<string>>();

const errorSchema = z.object({ error: z.string() });

async function errorOf(response: Response): Promise<string | undefined> {
  if (response.status < 400 || response.status >= 500) return undefined;
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return errorSchema.safeParse(body).data?.error;
}

/**
 * Sends a request with proofs; again, once, where the endpoint wants its nonce in them (RFC 9449 section 8).
 *
 * @param send has to make everything in the request anew that is good only once, such as a client assertion.
 */
export async function sendWithNonce(send: () => Promise<Response>): Promise<Response> {
  const response = await send();
  const wantsNonce = response.headers.has('dpop-nonce') && (await errorOf(response)) === 'use_dpop_nonce';
  return wantsNonce ? send() : response;
}

/** What decides whether a refusal may come from the date of what was signed. */
export interface Dating {
  readonly origin: string;
  /** How far the clock of an origin is ahead of ours, in ms, by its answers. */
  readonly skewOf: (origin: string) => number | undefined;
  /** The errors that a wrong date would have. */
  readonly errors: ReadonlySet<string>;
  /** Origins that were sent to again for this, in one mint. */
  readonly corrected: Set<string>;
}

/**
 * Sends a request with a client assertion or a proof; again where it is refused in a way that a wrong date explains, and
 * the answer's own Date says that the date was wrong. Whose clock was set since we last heard from them would refuse us
 * until somebody looks at it. Once for each mint and origin: after that the time that we know is theirs.
 *
 * @param send has to sign anew.
 */
export async function sendRightlyDated(
  { origin, skewOf, errors, corrected }: Dating,
  send: () => Promise<Response>,
): Promise<Response> {
  const before = skewOf(origin);
  const response = await send();
  if (!errors.has((await errorOf(response)) ?? '') || corrected.has(origin)) return response;
  if (!isMisdated(before, skewOf(origin))) return response;
  corrected.add(origin);
  return send();
}

/**
 * Sends a request to a token endpoint, with a proof where policy requires it; by itself only where somebody asks for
 * it, the endpoint among them: then it is sent once more.
 */
export async function sendWithProof(
  { dpop, use, issuer, isDemanded, memory }: ProofUse,
  send: (handle: DPoPHandle | undefined) => Promise<Response>,
): Promise<Proved> {
  const prove = async () => ({ response: await send(await dpop.handle()), isProved: true });
  const known = wanting.get(memory) ?? new Set();
  if (use === 'required' || (use === 'auto' && (isDemanded || known.has(issuer)))) return prove();
  const response = await send(undefined);
  const error = use === 'auto' ? await errorOf(response) : undefined;
  if (error !== 'invalid_dpop_proof' && error !== 'use_dpop_nonce') return { response, isProved: false };
  wanting.set(memory, known.add(issuer));
  return prove();
}
