import { isMap, type YAMLMap } from 'yaml';
import type { Inserted } from './entry-format.ts';
import type { Entries } from './entry-place.ts';
import { TextProblem } from './file-problem.ts';
import { insertion, type Splice, splice } from './splice.ts';
import { indentAt, isFirstOnLine, lineEndOf, lineStart, nextLine } from './text-layout.ts';
import { BLANK_LIMIT_CHARACTERS } from './written-file.ts';
import { yamlDocument } from './yaml-document.ts';
import { flowGapAt } from './yaml-gap.ts';
import { printFlow, printLines, printText } from './yaml-print.ts';
import {
  endOfPair,
  lineAfter,
  pairsOf,
  plainColonEnd,
  startOf,
  type YamlHost,
  type YamlPair,
  yamlHost,
} from './yaml-tree.ts';

/** One step of indentation: that of the first map inside the root. */
function stepOf(root: unknown, text: string): string {
  if (!isMap(root) || root.flow) return '  ';
  for (const { key, value } of pairsOf(root)) {
    const first = isMap(value) && !value.flow ? pairsOf(value)[0] : undefined;
    if (!first) continue;
    const step = indentAt(text, startOf(first.key)).length - indentAt(text, startOf(key)).length;
    if (step > 0) return ' '.repeat(step);
  }
  return '  ';
}

/** Behind the lines of comment that are indented at least as far as what they follow. */
function skipComments(text: string, offset: number, indent: number): number {
  let behind = offset;
  for (let line = offset; line < text.length; line = nextLine(text, line)) {
    const content = text.slice(line, nextLine(text, line));
    const start = content.search(/\S/);
    if (start < 0) continue;
    if (content[start] !== '#' || start < indent) break;
    behind = nextLine(text, line);
  }
  return behind;
}

/** Puts whole lines at `offset`, the start of a line or the end of a text that lacks its last line end. */
function insertLines(text: string, offset: number, lines: readonly string[]): Splice {
  const lineEnd = lineEndOf(text);
  const body = lines.join(lineEnd);
  const isOpenLine = offset > 0 && text[offset - 1] !== '\n';
  return insertion(offset, isOpenLine ? `${lineEnd}${body}` : `${body}${lineEnd}`);
}

function appendToFlow(text: string, map: YAMLMap, entries: Entries): readonly Splice[] {
  const last = pairsOf(map).at(-1);
  const end = last ? endOfPair(last) : startOf(map) + 1;
  const gap = flowGapAt(text, end);
  const printed = Object.entries(entries).map(([key, value]) => `${printText(key)}: ${printFlow(value)}`);
  const space = gap.endsInComment ? `${lineEndOf(text)}${indentAt(text, last ? startOf(last.key) : end)} ` : ' ';
  const body = `${space}${printed.join(', ')}`;
  if (!last) return [insertion(gap.end, body)];
  if (gap.comma !== undefined) return [insertion(gap.end, `${body},`)];
  return [insertion(end, ','), insertion(gap.end, body)];
}

function appendToBlock(text: string, last: YamlPair, entries: Entries, step: string): Splice {
  const indent = indentAt(text, startOf(last.key));
  const offset = skipComments(text, lineAfter(text, last), indent.length);
  return insertLines(text, offset, printLines(entries, indent, step));
}

/** Gives an empty value, `{}` or `null`, its first lines; tells how it was written. */
function fill(text: string, pair: YamlPair, entries: Entries, step: string): Inserted {
  const colon = plainColonEnd(pair);
  if (colon === undefined) throw new TextProblem(`its "${pair.key}" is empty in a form that is left alone`);
  const blank = text.slice(colon, Math.max(endOfPair(pair), colon)).trimEnd();
  if (blank.length > BLANK_LIMIT_CHARACTERS) throw new TextProblem(`its "${pair.key}" is empty but long`);
  const indent = `${indentAt(text, startOf(pair.key))}${step}`;
  const removed: Splice = { start: colon, end: colon + blank.length, text: '' };
  const lines = insertLines(text, nextLine(text, removed.end), printLines(entries, indent, step));
  return { text: splice(text, [removed, lines]), blank };
}

/** Makes the root's first lines, in a document that is empty, `{}` or `null`. */
function fillRoot(text: string, root: unknown, entries: Entries): Inserted {
  const lines = printLines(entries, '', '  ');
  const node = root as { readonly range?: readonly [number, number, number] | null } | null;
  const [start, end] = node?.range ?? [text.length, text.length];
  if (start === end) {
    const offset = start === text.length || lineStart(text, start) === start ? start : nextLine(text, start);
    return { text: splice(text, [insertLines(text, node?.range ? offset : text.length, lines)]), levels: 0 };
  }
  if (!isFirstOnLine(text, start) || text.slice(start, end).includes('#'))
    throw new TextProblem('it is empty in a form that is left alone');
  const filled: Splice = { start, end, text: lines.join(lineEndOf(text)) };
  return { text: splice(text, [filled]), levels: 0, blank: text.slice(start, end).slice(0, BLANK_LIMIT_CHARACTERS) };
}

function insertAt(text: string, root: unknown, { map, pair }: YamlHost, entries: Entries): Inserted {
  const hasItems = map !== null && map.items.length > 0;
  if (map?.flow && (hasItems || text.slice(startOf(map), map.range?.[1]).includes('#')))
    return { text: splice(text, appendToFlow(text, map, entries)) };
  const last = hasItems ? pairsOf(map).at(-1) : undefined;
  if (last) return { text: splice(text, [appendToBlock(text, last, entries, stepOf(root, text))]) };
  return pair ? fill(text, pair, entries, stepOf(root, text)) : fillRoot(text, root, entries);
}

/** See EntryFormat.insert: entries go to the end of their section, as a block unless it is written on one line. */
export function insertIntoYaml(text: string, section: readonly string[], entries: Entries): Inserted {
  const document = yamlDocument(text);
  const host = yamlHost(document, section);
  const missing = section.slice(host.depth).reduceRight<Entries>((inner, key) => ({ [key]: inner }), entries);
  const inserted = insertAt(text, document.contents, host, missing);
  return { ...(host.depth < section.length && { levels: host.depth + 1 }), ...inserted };
}
