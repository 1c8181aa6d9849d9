import { describeMachine, type Versions } from './machine.ts';
import { type Column, figure, type Row, range, type Verdict } from './row.ts';

/** Everything one run showed. */
export interface Report {
  readonly versions: Versions;
  readonly rows: readonly Row[];
  /** What a reader must know to judge the figures. */
  readonly notes: readonly string[];
  /** What did not run or answered wrongly. */
  readonly failures: readonly string[];
  readonly seconds: number;
}

function columnText({ median, p99, rounds, ratios, ...column }: Column, unit: string): string {
  const parts = [
    rounds > 1 ? `${range({ median, rounds, ...column })}, ${rounds} rounds` : '',
    p99 === undefined ? '' : `p99 ${figure(p99)}`,
    ...Object.entries(ratios).map(([name, ratio]) => `${figure(ratio)} × ${name}`),
  ].filter((part) => part !== '');
  const text = `${figure(median).padStart(7)} ${unit}`;
  return parts.length > 0 ? `${text}  (${parts.join('; ')})` : text;
}

function columnLines({ columns, absent, unit }: Row): string[] {
  const width = Math.max(...[...Object.keys(columns), ...Object.keys(absent)].map((name) => name.length));
  const line = (name: string, text: string) => `  ${name.padEnd(width)}  ${text}`;
  return [
    ...Object.entries(absent).map(([name, why]) => line(name, `${'–'.padStart(7)} ${why.split('\n')[0]}`)),
    ...Object.entries(columns).map(([name, column]) => line(name, columnText(column, unit))),
  ];
}

function verdictText(what: string, verdict: Verdict | undefined): string {
  if (!verdict) return `${what}: none`;
  return `${what}: ${verdict.goal} – found ${verdict.found} – ${verdict.met ? 'met' : 'NOT MET'}`;
}

function rowLines(row: Row): string[] {
  return [
    row.title,
    ...columnLines(row),
    ...row.remarks.map((remark) => `  ${remark}`),
    `  ${verdictText('budget', row.budget)}`,
    `  ${verdictText('stretch', row.stretch)}`,
    '',
  ];
}

function countLine(what: string, verdicts: readonly (Verdict | undefined)[]): string {
  const known = verdicts.filter((verdict) => verdict !== undefined);
  const met = known.filter(({ met }) => met).length;
  return `${what}: ${met} met, ${known.length - met} not met`;
}

/** The report for a person: medians, in brackets the quartiles of the rounds; figures last. */
export function formatReport({ versions, rows, notes, failures, seconds }: Report): string {
  return [
    `Measured on ${describeMachine()} in ${Math.round(seconds)} s.`,
    `With ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
    ...notes,
    '',
    ...failures.map((failure) => `FAILED: ${failure}\n`),
    ...rows.flatMap(rowLines),
    [
      `${rows.length} figures`,
      countLine(
        'budgets',
        rows.map(({ budget }) => budget),
      ),
      countLine(
        'stretch',
        rows.map(({ stretch }) => stretch),
      ),
      `${failures.length} failed`,
    ].join('; '),
  ].join('\n');
}

/** The report for programs: one JSON document. */
export function formatJson(report: Report): string {
  return JSON.stringify({ machine: describeMachine(), ...report }, undefined, 2);
}
