import { keepCopy, pruneCopies, removeCopies, removeCopy } from './backups.ts';
import { type ClientFile, hashOf, openClientFile, textOf } from './client-file.ts';
import { checkMode, editFile, onFile } from './edit-file.ts';
import type { Inserted, OpenPlace } from './entry-format.ts';
import type { Entries, EntryPlace, JsonValue } from './entry-place.ts';
import { checkFolder, makeFolders, realPlace, removeFolders } from './file-place.ts';
import { openPlace } from './open-place.ts';
import { type Original, originalOf } from './original.ts';
import { entriesOf, insertEntries } from './verified-edit.ts';
import type { WrittenFile } from './written-file.ts';

/** Mode of files that are made. */
const NEW_MODE = 0o600;

/** What is left of the mode of files that are there: an entry may hold a local key, so others lose their rights. */
const OWNER_MODE = 0o700;

/** A name that no server can have. */
const PROBE = 'lanyard probe';

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
 * @throws {LanyardError} `client-file`; `parsePosition` (file-problem.ts) tells the place.
 */
export function readEntries(path: string, place: EntryPlace): Promise<ReadonlyMap<string, JsonValue> | undefined> {
  return onFile(path, async () => {
    const opened = await openPlace(place);
    const file = await openClientFile(await realPlace(path), (text) => entriesOf(opened, text));
    await file?.handle.close();
    return file && entriesOf(opened, textOf(file.bytes).text);
  });
}

async function originalFor(
  file: ClientFile | undefined,
  place: OpenPlace,
  previous: WrittenFile | undefined,
): Promise<Original | undefined> {
  if (!file) return undefined;
  return previous ? originalOf(file, place, previous) : { bytes: file.bytes, mode: file.mode, isCopy: false };
}

/** What was made, now or by the writing before: that goes with the entries once nothing else is in it. */
function madeOf(
  hadFile: boolean,
  { levels, blank }: Inserted,
  previous: WrittenFile | undefined,
): Pick<WrittenFile, 'made' | 'levels' | 'blank'> {
  const made = !hadFile || previous?.made === 'file' ? 'file' : 'section';
  if (levels !== undefined) return { made, levels, ...(blank !== undefined && { blank }) };
  if (previous && previous.made !== 'nothing')
    return {
      made: previous.made,
      ...(previous.levels !== undefined && { levels: previous.levels }),
      ...(previous.blank !== undefined && { blank: previous.blank }),
    };
  return { made: 'nothing', ...(blank !== undefined && { blank }) };
}

/**
 * Puts entries into a client's file, in place of those of `previous`. Everything else in it keeps its bytes. A new
 * file is private (0600), since an entry may hold a local key; an existing one keeps its mode but loses the rights of
 * others for the same reason. Without entries only those of `previous` are taken out.
 *
 * @throws {LanyardError} `client-file`, also where somebody else's entry has one of the names; nothing is changed then.
 */
export async function writeEntries(
  path: string,
  place: EntryPlace,
  entries: Entries,
  { previous, backups, clock }: WriteOptions,
): Promise<WrittenFile> {
  const names = Object.keys(entries);
  if (names.length === 0) {
    if (previous) await removeEntries(path, place, previous);
    return { names, made: 'nothing', hash: '' };
  }
  const opened = await openPlace(place);
  const written = await editFile(path, opened, async (file, real) => {
    if (file) checkMode(path, file);
    const original = await originalFor(file, opened, previous);
    const { mark, text } = original ? textOf(original.bytes) : { mark: '', text: '' };
    const inserted = insertEntries(opened, text, entries);
    const bytes = Buffer.from(`${mark}${inserted.text}`);

    const folders = file ? [] : await makeFolders(real);
    const isNewCopy = original !== undefined && !original.isCopy;
    const copy = isNewCopy
      ? await keepCopy(backups, path, original.bytes, clock())
      : { backup: original && previous?.backup, backupHash: original && previous?.backupHash };
    const madeFolders = [...new Set([...(previous?.madeFolders ?? []), ...folders])];
    const result: WrittenFile = {
      names,
      ...madeOf(original !== undefined, inserted, previous),
      ...(madeFolders.length > 0 && { madeFolders }),
      hash: hashOf(bytes),
      ...(copy.backup !== undefined && { backup: copy.backup, backupHash: copy.backupHash }),
      ...(original && { mode: original.mode }),
    };
    const discard = async () => {
      if (isNewCopy) await removeCopy(copy.backup);
      await removeFolders(folders);
    };
    return { replacement: { bytes, mode: original ? original.mode & OWNER_MODE : NEW_MODE }, result, discard };
  });
  if (written.backup !== undefined) await pruneCopies(backups, path, written.backup);
  return written;
}

/**
 * Takes our entries out of a client's file, and what was made for them. A file that is as we left it gets its bytes
 * and mode from before; in any other only our entries are cut out. A file that is gone already is fine. Afterwards no
 * copy of the file is kept.
 *
 * @throws {LanyardError} `client-file`; nothing is changed then, and it can be repeated.
 */
export async function removeEntries(path: string, place: EntryPlace, written: WrittenFile): Promise<void> {
  const opened = await openPlace(place);
  const left = await editFile(path, opened, async (file) => {
    if (!file) return { replacement: undefined, result: 'nothing' };
    const original = await originalOf(file, opened, written);
    if (!original) return { replacement: { bytes: undefined, mode: file.mode }, result: 'nothing' };
    const isSame = original.bytes.equals(file.bytes) && original.mode === file.mode;
    return { replacement: isSame ? undefined : original, result: 'rest' };
  });
  if (left === 'nothing') await removeFolders(written.madeFolders ?? []);
  // Copies may hold keys of others, also such as the person has taken out since: none stays that is needed no more.
  await removeCopies(path, written.backup);
}

/** What {@link writeEntries} would put into an empty file, for a preview. Keys are not hidden here. */
export async function printEntries(place: EntryPlace, entries: Entries): Promise<string> {
  return insertEntries(await openPlace(place), '', entries).text;
}

/**
 * Resolves if {@link writeEntries} can write the file, or make it, as things are now.
 *
 * @throws {LanyardError} `client-file` with the reason why the file would be left alone.
 */
export function checkWritable(path: string, place: EntryPlace): Promise<void> {
  return onFile(path, async () => {
    const real = await realPlace(path);
    const opened = await openPlace(place);
    const file = await openClientFile(real, (text) => entriesOf(opened, text));
    try {
      await checkFolder(real);
      if (!file) return;
      checkMode(path, file);
      insertEntries(opened, textOf(file.bytes).text, { [PROBE]: {} });
    } finally {
      await file?.handle.close();
    }
  });
}
