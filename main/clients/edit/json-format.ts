import type { EntryFormat, Meaning } from './entry-format.ts';
import { cutFromJson } from './json-cut.ts';
import { insertIntoJson } from './json-insert.ts';
import { jsonMeaning, jsonTree } from './json-tree.ts';

function plainMeaning(value: unknown): Meaning {
  if (Array.isArray(value)) return value.map(plainMeaning);
  if (typeof value !== 'object' || value === null) return value as Meaning;
  return new Map(Object.entries(value).map(([key, inner]) => [key, plainMeaning(inner)]));
}

/** A text without comments is read many times faster by the engine itself: some are larger than 10 MB. */
function parsePlain(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function read(text: string): Meaning {
  const plain = parsePlain(text);
  if (plain) return plainMeaning(plain.value);
  const tree = jsonTree(text);
  return tree ? jsonMeaning(tree) : new Map();
}

/** JSON with comments and trailing commas. */
export const jsonFormat: EntryFormat = {
  read,
  insert: insertIntoJson,
  cut: cutFromJson,
};
