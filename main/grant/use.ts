/** A grant counts as in use for so long after a call, in ms; one that rests longer waits for the next call. */
export const IN_USE_MS = 30 * 60 * 1000;

/**
 * How long after a call a client's pings and listening streams are still worth a mint, in ms: over lunch and a meeting.
 * Some clients ping all night; if that went on costing mints, a month's would be gone in a week.
 */
export const UPKEEP_MS = 2 * 60 * 60 * 1000;

/** When a grant was last needed. */
export interface Use {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Nobody called: it was in use when the machine fell asleep. */
  readonly byWaking: boolean;
}

/** Of a grant that nobody has needed yet. */
export const UNUSED: Use = { at: Number.NEGATIVE_INFINITY, byWaking: false };

/** A call, or a sign-in. */
export function usedAt(now: number): Use {
  return { at: now, byWaking: false };
}

/**
 * After waking from a sleep of `sleptMs`: a grant that was in use then is in use again, as if no time had passed. Only
 * once without a call in between: a laptop that wakes by itself all night must not mint all night.
 */
export function afterSleep(use: Use, now: number, sleptMs: number): Use {
  const wasInUse = sleptMs > 0 && !use.byWaking && now - sleptMs - use.at <= IN_USE_MS;
  return wasInUse ? { at: now, byWaking: true } : use;
}
