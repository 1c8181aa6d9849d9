import type { Series } from './statistics.ts';

/** A budget of the design and how it went. */
export interface Verdict {
  /** The budget in words. */
  readonly budget: string;
  /** What was found, in the budget's own terms. */
  readonly found: string;
  readonly met: boolean;
}

/** One line of the budget table. */
export interface Row {
  /** For programs that read the figures. */
  readonly name: string;
  readonly title: string;
  readonly unit: 'ms' | 'calls/s' | 'MB';
  /** What was measured side by side, ours last. */
  readonly columns: Readonly<Record<string, Series>>;
  readonly verdict: Verdict;
  /** What else the rounds showed, one sentence each. */
  readonly remarks: readonly string[];
}

/** A budget that is a highest value of ours. */
export function atMost(limit: number, unit: string, found: number): Verdict {
  return { budget: `≤ ${limit} ${unit}`, found: `${figure(found)} ${unit}`, met: found <= limit };
}

/** Three significant digits; whole numbers from a hundred on. */
export function figure(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}
