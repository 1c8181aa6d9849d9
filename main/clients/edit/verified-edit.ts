import { isDeepStrictEqual } from 'node:util';
import type { Inserted, Meaning, OpenPlace } from './entry-format.ts';
import type { Entries, JsonValue } from './entry-place.ts';
import { TextProblem } from './file-problem.ts';

function jsonValue(meaning: Meaning): JsonValue {
  if (meaning instanceof Map) return Object.fromEntries([...meaning].map(([key, inner]) => [key, jsonValue(inner)]));
  if (Array.isArray(meaning)) return meaning.map(jsonValue);
  return typeof meaning === 'bigint' ? Number(meaning) : (meaning as JsonValue);
}

function entriesIn(root: Meaning, section: readonly string[]): ReadonlyMap<string, JsonValue> {
  let meaning: Meaning | undefined = root;
  for (const [index, key] of ['', ...section].entries()) {
    if (index > 0) meaning = (meaning as ReadonlyMap<string, Meaning>).get(key);
    if (meaning === undefined || meaning === null) return new Map();
    if (!(meaning instanceof Map))
      throw new TextProblem(index === 0 ? 'it is not a map of keys' : `its "${key}" is not a map of entries`);
  }
  return new Map([...(meaning as ReadonlyMap<string, Meaning>)].map(([name, entry]) => [name, jsonValue(entry)]));
}

/**
 * The entries of a text, everybody's.
 *
 * @throws {TextProblem} for a text that does not parse, or a section that is something else than a map.
 */
export function entriesOf({ format, section }: OpenPlace, text: string): ReadonlyMap<string, JsonValue> {
  return entriesIn(format.read(text), section);
}

/** What a text means without some entries; maps on the way to them that hold nothing else count for nothing. */
function rest(meaning: Meaning | undefined, section: readonly string[], names: readonly string[]): Meaning | undefined {
  if (meaning === null || meaning === undefined) return undefined;
  if (!(meaning instanceof Map)) return meaning;
  const copy = new Map(meaning);
  const [key, ...inner] = section;
  if (key === undefined) for (const name of names) copy.delete(name);
  else {
    const value = rest(copy.get(key), inner, names);
    if (value === undefined) copy.delete(key);
    else copy.set(key, value);
  }
  return copy.size === 0 ? undefined : copy;
}

function checkRest({ section }: OpenPlace, before: Meaning, after: Meaning, names: readonly string[]): void {
  if (!isDeepStrictEqual(rest(before, section, names), rest(after, section, names)))
    throw new TextProblem('the edit would change more than our entries');
}

/**
 * A text with entries put in, parsed again: all else means what it meant, and the entries are what was asked for.
 *
 * @throws {TextProblem} where one of the names is taken, or the text or its section is in a form that is left alone.
 */
export function insertEntries(place: OpenPlace, text: string, entries: Entries): Inserted {
  const names = Object.keys(entries);
  const { read, insert } = place.format;
  const before = read(text);
  const there = entriesIn(before, place.section);
  const taken = names.find((name) => there.has(name));
  if (taken !== undefined)
    throw new TextProblem(`it has an entry "${taken}" that Lanyard did not write`, {
      next: 'Rename or remove that entry, then try again.',
    });
  if (names.length === 0) return { text };
  const inserted = insert(text, place.section, entries);
  const after = read(inserted.text);
  checkRest(place, before, after, names);
  const written = entriesIn(after, place.section);
  if (!names.every((name) => isDeepStrictEqual(written.get(name), entries[name])))
    throw new TextProblem('its format cannot hold our entries');
  return inserted;
}

/**
 * A text without some entries, parsed again: all else means what it meant, and none of them is there.
 *
 * @throws {TextProblem} for a text that does not parse, or entries in a form that is left alone.
 */
export function cutEntries(
  place: OpenPlace,
  text: string,
  names: readonly string[],
  inserted: Omit<Inserted, 'text'>,
): string {
  const { read, cut } = place.format;
  const before = read(text);
  const there = entriesIn(before, place.section);
  if (!names.some((name) => there.has(name))) return text;
  const edited = cut(text, place.section, names, inserted);
  const after = read(edited);
  const left = entriesIn(after, place.section);
  if (names.some((name) => left.has(name))) throw new TextProblem('our entries are in a form that is left alone');
  checkRest(place, before, after, names);
  return edited;
}
