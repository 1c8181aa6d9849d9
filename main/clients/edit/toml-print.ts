import type { JsonValue } from './entry-place.ts';
import { TextProblem } from './file-problem.ts';
import { quoted } from './quoted-text.ts';

/** A key: bare where it can be. */
export function printKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quoted(key);
}

function printValue(value: JsonValue): string {
  if (value === null) throw new TextProblem('TOML cannot hold an empty value');
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(printValue).join(', ')}]`;
  const lines = Object.entries(value).map(([key, inner]) => `${printKey(key)} = ${printValue(inner)}`);
  return lines.length === 0 ? '{}' : `{ ${lines.join(', ')} }`;
}

/** An entry as a table of its own, its inner tables inline: so its lines stay together. Lines without line ends. */
export function printTable(path: readonly string[], entry: JsonValue): readonly string[] {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    throw new TextProblem('an entry in TOML has to be a table');
  const head = `[${path.map(printKey).join('.')}]`;
  return [head, ...Object.entries(entry).map(([key, value]) => `${printKey(key)} = ${printValue(value)}`)];
}
