import { hash, randomBytes } from 'node:crypto';

/** Random bytes of a local key. */
const KEY_BYTES = 32;

/** A new local key. The prefix lets secret scanners, and our own log, recognise one that got out. */
export function makeLocalKey(): string {
  return `lk_${randomBytes(KEY_BYTES).toString('base64url')}`;
}

/**
 * What is kept of a local key. A plain hash suffices: the key has 256 random bits, so there is nothing to guess;
 * and looking keys up by their hash tells nothing by its timing.
 */
export function hashLocalKey(localKey: string): string {
  return hash('sha256', localKey, 'base64url');
}
