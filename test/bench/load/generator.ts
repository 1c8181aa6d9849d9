import { serveParent } from '../processes/parent.ts';
import { quantile } from '../report/statistics.ts';
import { type Caller, openCaller, type Target } from './caller.ts';

// Makes calls and takes their times. A process of its own; connections stay open from one round to the next.

/** One round of calls: as many as `calls`, or for `durationMs`, whichever ends first. */
export interface Round {
  readonly target: Target;
  /** Calls under way at a time. */
  readonly callers: number;
  readonly calls: number;
  readonly durationMs: number;
}

/** What came of a round in which every answer was right. */
export interface RoundResult {
  readonly calls: number;
  /** Median time of a call, in ms. */
  readonly p50Ms: number;
  /** In ms. */
  readonly p99Ms: number;
  readonly callsPerSecond: number;
}

/** What this process can be asked. */
export type GeneratorHandlers = {
  run(round: Round): Promise<RoundResult>;
};

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

function run({ target, callers, calls, durationMs }: Round): Promise<RoundResult> {
  const times: number[] = [];
  const startedAt = performance.now();
  let begun = 0;
  return new Promise((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new Error(`${target.url} did not answer within ${ANSWER_LIMIT_MS} ms`)),
      durationMs + ANSWER_LIMIT_MS,
    );
    let underWay = callers;
    const finish = () => {
      underWay -= 1;
      if (underWay > 0) return;
      clearTimeout(limit);
      const seconds = (performance.now() - startedAt) / MS_PER_SECOND;
      times.sort((a, b) => a - b);
      resolve({
        calls: times.length,
        p50Ms: quantile(times, 0.5),
        p99Ms: quantile(times, 0.99),
        callsPerSecond: times.length / seconds,
      });
    };
    const failed = (error: Error) => {
      clearTimeout(limit);
      reject(error);
    };
    const next = (caller: Caller) => {
      const callAt = performance.now();
      if (begun >= calls || callAt - startedAt >= durationMs) return finish();
      begun += 1;
      caller.call(
        begun,
        () => {
          times.push(performance.now() - callAt);
          next(caller);
        },
        failed,
      );
    };
    for (const caller of callersOf(target, callers)) next(caller);
  });
}

serveParent({ run } satisfies GeneratorHandlers);
