import { link, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { discard, stage, syncDirectory, temporaryName } from './durable-file.ts';

/** Mode of both files: nobody else reads them. */
const MODE = 0o600;

/** Where the generation before the present one lies: `vault.previous.json` beside `vault.json`. */
export function previousPath(path: string): string {
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}.previous${ext}`);
}

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** A second name for the file, or a copy where the file system has no hard links; `undefined` where there is no file. */
async function secondName(path: string): Promise<string | undefined> {
  const temporary = temporaryName(path);
  try {
    await link(path, temporary);
    return temporary;
  } catch (error) {
    if (isMissing(error)) return undefined;
    // Every system has codes of its own for "no hard links here". What else may be the matter, copying tells.
    return stage(path, await readFile(path), MODE);
  }
}

async function keepAsPrevious(path: string): Promise<void> {
  const second = await secondName(path);
  if (second === undefined) return;
  try {
    await rename(second, previousPath(path));
  } finally {
    // After a crash both may be one file already: then renaming does nothing, and leaves the second name.
    await discard(second);
  }
}

/** How {@link writeGeneration} goes about the file that is there. */
export interface WriteOptions {
  /** Nothing of the earlier contents may be left: afterwards both files hold the new ones. */
  readonly forgetEarlier: boolean;
}

/**
 * Replaces the file at `path` and keeps the one that was there as the previous generation. After a crash or power cut
 * at any moment at least one of the two files is whole, and the present one is the old or the new one.
 */
export async function writeGeneration(path: string, content: string, { forgetEarlier }: WriteOptions): Promise<void> {
  const staged = await stage(path, content, MODE);
  try {
    if (forgetEarlier) await rm(previousPath(path), { force: true });
    else await keepAsPrevious(path);
    await rename(staged, path);
  } catch (error) {
    await discard(staged);
    throw error;
  }
  if (forgetEarlier) await keepAsPrevious(path);
  await syncDirectory(dirname(path));
}
