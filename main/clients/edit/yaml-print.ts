import type { Entries, JsonValue } from './entry-place.ts';
import { quoted } from './quoted-text.ts';

/** Words that some version of YAML takes for something else than text. */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/** Text, in quotes unless every version of YAML reads it as text without. JSON's quotes and escapes are YAML's too. */
export function printText(text: string): string {
  const isPlain = /^[A-Za-z][A-Za-z0-9_/-]*$/.test(text) && !WORDS.test(text);
  return isPlain ? text : quoted(text);
}

/** A value on one line. */
export function printFlow(value: JsonValue): string {
  if (typeof value === 'string') return printText(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(printFlow).join(', ')}]`;
  const pairs = Object.entries(value).map(([key, inner]) => `${printText(key)}: ${printFlow(inner)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

function printBlock(key: string, value: JsonValue, indent: string, step: string): readonly string[] {
  const head = `${indent}${printText(key)}:`;
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0)
    return [`${head} ${printFlow(value)}`];
  // Items of a list are texts in all entries there are; others go on one line.
  if (Array.isArray(value)) return [head, ...value.map((item) => `${indent}${step}- ${printFlow(item)}`)];
  return [head, ...printLines(value as Entries, `${indent}${step}`, step)];
}

/** Entries as a block, one line each for their keys. Lines without line ends. */
export function printLines(entries: Entries, indent: string, step: string): readonly string[] {
  return Object.entries(entries).flatMap(([key, value]) => printBlock(key, value, indent, step));
}
