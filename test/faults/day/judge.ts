/** From one moment to another, in ms since the epoch; it has ended at `to`. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** What the harness knows of the company, independent of the program. */
export interface Known {
  /** When no connection to the company could be made. */
  readonly offline: readonly Interval[];
  /** When the identity provider did not answer. */
  readonly providerAway: readonly Interval[];
  /** When a token that the server would have taken was with the program. */
  readonly tokenHeld: readonly Interval[];
  /** When the laptop woke. */
  readonly wokeAt: readonly number[];
}

/** A call that failed. */
export interface FailedCall {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** After waking a network that is not there yet is waited for, in ms; the program promises 6 s. */
export const WAKING_PATIENCE_MS = 5_500;

/** So long after a failed try a call hears its cause without another one, in ms; the program promises 3 s. */
export const CAUSE_BELIEVED_MS = 3_500;

const covers = (intervals: readonly Interval[], at: number) => intervals.some(({ from, to }) => from <= at && at < to);

/**
 * Whether a fresh token could have served the call: at some moment between its start and its end everything was there
 * that it needed, and had been for as long as a failed try is believed where a token had to be minted. Right after waking
 * the end is put off by what the program promises to wait.
 */
export function couldBeServed({ startedAt, endedAt }: FailedCall, known: Known): boolean {
  const { offline, providerAway, tokenHeld, wokeAt } = known;
  const lastWoke = Math.max(...wokeAt.filter((at) => at <= startedAt), Number.NEGATIVE_INFINITY);
  const until = Math.max(endedAt, lastWoke + WAKING_PATIENCE_MS <= startedAt ? endedAt : lastWoke + WAKING_PATIENCE_MS);
  const longer = (intervals: readonly Interval[]) =>
    intervals.map(({ from, to }) => ({ from, to: to + CAUSE_BELIEVED_MS }));
  // Right after waking a network that is not there is tried again all the time.
  const noMint = [...longer(providerAway), ...(startedAt < lastWoke + WAKING_PATIENCE_MS ? offline : longer(offline))];
  const served = (at: number) => !covers(offline, at) && (!covers(noMint, at) || covers(tokenHeld, at));
  // Between two of these nothing changes.
  const edges = [...offline, ...noMint, ...tokenHeld].flatMap(({ from, to }) => [from, to]);
  return [startedAt, ...edges.filter((edge) => edge > startedAt && edge <= until), until].some(served);
}
