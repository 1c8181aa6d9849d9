/** Differences up to here count as none, in ms: a Date has whole seconds, and servers tolerate about this much. */
const NO_SKEW_MS = 30_000;

/** A clock that is further off is not believed, in ms: the certificates of no server would be valid by it. */
const LARGEST_SKEW_MS = 24 * 60 * 60 * 1000;

/** A Date names the second that had begun, so on average it is half a second late. Milliseconds. */
const HALF_SECOND_MS = 500;

/**
 * How far the other side's clock is ahead of ours, in ms and rounded to seconds (negative: it is behind); 0 for what
 * does not matter, `undefined` where the Date (RFC 9110 section 6.6.1) is absent or makes no sense.
 *
 * It is safe to go by what anybody says here: the skew is remembered for the party that said it and decides nothing
 * but the times in assertions that we sign for that party. A wrong Date only makes our own assertion unusable there.
 *
 * @param sentAt when the request went out, by our clock, in ms since the epoch.
 * @param receivedAt when the answer's headers were here, likewise.
 */
export function skewOf(dateHeader: string | null | undefined, sentAt: number, receivedAt: number): number | undefined {
  const date = dateHeader ? Date.parse(dateHeader) : Number.NaN;
  // Our own clock was set while we waited, so it measures nothing.
  if (Number.isNaN(date) || receivedAt < sentAt) return undefined;
  const ahead = Math.round((date + HALF_SECOND_MS - (sentAt + receivedAt) / 2) / 1000) * 1000;
  if (Math.abs(ahead) > LARGEST_SKEW_MS) return undefined;
  return Math.abs(ahead) < NO_SKEW_MS ? 0 : ahead;
}

/** How far the clocks of other parties are ahead of ours, in ms, by origin. */
export interface Skews {
  /** `undefined` where nothing was heard yet. */
  get(origin: string): number | undefined;
  set(origin: string, aheadMs: number): void;
}

/** How many parties are remembered: far more than a policy names. The oldest is forgotten first. */
const MOST_ORIGINS = 1_000;

/** An empty {@link Skews}. */
export function createSkews(): Skews {
  const known = new Map<string, number>();
  return {
    get: (origin) => known.get(origin),
    set: (origin, aheadMs) => {
      known.set(origin, aheadMs);
      const [oldest] = known.keys();
      if (known.size > MOST_ORIGINS && oldest !== undefined) known.delete(oldest);
    },
  };
}
