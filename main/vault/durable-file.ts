import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open directories; its rename is journalled with the file's data order.
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/**
 * Replaces a file as a whole: after a crash or power cut at any moment the path holds either the old or the new
 * content, never a mixture, and once this resolves it is the new one. The new file has exactly `mode`.
 */
export async function writeDurably(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
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
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

/**
 * Removes what earlier writes of this file left half done, because their process was killed. Only for the one owner
 * of the file, and while nothing writes it.
 */
export async function removeLeftovers(path: string): Promise<void> {
  const directory = dirname(path);
  const names = await readdir(directory).catch(() => []);
  const isLeftover = (name: string) => name.startsWith(`${basename(path)}.`) && name.endsWith('.tmp');
  await Promise.all(names.filter(isLeftover).map((name) => rm(join(directory, name), { force: true })));
}
