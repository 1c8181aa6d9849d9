import { availableParallelism, cpus } from 'node:os';
import { figure, type Row } from './row.ts';

/** Everything one run showed. */
export interface Report {
  readonly rows: readonly Row[];
  /** What a reader must know to judge the figures. */
  readonly notes: readonly string[];
  /** What did not run or answered wrongly. */
  readonly failures: readonly string[];
  readonly seconds: number;
}

/** What it was measured on. */
function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${availableParallelism()} cores (${model}), ${process.platform}, Node ${process.versions.node}`;
}

function columnLines({ columns, unit }: Row): string[] {
  const names = Object.keys(columns);
  const width = Math.max(...names.map((name) => name.length));
  return Object.entries(columns).map(([name, { median, low, high, rounds }]) => {
    const spread = rounds > 1 ? `  (${figure(low)}–${figure(high)}, ${rounds} rounds)` : '';
    return `  ${name.padEnd(width)}  ${figure(median).padStart(7)} ${unit}${spread}`;
  });
}

function rowLines(row: Row): string[] {
  const { budget, found, met } = row.verdict;
  return [
    row.title,
    ...columnLines(row),
    ...row.remarks.map((remark) => `  ${remark}`),
    `  budget: ${budget} – found ${found} – ${met ? 'met' : 'NOT MET'}`,
    '',
  ];
}

/** The report for a person: medians, in brackets the quartiles of the rounds; figures last. */
export function formatReport({ rows, notes, failures, seconds }: Report): string {
  const met = rows.filter(({ verdict }) => verdict.met).length;
  return [
    `Measured on ${describeMachine()} in ${Math.round(seconds)} s.`,
    ...notes,
    '',
    ...failures.map((failure) => `FAILED: ${failure}\n`),
    ...rows.flatMap(rowLines),
    `${rows.length} figures, ${met} budgets met, ${rows.length - met} not met, ${failures.length} failed`,
  ].join('\n');
}

/** The report for programs: one JSON document. */
export function formatJson(report: Report): string {
  return JSON.stringify({ machine: describeMachine(), ...report }, undefined, 2);
}
