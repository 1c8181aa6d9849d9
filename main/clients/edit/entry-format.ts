import type { Entries, EntryPlace } from './entry-place.ts';
import type { WrittenFile } from './written-file.ts';

/**
 * What a document means, whatever its format: tables as maps, so that no key is special. Scalars that JSON does not
 * have, dates among them, are text.
 */
export type Meaning = string | number | bigint | boolean | null | readonly Meaning[] | ReadonlyMap<string, Meaning>;

/** A text with entries put in, and what {@link EntryFormat.cut} has to know of it. */
export interface Inserted extends Pick<WrittenFile, 'levels' | 'blank'> {
  readonly text: string;
}

/** Where entries are, with what reads and edits the format there. */
export interface OpenPlace {
  readonly format: EntryFormat;
  readonly section: EntryPlace['section'];
}

/**
 * How entries are put into a format's text and taken out. Texts come without byte order mark and are edited at
 * positions that a parser gives; what is not touched keeps its bytes. All of it throws TextProblem for a text that
 * does not parse, or has a section in a form that is left alone.
 */
export interface EntryFormat {
  /** An empty text means an empty map. */
  read(text: string): Meaning;
  /** Adds entries, none of which has a name that is there. At least one. */
  insert(text: string, section: readonly string[], entries: Entries): Inserted;
  /** Removes entries by name, those that are there, and what was made for them if nothing else is in it. */
  cut(text: string, section: readonly string[], names: readonly string[], inserted: Omit<Inserted, 'text'>): string;
}
