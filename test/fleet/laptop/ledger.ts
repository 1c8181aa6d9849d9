import { problemOf } from '../../../shared/errors.ts';

/** Promises of the keeper that a run watches. */
export const INVARIANTS = {
  failedWithToken: 'calls that failed although a token with life left was held',
  failedInFineWeather: 'calls that failed although everything worked',
  mintsSideBySide: 'mints that began while another one of the same keeper was in flight',
  mintsAtRest: 'mints that nobody called for, of a grant at rest or with a thin budget',
  timersLeft: 'timers left after everything was closed',
} as const;

/** See {@link INVARIANTS}. */
export type Invariant = keyof typeof INVARIANTS;

/** One call that was not served from a token in hand. */
export interface SlowCall {
  readonly at: number;
  /** How long its caller waited, in ms. */
  readonly waitedMs: number;
  /** The code of the problem; `undefined` for a call that was served. */
  readonly problem: string | undefined;
}

/** What happened to the calls of a fleet, and which promises broke. */
export interface Ledger {
  readonly broken: Readonly<Record<Invariant, number>>;
  readonly slow: readonly SlowCall[];
  /** Calls that ended with a token. */
  readonly served: number;
  /** Calls that ended with a problem; those that a sleep cut off are left out. */
  readonly failed: number;
  /** Mints whose token no call used before the next one came. */
  readonly unused: number;
  mintWasUnused(): void;
  breaks(invariant: Invariant, times?: number): void;
  servedCall(at: number, waitedMs: number): void;
  failedCall(at: number, waitedMs: number, error: unknown): void;
}

/** An empty ledger. */
export function createLedger(): Ledger {
  const broken: Record<Invariant, number> = {
    failedWithToken: 0,
    failedInFineWeather: 0,
    mintsSideBySide: 0,
    mintsAtRest: 0,
    timersLeft: 0,
  };
  const slow: SlowCall[] = [];
  let served = 0;
  let unused = 0;
  let failed = 0;
  return {
    broken,
    slow,
    get served() {
      return served;
    },
    get failed() {
      return failed;
    },
    get unused() {
      return unused;
    },
    mintWasUnused: () => {
      unused += 1;
    },
    breaks: (invariant, times = 1) => {
      broken[invariant] += times;
    },
    servedCall: (at, waitedMs) => {
      served += 1;
      if (waitedMs > 0) slow.push({ at, waitedMs, problem: undefined });
    },
    failedCall: (at, waitedMs, error) => {
      failed += 1;
      slow.push({ at, waitedMs, problem: problemOf(error).code });
    },
  };
}
