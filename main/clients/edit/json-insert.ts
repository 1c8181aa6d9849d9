import type { Node } from 'jsonc-parser';
import type { Inserted } from './entry-format.ts';
import type { Entries, JsonValue } from './entry-place.ts';
import { hostOf } from './json-section.ts';
import { endOf, gapAt, jsonTree } from './json-tree.ts';
import { insertion, type Splice, splice } from './splice.ts';
import { indentAt, lineEndOf } from './text-layout.ts';
import { BLANK_LIMIT_CHARACTERS } from './written-file.ts';

/** How a file is laid out, as far as an insertion has to follow it. */
interface Layout {
  readonly lineEnd: string;
  /** One step of indentation; empty where all is on one line. */
  readonly step: string;
}

function layoutOf(text: string): Layout {
  const trimmed = text.trim();
  const isOneLine = !(trimmed.includes('\n') || /^(\{\s*\}|null)?$/.test(trimmed));
  return { lineEnd: lineEndOf(text), step: isOneLine ? '' : (/\n([ \t]+)"/.exec(text)?.[1] ?? '  ') };
}

function print(key: string, value: JsonValue, indent: string, { lineEnd, step }: Layout): string {
  const printed =
    step === '' ? JSON.stringify(value) : JSON.stringify(value, null, step).replaceAll('\n', `${lineEnd}${indent}`);
  return `${JSON.stringify(key)}: ${printed}`;
}

function printAll(entries: Entries, indent: string, layout: Layout): string {
  const separator = layout.step === '' ? ', ' : `,${layout.lineEnd}${indent}`;
  return Object.entries(entries)
    .map(([key, value]) => print(key, value, indent, layout))
    .join(separator);
}

/** Puts properties behind the last one of an object, and behind the comments that follow it. */
function append(text: string, object: Node, last: Node, entries: Entries, layout: Layout): readonly Splice[] {
  const gap = gapAt(text, endOf(last));
  // Properties that share a line get company on that line.
  const isSpread = text.slice(object.offset, last.offset).includes('\n') || gap.endsInLineComment;
  const indent = indentAt(text, last.offset);
  const style = isSpread ? { ...layout, step: layout.step || '  ' } : { ...layout, step: '' };
  const body = `${isSpread ? `${layout.lineEnd}${indent}` : ' '}${printAll(entries, indent, style)}`;
  // A comma behind the last one is a habit of the file; where it has not got it, a parser may not stand it.
  if (gap.comma !== undefined) return [insertion(gap.end, `${body},`)];
  return [insertion(endOf(last), ','), insertion(gap.end, body)];
}

/** Fills an object that has no properties, or `null`. */
function fill(text: string, object: Node, entries: Entries, layout: Layout): Splice {
  const outer = indentAt(text, object.offset);
  const inner = `${outer}${layout.step}`;
  if (object.type === 'object') {
    const gap = gapAt(text, object.offset + 1);
    if (gap.hasComment) {
      const isSpread = text.slice(object.offset, endOf(object)).includes('\n');
      const style = isSpread ? layout : { ...layout, step: '' };
      return insertion(gap.end, `${isSpread ? `${layout.lineEnd}${inner}` : ' '}${printAll(entries, inner, style)}`);
    }
  }
  const { lineEnd } = layout;
  const properties = printAll(entries, inner, layout);
  const body = layout.step === '' ? `{${properties}}` : `{${lineEnd}${inner}${properties}${lineEnd}${outer}}`;
  return { start: object.offset, end: endOf(object), text: body };
}

function blankOf(text: string): Pick<Inserted, 'blank'> {
  return text.length > BLANK_LIMIT_CHARACTERS || /[/*]/.test(text) ? {} : { blank: text };
}

/** Entries inside the objects that are still to be made for them. */
function nest(entries: Entries, keys: readonly string[]): Entries {
  return keys.reduceRight<Entries>((inner, key) => ({ [key]: inner }), entries);
}

/** Makes the root in a text that holds no value, only comments or white space. */
function makeRoot(text: string, entries: Entries): Inserted {
  const { lineEnd } = layoutOf('');
  const { end, hasComment } = gapAt(text, 0);
  const eol = hasComment ? lineEndOf(text) : lineEnd;
  const root = JSON.stringify(entries, null, 2).replaceAll('\n', eol);
  const made = hasComment ? insertion(end, `${eol}${root}`) : { start: 0, end: text.length, text: `${root}${eol}` };
  return { text: splice(text, [made]), levels: 0, ...(hasComment ? { blank: '' } : blankOf(text)) };
}

/** See EntryFormat.insert: entries go to the end of their section, in the style of the properties before. */
export function insertIntoJson(text: string, section: readonly string[], entries: Entries): Inserted {
  const root = jsonTree(text);
  if (!root) return makeRoot(text, nest(entries, section));
  const { node, depth } = hostOf(root, section);
  const missing = nest(entries, section.slice(depth));
  const levels = depth < section.length ? { levels: depth + 1 } : {};
  const last = node.children?.at(-1);
  if (last) return { text: splice(text, append(text, node, last, missing, layoutOf(text))), ...levels };
  const filled = splice(text, [fill(text, node, missing, layoutOf(text))]);
  return { text: filled, ...levels, ...blankOf(text.slice(node.offset, endOf(node))) };
}
