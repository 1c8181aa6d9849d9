import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Meaning } from './entry-format.ts';
import { parseProblem } from './file-problem.ts';

/**
 * The tree of a JSON text with comments and trailing commas; `undefined` where it holds no value at all.
 *
 * @throws {TextProblem} with the place of the first fault.
 */
export function jsonTree(text: string): Node | undefined {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  const first = errors[0];
  if (first) throw parseProblem(text, first.offset, 'JSON', printParseErrorCode(first.error));
  return tree;
}

/** What a node means. */
export function jsonMeaning(node: Node): Meaning {
  switch (node.type) {
    case 'object':
      return new Map(propertiesOf(node).map(({ key, value }) => [key, jsonMeaning(value)]));
    case 'array':
      return (node.children ?? []).map(jsonMeaning);
    default:
      return node.value as Meaning;
  }
}

/** A property of an object: its node spans key and value. */
export interface Property {
  readonly key: string;
  readonly node: Node;
  readonly value: Node;
}

/** The properties of an object, in their order. */
export function propertiesOf(object: Node): readonly Property[] {
  return (object.children ?? []).flatMap((node) => {
    const [key, value] = node.children ?? [];
    return key && value ? [{ key: String(key.value), node, value }] : [];
  });
}

/** Where a node ends. */
export function endOf({ offset, length }: Node): number {
  return offset + length;
}

/** What stands between two values, or a value and the bracket behind it. */
export interface Gap {
  /** Offset of its comma. */
  readonly comma: number | undefined;
  /** Where its last comma or comment ends; its start where it has neither. */
  readonly end: number;
  readonly hasComment: boolean;
  /** Whether its last comment goes to the end of the line. */
  readonly endsInLineComment: boolean;
}

const TOKEN = /\s+|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|,/y;

/** Reads the gap that starts at `start`, in a text that parsed. */
export function gapAt(text: string, start: number): Gap {
  let gap: Gap = { comma: undefined, end: start, hasComment: false, endsInLineComment: false };
  TOKEN.lastIndex = start;
  for (;;) {
    const offset = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return gap;
    const end = offset + token.length;
    if (token === ',') gap = { ...gap, comma: offset, end, endsInLineComment: false };
    else if (token.startsWith('/')) gap = { ...gap, end, hasComment: true, endsInLineComment: token.startsWith('//') };
  }
}
