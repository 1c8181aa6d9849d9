import type { ShownTool } from './catalogue.ts';

// A word in a tool's name says most of what it does; one in a long description may be there by chance.
const WEIGHTS = { name: 5, title: 4, server: 3, description: 1 } as const;
/** What the beginning of a word counts, of a whole one: "issue" finds "issues". */
const BEGINNING_PART = 0.6;
/** Shorter words have to be whole. */
const BEGINNING_LENGTH = 3;
/** What asking for a tool by its very name counts: more than any words together. */
const WHOLE_NAME_SCORE = 1000;
/** More words of a query are not looked at. */
const QUERY_WORDS_LIMIT = 20;
/** More of a description is not looked at, in characters. */
const DESCRIPTION_LIMIT = 1000;

type Field = keyof typeof WEIGHTS;
type Fields = Readonly<Record<Field, ReadonlySet<string>>>;

/** The words of a text, in small letters: parts of `listIssues` and `list_issues` are the same. */
export function wordsOf(text: string): readonly string[] {
  const parted = text.replace(/(\p{Ll}|\d)(?=\p{Lu})/gu, '$1 ').toLowerCase();
  return parted.match(/[\p{L}\p{N}]+/gu) ?? [];
}

const textOf = (value: unknown) => (typeof value === 'string' ? value.slice(0, DESCRIPTION_LIMIT) : '');

function fieldsOf({ server, entry, ownName }: ShownTool): Fields {
  const title = `${textOf(entry.title)} ${textOf(entry.annotations?.title)}`;
  return {
    name: new Set(wordsOf(ownName)),
    title: new Set(wordsOf(title)),
    server: new Set([...wordsOf(server.name), ...wordsOf(server.title)]),
    description: new Set(wordsOf(textOf(entry.description))),
  };
}

function part(word: string, words: ReadonlySet<string>): number {
  if (words.has(word)) return 1;
  if (word.length < BEGINNING_LENGTH) return 0;
  for (const other of words) {
    const isBeginning = other.startsWith(word) || (other.length >= BEGINNING_LENGTH && word.startsWith(other));
    if (isBeginning) return BEGINNING_PART;
  }
  return 0;
}

function weightOf(word: string, fields: Fields): number {
  const weights = Object.entries(WEIGHTS) as [Field, number][];
  return weights.reduce((sum, [field, weight]) => sum + weight * part(word, fields[field]), 0);
}

/**
 * The tools that fit a query best, best first, at most `limit`. Words that few tools have count more than those of
 * many. Of equal ones the first listed comes first. An empty query gives the first tools.
 */
export function searchTools(tools: readonly ShownTool[], query: string, limit: number): readonly ShownTool[] {
  const words = [...new Set(wordsOf(query))].slice(0, QUERY_WORDS_LIMIT);
  if (words.length === 0) return tools.slice(0, limit);
  const name = query.trim().toLowerCase();
  const fields = tools.map(fieldsOf);
  const scores = tools.map(({ entry, ownName }): number =>
    [entry.name, ownName].some((given) => given.toLowerCase() === name) ? WHOLE_NAME_SCORE : 0,
  );
  for (const word of words) {
    const weights = fields.map((of) => weightOf(word, of));
    const having = weights.filter((weight) => weight > 0).length;
    const rareness = Math.log(1 + tools.length / Math.max(having, 1));
    weights.forEach((weight, at) => {
      scores[at] = (scores[at] ?? 0) + weight * rareness;
    });
  }
  return tools
    .map((tool, at) => ({ tool, score: scores[at] ?? 0 }))
    .filter(({ score }) => score > 0)
    .sort((left, right) => right.score - left.score)
    .slice(0, limit)
    .map(({ tool }) => tool);
}
