import type { EntryFormat, Inserted } from './entry-format.ts';
import type { Entries } from './entry-place.ts';
import { TextProblem } from './file-problem.ts';
import { insertion, splice, spliceLines } from './splice.ts';
import { lineEndOf, lineStart, nextLine } from './text-layout.ts';
import { printTable } from './toml-print.ts';
import { type Statement, startsWith, statementsOf, tomlMeaning, tomlTree } from './toml-tree.ts';

/** A section in a form that tables cannot be added to. */
function checkSection(statements: readonly Statement[], section: readonly string[]): void {
  const name = section.join('.');
  for (const { path, node } of statements) {
    if (!startsWith(section, path)) continue;
    if (node.type === 'TOMLKeyValue') throw new TextProblem(`its "${name}" is written as a value and not as tables`);
    if (node.kind === 'array') throw new TextProblem(`its "${name}" is an array of tables`);
  }
}

/**
 * Behind the lines of comment that go on where a table's values end, if nothing follows them at once: they are more
 * likely its own than those of what comes next.
 */
function skipComments(text: string, offset: number): number {
  let line = offset;
  while (/^[ \t]*#/.test(text.slice(line, nextLine(text, line)))) line = nextLine(text, line);
  return text.slice(line, nextLine(text, line)).trim() === '' ? line : offset;
}

function insert(text: string, section: readonly string[], entries: Entries): Inserted {
  const statements = statementsOf(tomlTree(text));
  checkSection(statements, section);
  const lineEnd = lineEndOf(text);
  const tables = Object.entries(entries).map(([name, entry]) => printTable([...section, name], entry).join(lineEnd));
  const last = statements.findLast(({ path, node }) => node.type === 'TOMLTable' && startsWith(path, section));
  const offset = last ? skipComments(text, nextLine(text, last.end)) : text.length;
  const isOpenLine = offset > 0 && text[offset - 1] !== '\n';
  // Always one empty line before a table: cut() takes one away again.
  const body = tables.join(`${lineEnd}${lineEnd}`);
  const before = offset === 0 ? '' : isOpenLine ? `${lineEnd}${lineEnd}` : lineEnd;
  const edited = splice(text, [insertion(offset, `${before}${body}${isOpenLine ? '' : lineEnd}`)]);
  return { text: edited, ...(!last && { levels: 1 }) };
}

/** The lines of a statement, with the empty line before a table. */
function linesOf(text: string, { start, end, node }: Statement): readonly [number, number] {
  const first = lineStart(text, start);
  const behind = nextLine(text, end);
  if (node.type === 'TOMLKeyValue') return [first, behind];
  const before = lineStart(text, Math.max(first - 1, 0));
  return [first > 0 && text.slice(before, first).trim() === '' ? before : first, behind];
}

function cut(text: string, section: readonly string[], names: readonly string[]): string {
  const own = new Set(names);
  const isOurs = (path: readonly string[]) => startsWith(path, section) && own.has(path[section.length] ?? '');
  const statements = statementsOf(tomlTree(text)).filter(({ path }) => isOurs(path));
  let done = 0;
  const ranges = statements.flatMap((statement) => {
    const [start, end] = linesOf(text, statement);
    // The lines of a table are in it already.
    if (end <= done) return [];
    const from = Math.max(start, done);
    done = end;
    return [[from, end] as const];
  });
  return spliceLines(text, ranges);
}

/** TOML, entries as tables of their own. */
export const tomlFormat: EntryFormat = { read: (text) => tomlMeaning(tomlTree(text)), insert, cut };
