import type { Node } from 'jsonc-parser';
import type { Inserted } from './entry-format.ts';
import { hostOf } from './json-section.ts';
import { endOf, gapAt, jsonTree, type Property, propertiesOf } from './json-tree.ts';
import { removal, type Splice, splice } from './splice.ts';
import { endOfLineBefore, isFirstOnLine } from './text-layout.ts';

/** Where the white space before `offset` starts, on its line. */
function spaceBefore(text: string, offset: number): number {
  let start = offset;
  while (text[start - 1] === ' ' || text[start - 1] === '\t') start -= 1;
  return start;
}

/** Removes one property with its comma, and its line if nothing else is on it. `gapStart` is where the one before ends. */
function removeProperty(text: string, { node }: Property, gapStart: number): readonly Splice[] {
  const gap = gapAt(text, endOf(node));
  const isCommaNext = gap.comma !== undefined && text.slice(endOf(node), gap.comma).trim() === '';
  const end = isCommaNext && gap.comma !== undefined ? gap.comma + 1 : endOf(node);
  const apart = gap.comma !== undefined && !isCommaNext ? [removal(gap.comma, gap.comma + 1)] : [];
  const rest = /^[^\r\n]*/.exec(text.slice(end, end + 1_000))?.[0].trim() ?? '';
  if (!isFirstOnLine(text, node.offset)) return [removal(spaceBefore(text, node.offset), end), ...apart];
  // What follows on the line must not end up behind somebody's line comment.
  const isAlone = rest === '' || (rest.startsWith('}') && !gapAt(text, gapStart).endsInLineComment);
  return [removal(isAlone ? endOfLineBefore(text, node.offset) : node.offset, end), ...apart];
}

/** Removes some properties of an object. Comments and the others keep their bytes. */
function removeProperties(text: string, object: Node, isOurs: (key: string) => boolean): string {
  const properties = propertiesOf(object);
  const changes = properties.flatMap((property, index) => {
    const before = properties[index - 1];
    return isOurs(property.key) ? removeProperty(text, property, before ? endOf(before.node) : object.offset + 1) : [];
  });
  const last = properties.at(-1);
  const kept = properties.findLast(({ key }) => !isOurs(key));
  // The last one has no comma behind it, unless that was there already.
  if (last && kept && last !== kept && gapAt(text, endOf(last.node)).comma === undefined) {
    const { comma } = gapAt(text, endOf(kept.node));
    if (comma !== undefined) changes.push(removal(comma, comma + 1));
  }
  return splice(text, changes);
}

/** Whether an object holds nothing but objects for the rest of the section's keys, not even a comment. */
function isHollow(text: string, keys: readonly string[]): boolean {
  const hollow = keys.reduceRight((inner, key) => `{${JSON.stringify(key)}:${inner}}`, '{}');
  return text.replaceAll(/\s/g, '') === hollow.replaceAll(/\s/g, '');
}

/** Writes an object that has become empty as it was before it was filled. */
function restoreBlank(text: string, object: Node, blank: string | undefined): string {
  const end = endOf(object);
  if (!isHollow(text.slice(object.offset, end), [])) return text;
  return `${text.slice(0, object.offset)}${blank ?? '{}'}${text.slice(end)}`;
}

function cutRoot(text: string, root: Node, blank: string | undefined): string {
  const rest = `${text.slice(0, endOfLineBefore(text, root.offset))}${text.slice(endOf(root))}`;
  return rest.trim() === '' ? (blank ?? '') : rest;
}

/** See EntryFormat.cut. */
export function cutFromJson(
  text: string,
  section: readonly string[],
  names: readonly string[],
  { levels = section.length + 1, blank }: Omit<Inserted, 'text'>,
): string {
  const root = jsonTree(text);
  if (!root) return text;
  const { node, depth } = hostOf(root, section);
  const own = new Set(names);
  const isOurs = (key: string) => depth === section.length && own.has(key);
  if (!propertiesOf(node).some(({ key }) => isOurs(key))) return text;
  const cut = removeProperties(text, node, isOurs);
  const rest = jsonTree(cut);
  if (!rest) return cut;
  if (levels === 0 && isHollow(cut.slice(rest.offset, endOf(rest)), section)) return cutRoot(cut, rest, blank);

  // The innermost object that was there before, and in it the first key that was not.
  const there = Math.max(levels, 1) - 1;
  const host = hostOf(rest, section.slice(0, there)).node;
  const made = section[there];
  const value = propertiesOf(host).find(({ key }) => key === made)?.value;
  if (!value) return restoreBlank(cut, host, blank);
  if (!isHollow(cut.slice(value.offset, endOf(value)), section.slice(there + 1))) return cut;
  const without = removeProperties(cut, host, (key) => key === made);
  const last = jsonTree(without);
  return last ? restoreBlank(without, hostOf(last, section.slice(0, there)).node, blank) : without;
}
