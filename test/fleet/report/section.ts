import type { Ledger } from '../laptop/ledger.ts';

/** One figure, once for each column. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  /** `undefined` where a column has no such figure. */
  readonly values: readonly (number | undefined)[];
}

/** The figures of one scenario. */
export interface Section {
  readonly title: string;
  /** How it was modelled, in one line. */
  readonly model: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** The figures depend on the machine and how busy it is. */
  readonly isMeasured?: boolean;
  /** What the figures say, one sentence each. */
  readonly remarks?: readonly string[];
}

/** What a scenario gives. */
export interface Outcome {
  readonly sections: readonly Section[];
  readonly ledgers: readonly Pick<Ledger, 'broken'>[];
  /** What broke besides promises of the keeper, one sentence each. */
  readonly failures?: readonly string[];
}

/** One line from the same figure of every column. */
export function row<T>(
  name: string,
  unit: string,
  columns: readonly T[],
  value: (column: T) => number | undefined,
): Row {
  return { name, unit, values: columns.map(value) };
}
