import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function listFiles(path: string): Promise<string[]> {
  try {
    return await filesBelow(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [path];
    throw error;
  }
}

/**
 * SHA-256 over everything that decides how something is made: files, folders (all files below, by name and
 * content) and plain values such as versions. A path that does not exist is an error, never "unchanged".
 */
export async function fingerprint(paths: readonly string[], values: readonly string[] = []): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(values));
  for (const path of paths) {
    for (const file of (await listFiles(path)).sort()) {
      hash.update(JSON.stringify(file)).update(
        createHash('sha256')
          .update(await readFile(file))
          .digest(),
      );
    }
  }
  return hash.digest('hex');
}

/** Whether the thing that `stamp` (a file) belongs to was made from exactly this fingerprint. */
export async function isUpToDate(stamp: string, print: string): Promise<boolean> {
  try {
    return (await readFile(stamp, 'utf8')) === print;
  } catch {
    return false;
  }
}

/** Remembers, after it was made whole, what a thing was made from. */
export async function rememberMade(stamp: string, print: string): Promise<void> {
  await mkdir(dirname(stamp), { recursive: true });
  await writeFile(stamp, print);
}
