import type { Section } from './section.ts';

/** Everything one run showed. */
export interface Report {
  readonly notes: readonly string[];
  readonly sections: readonly Section[];
  readonly failures: readonly string[];
}

/** Three significant digits; whole numbers from a hundred on. */
function figure(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}

function sectionLines({ title, model, columns, rows, remarks = [] }: Section): string[] {
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  const cells = rows.map(({ values }) => values.map(figure));
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const line = (name: string, values: readonly string[], unit: string) =>
    `  ${name.padEnd(nameWidth)}  ${values.map((value, index) => value.padStart(widths[index] ?? 0)).join('  ')}  ${unit}`;
  return [
    title,
    `  ${model}`,
    ...(columns.length > 1 ? [line('', columns, '').trimEnd()] : []),
    ...rows.map(({ name, unit }, index) => line(name, cells[index] ?? [], unit).trimEnd()),
    ...remarks.map((remark) => `  ${remark}`),
    '',
  ];
}

/** The report for a person. */
export function formatReport({ notes, sections, failures }: Report): string {
  return [
    ...notes,
    '',
    ...sections.flatMap(sectionLines),
    ...failures.map((failure) => `FAILED: ${failure}`),
    failures.length === 0 ? 'Every promise was kept.' : `${failures.length} promises broken`,
  ].join('\n');
}

/** The report for programs: one JSON document. */
export function formatJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
