import { hash, randomBytes } from 'node:crypto';
import type { JsonValue } from './edit/entry-place.ts';

const PREFIX = 'lk_';

/** Random bytes of a local key. */
const KEY_BYTES = 32;

/** A new local key. The prefix lets secret scanners, and our own log, recognise one that got out. */
export function makeLocalKey(): string {
  return `${PREFIX}${randomBytes(KEY_BYTES).toString('base64url')}`;
}

/**
 * What is kept of a local key. A plain hash suffices: the key has 256 random bits, so there is nothing to guess;
 * and looking keys up by their hash tells nothing by its timing.
 */
export function hashLocalKey(localKey: string): string {
  return hash('sha256', localKey, 'base64url');
}

/**
 * The local key of this hash among the texts of some values, at any depth; `undefined` where it is not there. Only the
 * client's own file has the key itself.
 */
export function findLocalKey(values: readonly JsonValue[], keyHash: string): string | undefined {
  for (const value of values) {
    const found =
      typeof value === 'string'
        ? value.startsWith(PREFIX) && hashLocalKey(value) === keyHash
          ? value
          : undefined
        : typeof value === 'object' && value !== null
          ? findLocalKey(Object.values(value), keyHash)
          : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
