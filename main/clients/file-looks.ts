import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Problem, problemOf } from '../../shared/errors.ts';
import { checkWritable, readEntries } from './edit/entry-file.ts';
import type { EntryPlace, JsonValue } from './edit/entry-place.ts';

/**
 * Largest file that is parsed only to show how it stands, in bytes: the agent answers nobody else meanwhile, and Claude
 * Code keeps its history in the same file.
 */
const LOOK_LIMIT_BYTES = 8 * 1024 * 1024;

/** What a look at an app's file found. */
export type FileLook =
  | { readonly kind: 'entries'; readonly entries: ReadonlyMap<string, JsonValue> | undefined }
  | { readonly kind: 'problem'; readonly problem: Problem }
  /** Too large to look at each time. */
  | { readonly kind: 'too-large' };

/** What is looked for: our entries, or whether we could write some. */
export type LookPurpose = 'read' | 'write';

/** Looks at apps' files; see {@link createFileLooks}. */
export type FileLooks = (path: string, place: EntryPlace, purpose: LookPurpose) => Promise<FileLook>;

/** What changes with a file or folder: identity, size, rights, and the time of its last change. */
const partOf = (path: string) =>
  stat(path).then(
    ({ dev, ino, size, mode, mtimeMs }) => ({ size, text: [dev, ino, size, mode, mtimeMs].join(' ') }),
    () => ({ size: 0, text: 'none' }),
  );

async function look(path: string, place: EntryPlace, purpose: LookPurpose): Promise<FileLook> {
  try {
    if (purpose === 'write') await checkWritable(path, place);
    return { kind: 'entries', entries: purpose === 'read' ? await readEntries(path, place) : undefined };
  } catch (error) {
    return { kind: 'problem', problem: problemOf(error) };
  }
}

/** Most files of which the last look is remembered: more than there are apps. */
const REMEMBERED_LIMIT = 50;

/** Looks that remember what they found for as long as a file, and its folder, stay as they are. */
export function createFileLooks(): FileLooks {
  const remembered = new Map<string, { readonly state: string; readonly found: FileLook }>();
  return async (path, place, purpose) => {
    const [file, folder] = await Promise.all([partOf(path), partOf(dirname(path))]);
    if (file.size > LOOK_LIMIT_BYTES) return { kind: 'too-large' };
    const state = [purpose, file.text, folder.text].join('\n');
    const last = remembered.get(path);
    if (last?.state === state) return last.found;
    const found = await look(path, place, purpose);
    remembered.delete(path);
    remembered.set(path, { state, found });
    const [oldest] = remembered.keys();
    if (remembered.size > REMEMBERED_LIMIT && oldest !== undefined) remembered.delete(oldest);
    return found;
  };
}
