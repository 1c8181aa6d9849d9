import type { JournalHour } from '../../shared/journal-views.ts';
import { HOUR_MS } from '../times.ts';

/** Columns of the chart: a day. */
export const CHART_HOURS = 24;

/** One hour of the chart; heights are parts of the highest column, 0 to 1. */
export interface Column {
  readonly hour: JournalHour;
  /** Calls that worked. */
  readonly good: number;
  /** Calls that failed, drawn on top of those. */
  readonly failed: number;
  /** Whether access was renewed in it. */
  readonly hasMints: boolean;
}

/** The chart's columns, oldest first and always {@link CHART_HOURS}: hours of which nothing is known are empty. */
export function columnsOf(hours: readonly JournalHour[], now: number): readonly Column[] {
  const last = hours.at(-1)?.at ?? now - (now % HOUR_MS);
  const known = new Map(hours.map((hour) => [hour.at, hour]));
  const all = Array.from({ length: CHART_HOURS }, (_, index) => {
    const at = last - (CHART_HOURS - 1 - index) * HOUR_MS;
    return known.get(at) ?? { at, calls: 0, failed: 0, mints: 0 };
  });
  const highest = Math.max(1, ...all.map(({ calls }) => calls));
  return all.map((hour) => ({
    hour,
    good: Math.max(0, hour.calls - hour.failed) / highest,
    failed: hour.failed / highest,
    hasMints: hour.mints > 0,
  }));
}

/** What all the hours add up to. */
export function sumOf(hours: readonly JournalHour[]): Omit<JournalHour, 'at'> {
  return hours.reduce(
    (sum, { calls, failed, mints }) => ({
      calls: sum.calls + calls,
      failed: sum.failed + failed,
      mints: sum.mints + mints,
    }),
    { calls: 0, failed: 0, mints: 0 },
  );
}
