/** What several rounds showed. */
export interface Series {
  readonly median: number;
  /** A quarter of the rounds lies below. */
  readonly low: number;
  /** A quarter of the rounds lies above. */
  readonly high: number;
  readonly rounds: number;
}

/** The value below which the share `q` (0 to 1) of sorted values lies, between two of them where need be. */
export function quantile(sorted: readonly number[], q: number): number {
  const position = (sorted.length - 1) * q;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

/** Median and quartiles: one round that something else on the machine disturbed moves none of them. */
export function summarise(values: readonly number[]): Series {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
    rounds: sorted.length,
  };
}
