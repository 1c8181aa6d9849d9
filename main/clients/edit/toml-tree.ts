import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import type { Meaning } from './entry-format.ts';
import { parseProblem } from './file-problem.ts';
import { checkLength } from './text-limit.ts';

/** Newest version that is read: files of clients with newer parsers are theirs to write. What we write is TOML 1.0. */
const VERSION = '1.1';

/** A part of a document that gives one or more keys their values: a table with its own lines, or one line. */
export interface Statement {
  /** Keys from the root. In an array of tables its name ends the path that matters here. */
  readonly path: readonly string[];
  readonly node: AST.TOMLKeyValue | AST.TOMLTable;
  /** Offset where it starts. */
  readonly start: number;
  /** Offset behind its last value; comments that follow are not its own. */
  readonly end: number;
}

/**
 * The root table of a TOML text.
 *
 * @throws {TextProblem} with the place of the first fault, or for more than is read without keeping everybody waiting.
 */
export function tomlTree(text: string): AST.TOMLTopLevelTable {
  checkLength(text);
  try {
    return parseTOML(text, { tomlVersion: VERSION }).body[0];
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw parseProblem(text, error.index, 'TOML', error.message);
  }
}

/** The keys of a table's head or a line, as text. */
export function keysOf({ keys }: AST.TOMLKey): readonly string[] {
  return keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value));
}

/** All statements of a document in their order, the lines of tables too, each with its path from the root. */
export function statementsOf(root: AST.TOMLTopLevelTable): readonly Statement[] {
  return root.body.flatMap((node) => {
    const path = keysOf(node.key);
    const statement = { path, node, start: node.range[0], end: node.range[1] };
    if (node.type === 'TOMLKeyValue') return [statement];
    const lines = node.body.map((line) => ({
      path: [...path, ...keysOf(line.key)],
      node: line,
      start: line.range[0],
      end: line.range[1],
    }));
    return [{ ...statement, end: lines.at(-1)?.end ?? statement.end }, ...lines];
  });
}

/** Whether a path leads to or into what `prefix` leads to. */
export function startsWith(path: readonly string[], prefix: readonly string[]): boolean {
  return prefix.every((key, index) => path[index] === key);
}

type Table = Map<string, Meaning>;

function contentMeaning(node: AST.TOMLContentNode): Meaning {
  if (node.type === 'TOMLArray') return node.elements.map(contentMeaning);
  if (node.type === 'TOMLInlineTable') {
    const table: Table = new Map();
    for (const line of node.body) assign(table, line);
    return table;
  }
  if (node.kind === 'integer') return Number.isSafeInteger(node.value) ? node.value : node.bigint;
  return 'datetime' in node ? node.datetime : node.value;
}

/** The table that `keys` lead to; made on the way. Of an array of tables it is the last one. */
function tableAt(table: Table, keys: readonly string[]): Table {
  return keys.reduce<Table>((outer, key) => {
    const found = outer.get(key);
    const inner = Array.isArray(found) ? (found.at(-1) as Meaning) : found;
    if (inner instanceof Map) return inner;
    const made: Table = new Map();
    outer.set(key, made);
    return made;
  }, table);
}

function assign(table: Table, { key, value }: AST.TOMLKeyValue): void {
  const keys = keysOf(key);
  tableAt(table, keys.slice(0, -1)).set(keys.at(-1) ?? '', contentMeaning(value));
}

/** What a document means. */
export function tomlMeaning(root: AST.TOMLTopLevelTable): Meaning {
  const meaning: Table = new Map();
  for (const node of root.body) {
    if (node.type === 'TOMLKeyValue') {
      assign(meaning, node);
      continue;
    }
    const keys = keysOf(node.key);
    let table: Table;
    if (node.kind === 'array') {
      const outer = tableAt(meaning, keys.slice(0, -1));
      const name = keys.at(-1) ?? '';
      const tables = (outer.get(name) ?? []) as Meaning[];
      table = new Map();
      // Not a copy with one more: there may be thousands.
      tables.push(table);
      outer.set(name, tables);
    } else table = tableAt(meaning, keys);
    for (const line of node.body) assign(table, line);
  }
  return meaning;
}
