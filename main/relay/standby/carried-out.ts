import type { LanyardError } from '../../../shared/errors.ts';
import { wasNeverSent } from '../../egress/faults.ts';

/** Faults of an answer, or of a connection that already carried the request. */
const AFTER_SENDING: ReadonlySet<string> = new Set(['answer-too-large', 'answer-encoded', 'call-ended', 'internal']);

/** What a connection dies of before or after sending; the chain of causes tells which. */
const EITHER: ReadonlySet<string> = new Set(['network-connection', 'network-timeout']);

/**
 * Whether the server may have acted on a request that ended with this error. Where that is not known, it may have: a
 * model that repeats a payment does more harm than one that looks first.
 */
export function mayHaveActed(error: LanyardError): boolean {
  if (AFTER_SENDING.has(error.code)) return true;
  // Without a cause it is what a keeper remembers of a mint, which comes before sending.
  return EITHER.has(error.code) && error.cause !== undefined && !wasNeverSent(error);
}
