import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Makes what was renamed in a folder last, through a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open directories; its rename is journalled with the file's data order.
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** A name beside `path` that is free, and that {@link removeLeftovers} knows. */
export function temporaryName(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.tmp`;
}

/** Removes a temporary file. A fault of that must not hide the one that it was left over from. */
export async function discard(temporary: string): Promise<void> {
  await rm(temporary, { force: true }).catch(() => {});
}

/**
 * Writes a new file beside `path`, down to the disk, with exactly `mode`; gives its name. It lasts, but takes nobody's
 * place yet. Nothing is left of it when this throws.
 */
export async function stage(path: string, content: string | Uint8Array, mode: number): Promise<string> {
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(content);
      // The umask may have taken bits away that an existing file had.
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    return temporary;
  } catch (error) {
    await discard(temporary);
    throw error;
  }
}

/**
 * Replaces a file as a whole: after a crash or power cut at any moment the path holds either the old or the new
 * content, never a mixture, and once this resolves it is the new one. The new file has exactly `mode`.
 */
export async function writeDurably(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const staged = await stage(path, content, mode);
  try {
    await rename(staged, path);
  } catch (error) {
    await discard(staged);
    throw error;
  }
  await syncDirectory(dirname(path));
}

/**
 * Removes what earlier writes of this file left half done, because their process was killed. Only for the one owner
 * of the file, and while nothing writes it. What cannot be removed stays until the next time.
 */
export async function removeLeftovers(path: string): Promise<void> {
  const directory = dirname(path);
  const names = await readdir(directory).catch(() => []);
  const isLeftover = (name: string) => name.startsWith(`${basename(path)}.`) && name.endsWith('.tmp');
  await Promise.all(names.filter(isLeftover).map((name) => discard(join(directory, name))));
}
