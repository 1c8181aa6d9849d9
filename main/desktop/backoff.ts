const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * How long to wait after `failures` in a row (1 for the first): doubling from half a second to half a minute, the
 * upper half of it random, so that everybody's laptop does not come back in step after a shared fault.
 *
 * @param random from 0 up to 1
 */
export function backoffMs(failures: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
  return Math.round(full / 2 + (full / 2) * random);
}
