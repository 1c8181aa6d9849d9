import type { Entries, EntryPlace, JsonValue } from './entry-place.ts';
import type { WrittenFile } from './written-file.ts';

/** What writing works with. */
export interface WriteOptions {
  /** What an earlier {@link writeEntries} of this file gave, while those entries are meant to be in it. */
  readonly previous?: WrittenFile;
  /** Folder of the copies from before, absolute; made with mode 0700 where missing. */
  readonly backups: string;
  /** The time for names of copies, in milliseconds. */
  readonly clock: () => number;
}

/**
 * The entries of a client's file, everybody's, in the file's order; none where it has no section for them.
 * `undefined`: there is no such file. TOML's dates come as text.
 *
 * @throws {LanyardError} `client-file`; {@link parsePosition} (file-problem.ts) tells the place.
 */
export function readEntries(_path: string, _place: EntryPlace): Promise<ReadonlyMap<string, JsonValue> | undefined> {
  return Promise.reject(new Error('not yet'));
}

/**
 * Puts entries into a client's file, in place of those of `previous`. Everything else in it keeps its bytes. A new
 * file is private (0600), since an entry may hold a local key; an existing one keeps its mode but loses the rights of
 * others for the same reason. Without entries only those of `previous` are taken out.
 *
 * @throws {LanyardError} `client-file`, also where somebody else's entry has one of the names; nothing is changed then.
 */
export function writeEntries(
  _path: string,
  _place: EntryPlace,
  _entries: Entries,
  _options: WriteOptions,
): Promise<WrittenFile> {
  return Promise.reject(new Error('not yet'));
}

/**
 * Takes our entries out of a client's file, and what was made for them. A file that is as we left it gets its bytes
 * and mode from before; in any other only our entries are cut out. A file that is gone already is fine.
 *
 * @throws {LanyardError} `client-file`; nothing is changed then, and it can be repeated.
 */
export function removeEntries(_path: string, _place: EntryPlace, _written: WrittenFile): Promise<void> {
  return Promise.reject(new Error('not yet'));
}

/** What {@link writeEntries} would put into an empty file, for a preview. Keys are not hidden here. */
export function printEntries(_place: EntryPlace, _entries: Entries): string {
  return '';
}

/**
 * Resolves if {@link writeEntries} can write the file, or make it, as things are now.
 *
 * @throws {LanyardError} `client-file` with the reason why the file would be left alone.
 */
export function checkWritable(_path: string, _place: EntryPlace): Promise<void> {
  return Promise.reject(new Error('not yet'));
}
