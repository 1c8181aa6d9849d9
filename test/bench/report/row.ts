import { type Series, summarise } from './statistics.ts';

/** A budget of the design, or what would be better still, and how it went. */
export interface Verdict {
  /** The goal in words. */
  readonly goal: string;
  /** What was found, in the goal's own terms. */
  readonly found: string;
  readonly met: boolean;
}

/** What one of those that are compared showed. */
export interface Column extends Series {
  /** Median of the rounds' 99th percentiles, where a round has so many values. */
  readonly p99?: number;
  /** Median of the ratios to another column's value in the same round, by that column's name. */
  readonly ratios: Readonly<Record<string, number>>;
}

/** One line of the table. */
export interface Row {
  /** For programs that read the figures. */
  readonly name: string;
  readonly title: string;
  readonly unit: 'ms' | 'calls/s' | 'events/s' | 'MB';
  /** What was measured side by side, ours last. */
  readonly columns: Readonly<Record<string, Column>>;
  /** Why a column is not there, by its name. */
  readonly absent: Readonly<Record<string, string>>;
  readonly budget?: Verdict;
  readonly stretch?: Verdict;
  /** What else the rounds showed, one sentence each. */
  readonly remarks: readonly string[];
}

/** Values of each round, by column. */
export type Values = Readonly<Record<string, readonly number[]>>;

/** The columns that every other one is compared with, where they were measured. */
export const REFERENCES: readonly string[] = ['direct', 'http-proxy'];

/** `of` gets the values of the named columns, round by round; a column that is not there gives NaN. */
export function compare(values: Values, names: readonly string[], of: (...values: number[]) => number): Series {
  const rounds = Math.max(0, ...names.map((name) => values[name]?.length ?? 0));
  return summarise(
    Array.from({ length: rounds }, (_, round) => of(...names.map((name) => values[name]?.[round] ?? Number.NaN))),
  );
}

/** The columns of a row: `p99` has the 99th percentile of each round, where there is one. */
export function columnsOf(values: Values, p99: Values = {}): Readonly<Record<string, Column>> {
  const references = REFERENCES.filter((name) => name in values);
  return Object.fromEntries(
    Object.entries(values).map(([name, all]) => {
      const others = references.filter((reference) => reference !== name);
      const ratio = (reference: string) =>
        compare(values, [name, reference], (one = 0, other = 0) => one / other).median;
      const ratios = Object.fromEntries(others.map((reference) => [reference, ratio(reference)]));
      const tails = p99[name];
      return [name, { ...summarise(all), ...(tails && { p99: summarise(tails).median }), ratios }];
    }),
  );
}

/** Ours is the last column; where there are several, the last one is the form that ships. */
export function oursOf(columns: Readonly<Record<string, Series>>): number {
  const ours = Object.entries(columns).filter(([name]) => isOurs(name));
  return ours.at(-1)?.[1].median ?? Number.NaN;
}

/** Whether a column is about our own program. */
export function isOurs(column: string): boolean {
  return column.startsWith('ours');
}

/** A goal that is a highest value of ours. */
export function atMost(limit: number, unit: string, found: number): Verdict {
  return { goal: `≤ ${limit} ${unit}`, found: `${figure(found)} ${unit}`, met: found <= limit };
}

/** Three significant digits; whole numbers from a hundred on. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return '–';
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}

/** The middle half of the rounds. */
export function range({ low, high }: Series): string {
  return `${figure(low)}–${figure(high)}`;
}
