/** Milliseconds since the epoch, like `Date.now`; tests hand in their own. */
export type Clock = () => number;

const MILLISECONDS_PER_SECOND = 1000;

/** What the clock shows, as whole seconds since the epoch: a NumericDate (RFC 7519 section 2). */
export function epochSeconds(clock: Clock): number {
  return Math.floor(clock() / MILLISECONDS_PER_SECOND);
}

/**
 * How many whole seconds the clock is ahead of the machine's own. Rounded down, so that a time moved
 * by it never lies in the clock's future; the machine is read first for the same reason.
 */
export function secondsAhead(clock: Clock): number {
  const machine = Date.now();
  return Math.floor((clock() - machine) / MILLISECONDS_PER_SECOND);
}
