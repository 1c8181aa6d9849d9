import { quantile } from '../report/statistics.ts';
import { type Caller, openCaller, type Target } from './caller.ts';

/** One round of calls: as many as `calls`, or for `durationMs`, whichever ends first. */
export interface Round {
  readonly targets: readonly Target[];
  /** Calls under way at a time, for each target. */
  readonly callers: number;
  readonly calls: number;
  readonly durationMs: number;
  /** Failed calls are counted up to this many, and their callers opened anew; one more ends the round. 0 by default. */
  readonly errorLimit?: number;
}

/** What came of a round. */
export interface RoundResult {
  /** Calls whose answer was right. */
  readonly calls: number;
  readonly errors: number;
  /** What the first failed call failed of. */
  readonly firstError?: string;
  /** Median time of a call, in ms. */
  readonly p50Ms: number;
  /** In ms. */
  readonly p99Ms: number;
  readonly callsPerSecond: number;
}

/** A single answer that takes longer than this counts as none, in ms. */
const ANSWER_LIMIT_MS = 10_000;

const MS_PER_SECOND = 1000;

const open = new Map<string, Caller[]>();

function callersOf(target: Target, count: number): readonly Caller[] {
  const key = JSON.stringify(target);
  const callers = (open.get(key) ?? []).filter(({ isOpen }) => isOpen);
  open.set(key, callers);
  while (callers.length < count) callers.push(openCaller(target));
  return callers.slice(0, count);
}

/** Runs one round; connections stay open for the next. Rejects with what more than the allowed errors were. */
export function runRound({ targets, callers, calls, durationMs, errorLimit = 0 }: Round): Promise<RoundResult> {
  const times: number[] = [];
  const startedAt = performance.now();
  let begun = 0;
  const errors: Error[] = [];
  return new Promise((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new Error(`${targets[0]?.url} did not answer within ${ANSWER_LIMIT_MS} ms`)),
      durationMs + ANSWER_LIMIT_MS,
    );
    let underWay = callers * targets.length;
    const finish = () => {
      underWay -= 1;
      if (underWay > 0) return;
      clearTimeout(limit);
      const seconds = (performance.now() - startedAt) / MS_PER_SECOND;
      times.sort((a, b) => a - b);
      resolve({
        calls: times.length,
        errors: errors.length,
        ...(errors[0] && { firstError: errors[0].message }),
        p50Ms: quantile(times, 0.5),
        p99Ms: quantile(times, 0.99),
        callsPerSecond: times.length / seconds,
      });
    };
    const next = (caller: Caller, target: Target) => {
      const callAt = performance.now();
      if (begun >= calls || callAt - startedAt >= durationMs) return finish();
      begun += 1;
      caller.call(
        begun,
        () => {
          times.push(performance.now() - callAt);
          next(caller, target);
        },
        (error) => {
          errors.push(error);
          if (errors.length <= errorLimit) return next(openCaller(target), target);
          clearTimeout(limit);
          reject(error);
        },
      );
    };
    for (const target of targets) for (const caller of callersOf(target, callers)) next(caller, target);
  });
}
