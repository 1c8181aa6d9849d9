import { readCopy } from './backups.ts';
import { type ClientFile, textOf } from './client-file.ts';
import type { Inserted, OpenPlace } from './entry-format.ts';
import { cutEntries } from './verified-edit.ts';
import type { WrittenFile } from './written-file.ts';

/** A file as it is without our entries. */
export interface Original {
  readonly bytes: Buffer;
  readonly mode: number;
  /** Whether these are the bytes from before, of the copy, and not what is left after cutting. */
  readonly isCopy: boolean;
}

/** What was made, of a file that was written before that was kept. */
function insertedOf({ levels, blank, made }: WrittenFile, { section }: OpenPlace): Omit<Inserted, 'text'> {
  const known = levels ?? (made === 'nothing' ? section.length + 1 : made === 'section' ? section.length : 1);
  return { levels: known, ...(blank !== undefined && { blank }) };
}

/** The mode from before, unless somebody gave the file another since. */
function originalMode(file: ClientFile, before: number | undefined): number {
  return before !== undefined && file.mode === (before & 0o700) ? before : file.mode;
}

/** Whether nothing is in a text but what an empty file may have in any format. */
function isBlank(text: string): boolean {
  return /^\s*(?:\{\s*\})?\s*$/.test(text);
}

/**
 * What a file is without the entries of `written`; `undefined` where nothing is left of a file that was made for them.
 *
 * @throws {TextProblem} where they cannot be cut out.
 */
export async function originalOf(
  file: ClientFile,
  place: OpenPlace,
  written: WrittenFile,
): Promise<Original | undefined> {
  const mode = originalMode(file, written.mode);
  if (file.hash === written.hash) {
    const copy = await readCopy(written);
    if (copy) return { bytes: copy, mode, isCopy: true };
    if (written.backup === undefined && written.made === 'file') return undefined;
  }
  const { mark, text } = textOf(file.bytes);
  const cut = cutEntries(place, text, written.names, insertedOf(written, place));
  if (written.made === 'file' && isBlank(cut)) return undefined;
  return { bytes: Buffer.from(`${mark}${cut}`), mode, isCopy: false };
}
