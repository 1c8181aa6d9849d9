import { LanyardError } from '../../../shared/errors.ts';
import { type ClientFile, openClientFile } from './client-file.ts';
import type { OpenPlace } from './entry-format.ts';
import { realPlace } from './file-place.ts';
import { fileProblem, readOnlyProblem, TextProblem } from './file-problem.ts';
import { type Replacement, replaceFile } from './replace-file.ts';
import { entriesOf } from './verified-edit.ts';

/** How often an edit is made anew on what somebody else wrote meanwhile. */
const ATTEMPT_LIMIT = 8;

/** What is to become of a file, and what to give when it has. */
export interface Edit<T> {
  /** `undefined`: it stays as it is. */
  readonly replacement: Replacement | undefined;
  readonly result: T;
  /** Takes back what was prepared, when the edit does not come about. */
  readonly discard?: () => Promise<void>;
}

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  EACCES: ['you may not read or write it', 'Give yourself the right to, then try again.'],
  EPERM: ['the system does not let it be replaced', 'Take its protection away, then try again.'],
  EROFS: ['it is on a disk that cannot be written', 'Make the disk writable, then try again.'],
  ENOSPC: ['the disk is full', 'Make room, then try again.'],
  EDQUOT: ['the disk is full', 'Make room, then try again.'],
  ELOOP: ['its links lead nowhere', 'Mend the links, then try again.'],
  ENOTDIR: ['its folder is not a folder', 'Move what is there away, then try again.'],
};

/** Runs work on a client's file; whatever it throws becomes a `client-file` problem of that file. */
export async function onFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LanyardError) throw error;
    if (error instanceof TextProblem) throw fileProblem(path, error.message, error.next, error, error.exact);
    const code = (error as NodeJS.ErrnoException).code;
    // What a parser throws without a place: nested too deeply, or aliases that grow without end.
    if (code === undefined) throw fileProblem(path, 'it cannot be understood', 'Look at it in an editor.', error);
    const [detail, next] = REASONS[code] ?? ['it cannot be read or written', 'Look at the file, then try again.'];
    throw fileProblem(path, detail, next, error, `${detail} (${code})`);
  }
}

/** @throws {LanyardError} where the owner has no right to write: somebody wants it to stay as it is, even for root. */
export function checkMode(path: string, { mode }: ClientFile): void {
  if ((mode & 0o200) === 0) throw readOnlyProblem(path);
}

async function attempt<T>(
  path: string,
  place: OpenPlace,
  decide: (file: ClientFile | undefined, real: string) => Promise<Edit<T>>,
): Promise<Edit<T> | undefined> {
  const real = await realPlace(path);
  const file = await openClientFile(real, (text) => entriesOf(place, text));
  try {
    const edit = await decide(file, real);
    if (!edit.replacement) return edit;
    let isDone = false;
    try {
      if (file) checkMode(path, file);
      isDone = await replaceFile(real, file, edit.replacement);
    } finally {
      if (!isDone) await edit.discard?.();
    }
    return isDone ? edit : undefined;
  } finally {
    await file?.handle.close();
  }
}

/**
 * Edits a client's file: reads it, decides, and replaces it. When somebody else changes it meanwhile all of that
 * happens again on the new text, a few times.
 *
 * @param decide what to make of it; `file` is `undefined` where there is none. May be called several times.
 * @throws {LanyardError} `client-file`; the file is then as it was.
 */
export function editFile<T>(
  path: string,
  place: OpenPlace,
  decide: (file: ClientFile | undefined, real: string) => Promise<Edit<T>>,
): Promise<T> {
  return onFile(path, async () => {
    for (let count = 0; count < ATTEMPT_LIMIT; count += 1) {
      const edit = await attempt(path, place, decide);
      if (edit) return edit.result;
    }
    throw fileProblem(path, 'another program keeps changing it', 'Close that program, then try again.');
  });
}
