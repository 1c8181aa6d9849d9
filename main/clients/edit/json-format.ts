import type { EntryFormat } from './entry-format.ts';
import { cutFromJson } from './json-cut.ts';
import { insertIntoJson } from './json-insert.ts';
import { jsonMeaning, jsonTree } from './json-tree.ts';

/** JSON with comments and trailing commas. */
export const jsonFormat: EntryFormat = {
  read: (text) => {
    const tree = jsonTree(text);
    return tree ? jsonMeaning(tree) : new Map();
  },
  insert: insertIntoJson,
  cut: cutFromJson,
};
