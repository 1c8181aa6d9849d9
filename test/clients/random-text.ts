import { randomBytes } from 'node:crypto';

/** Enough that no other run, and no cached answer, holds the same text; in bytes. */
const RANDOM_BYTES = 12;

/** A text that nobody has seen before. Begins with a letter, since the Inspector reads plain digits as a number. */
export function randomText(): string {
  return `text-${randomBytes(RANDOM_BYTES).toString('hex')}`;
}
