import { type Document, isAlias, isCollection, isMap, isScalar, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Meaning } from './entry-format.ts';
import { TextProblem } from './file-problem.ts';
import { nextLine } from './text-layout.ts';

function meaningOf(value: unknown): Meaning {
  if (Array.isArray(value)) return value.map(meaningOf);
  if (value instanceof Map) return new Map([...value].map(([key, inner]) => [String(key), meaningOf(inner)]));
  if (typeof value === 'object' && value !== null) return String(value);
  return (value ?? null) as Meaning;
}

/** What a document means, its aliases followed. */
export function yamlMeaning(document: Document.Parsed): Meaning {
  return document.contents === null ? new Map() : meaningOf(document.toJS({ mapAsMap: true }));
}

/** A pair of a map as the parser gives it. */
export type YamlPair = Pair<Node, Node | null>;

/** The pairs of a map, in their order. */
export function pairsOf(map: YAMLMap): readonly YamlPair[] {
  return map.items as YamlPair[];
}

/** The key of a pair as text. */
export function keyOf({ key }: YamlPair): string {
  return isScalar(key) ? String(key.value) : '';
}

function rangeOf(node: Node): readonly [number, number] {
  if (!node.range) throw new TextProblem('it holds a value without a place');
  return [node.range[0], node.range[1]];
}

/** Where a node starts. */
export function startOf(node: Node): number {
  return rangeOf(node)[0];
}

/** The pair's or list's last part: what ends where the whole does. */
function lastOf(node: Node): Node {
  if (!isCollection(node) || node.flow) return node;
  const item = node.items.at(-1) as Node | YamlPair | undefined;
  if (item === undefined) return node;
  return lastOf('key' in item && !('range' in item) ? (item.value ?? item.key) : (item as Node));
}

/** Where a pair's value ends, comments behind it not included. */
export function endOfPair({ key, value }: YamlPair): number {
  return rangeOf(lastOf(value ?? key))[1];
}

/** Where the line after a pair starts. A block of text ends where its last line does. */
export function lineAfter(text: string, pair: YamlPair): number {
  const end = endOfPair(pair);
  const last = lastOf(pair.value ?? pair.key);
  const isBlock = isScalar(last) && (last.type === 'BLOCK_LITERAL' || last.type === 'BLOCK_FOLDED');
  return isBlock && text[end - 1] === '\n' ? end : nextLine(text, end);
}

/** Whether a value is one that nothing is in: an implicit or written `null`, or `{}`. */
export function isEmptyValue(value: Node | null): boolean {
  if (value === null) return true;
  return (isScalar(value) && value.value === null) || (isMap(value) && value.items.length === 0);
}

/** Where the colon of a pair ends; `undefined` where it has none, or its value has an anchor, a tag or is an alias. */
export function plainColonEnd({ srcToken, value }: YamlPair): number | undefined {
  const separator = srcToken?.sep ?? [];
  if (isAlias(value) || separator.some(({ type }) => type === 'anchor' || type === 'tag')) return undefined;
  const colon = separator.find(({ type }) => type === 'map-value-ind');
  return colon && colon.offset + 1;
}

/** How far into a section's keys a document goes. */
export interface YamlHost {
  /** The innermost value that is there, of the root and the keys of the section; `null` where it is empty. */
  readonly map: YAMLMap | null;
  /** The pair that holds it; `undefined` for the root. */
  readonly pair: YamlPair | undefined;
  /** How many of the keys lead to it. */
  readonly depth: number;
}

/**
 * Where entries of `section` go, or the first part of the way there.
 *
 * @throws {TextProblem} where something else than a map is on the way.
 */
export function yamlHost(document: Document.Parsed, section: readonly string[]): YamlHost {
  let pair: YamlPair | undefined;
  let node: Node | null = document.contents;
  for (let depth = 0; ; depth += 1) {
    if (!isMap(node)) {
      if (isEmptyValue(node)) return { map: null, pair, depth };
      throw new TextProblem(depth === 0 ? 'it is not a YAML map' : `its "${section[depth - 1]}" is not a map`);
    }
    const key = section[depth];
    const next = pairsOf(node).find((candidate) => key !== undefined && keyOf(candidate) === key);
    if (!next) return { map: node, pair, depth };
    pair = next;
    node = next.value;
  }
}
