import { SECOND_MS } from './durations.ts';

/** What is asked of the IdP's token endpoint. */
export type TokenRequest = 'sign-in' | 'refresh' | 'exchange';

/** The busiest second of a stretch of time, and how busy the others were. */
export interface Load {
  /** Requests in the busiest second. */
  readonly peak: number;
  /** When that second began. Milliseconds since the epoch. */
  readonly peakAt: number;
  /** 99 of 100 seconds had at most so many; seconds without any count too. */
  readonly p99: number;
  readonly mean: number;
  readonly total: number;
}

/** The requests that arrived at the IdP, by second of virtual time. */
export interface TokenLoad {
  arrived(kind: TokenRequest, at: number): void;
  count(kind: TokenRequest): number;
  /** From one time up to another. */
  between(from: number, until: number): Load;
}

/** No requests yet. */
export function createTokenLoad(): TokenLoad {
  const seconds = new Map<number, number>();
  const counts: Record<TokenRequest, number> = { 'sign-in': 0, refresh: 0, exchange: 0 };
  return {
    arrived: (kind, at) => {
      const second = Math.floor(at / SECOND_MS);
      seconds.set(second, (seconds.get(second) ?? 0) + 1);
      counts[kind] += 1;
    },
    count: (kind) => counts[kind],
    between: (from, until) => {
      const first = Math.floor(from / SECOND_MS);
      const length = Math.max(Math.ceil(until / SECOND_MS) - first, 1);
      const buckets = Array.from({ length }, (_, index) => seconds.get(first + index) ?? 0);
      const sorted = buckets.toSorted((a, b) => a - b);
      const peak = sorted.at(-1) ?? 0;
      const total = buckets.reduce((sum, count) => sum + count, 0);
      return {
        peak,
        peakAt: (first + buckets.indexOf(peak)) * SECOND_MS,
        p99: sorted[Math.ceil(length * 0.99) - 1] ?? 0,
        mean: total / length,
        total,
      };
    },
  };
}
