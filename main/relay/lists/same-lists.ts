import { isDeepStrictEqual } from 'node:util';
import type { ServerLists } from './server-lists.ts';

const byKey = <T extends Readonly<Record<string, unknown>>>(entries: readonly T[], key: string): readonly T[] =>
  entries.toSorted((a, b) => (String(a[key]) < String(b[key]) ? -1 : 1));

// Some servers list what they find in a hash table, in another order each time.
const inOrder = (lists: ServerLists) => ({
  ...lists,
  tools: byKey(lists.tools, 'name'),
  prompts: byKey(lists.prompts, 'name'),
  resources: byKey(lists.resources, 'uri'),
  resourceTemplates: byKey(lists.resourceTemplates, 'uriTemplate'),
});

/** Whether a client would see the same in both; the order of entries and of an object's members does not count. */
export function sameLists(a: ServerLists | undefined, b: ServerLists | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return isDeepStrictEqual(inOrder(a), inOrder(b));
}
