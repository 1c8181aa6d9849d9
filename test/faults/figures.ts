/** One line of the report. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  /** What was demanded and whether it holds; absent for what is only told. */
  readonly demand?: { readonly text: string; readonly holds: boolean };
  /** Enough to find and repeat what broke it. */
  readonly details?: readonly string[];
}

/** Something that is only told. */
export function told(name: string, value: string | number): Figure {
  return { name, value: String(value) };
}

/** Something that must be so. */
export function demanded(
  name: string,
  value: string | number,
  text: string,
  holds: boolean,
  details: readonly string[] = [],
): Figure {
  return { name, value: String(value), demand: { text, holds }, ...(details.length > 0 && { details }) };
}

/** Shows that a check can fail: what it counts where the cause of failures was put in on purpose. */
export function control(name: string, value: number): Figure {
  return demanded(`control: ${name}`, value, 'above 0, or the check checks nothing', value > 0);
}

/** The value below which half of them lie. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

const NAME_WIDTH = 52;
const VALUE_WIDTH = 22;
const MOST_DETAILS = 12;

/** One figure as a line, with its details below where it is not as demanded. */
export function formatFigure(part: string, { name, value, demand, details = [] }: Figure): string {
  const verdict = demand ? `${demand.holds ? 'ok' : 'BROKEN'}  (${demand.text})` : '';
  const line = `${part.padEnd(8)}${name.padEnd(NAME_WIDTH)}${value.padStart(VALUE_WIDTH)}  ${verdict}`.trimEnd();
  if (!demand || demand.holds) return line;
  const different = [...new Set(details)];
  const left = different.length - MOST_DETAILS;
  const more = left > 0 ? [`… and ${left} more`] : [];
  return [line, ...[...different.slice(0, MOST_DETAILS), ...more].map((detail) => `          ${detail}`)].join('\n');
}
