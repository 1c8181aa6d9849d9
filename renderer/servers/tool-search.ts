import type { ServerTools } from '../../shared/journal-views.ts';

/** One tool of a server. */
export type Tool = ServerTools['tools'][number];

/** From this many tools on there is a search: fewer are read faster than a word is typed. */
export const SEARCHED_FROM = 10;

/** The tools in whose name, title or description every word of `search` is found. */
export function findTools(tools: readonly Tool[], search: string): readonly Tool[] {
  const words = search.toLowerCase().split(/\s+/u).filter(Boolean);
  if (words.length === 0) return tools;
  return tools.filter(({ name, title, description }) => {
    const text = [name, title, description].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
