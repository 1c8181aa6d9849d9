import { access, constants, lstat, mkdir, readlink, realpath, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** Links that are followed on the way to a file; a ring of them ends here. As many as Linux follows. */
const LINK_LIMIT = 40;

/** Mode of folders that are made: what goes in may hold keys. */
const FOLDER_MODE = 0o700;

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/**
 * Where a file really is, or will be: links on the way are followed, also to what does not exist yet.
 *
 * @throws what the file system throws, ELOOP for links that lead nowhere.
 */
export async function realPlace(path: string, links = LINK_LIMIT): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const found = await lstat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  // Between the two looks it may have come.
  if (found && !found.isSymbolicLink()) return realpath(path);
  if (!found) return join(await realPlace(dirname(path), links), basename(path));
  if (links === 0) throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
  return realPlace(resolve(await realPlace(dirname(path), links - 1), await readlink(path)), links - 1);
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** The folders above a file that do not exist, outermost first. */
async function missingFolders(path: string): Promise<readonly string[]> {
  const folder = dirname(path);
  if (folder === path || (await exists(folder))) return [];
  return [...(await missingFolders(folder)), folder];
}

/** Makes the folders above a file that do not exist; gives them, outermost first. */
export async function makeFolders(path: string): Promise<readonly string[]> {
  const made: string[] = [];
  for (const folder of await missingFolders(path)) {
    const isOurs = await mkdir(folder, FOLDER_MODE).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
        return false;
      },
    );
    if (isOurs) made.push(folder);
  }
  return made;
}

/** Removes folders that are empty, innermost first; others stay. */
export async function removeFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders.toReversed()) await rmdir(folder).catch(() => {});
}

/**
 * Resolves if a file can be made or replaced at `path`.
 *
 * @throws what the file system throws.
 */
export async function checkFolder(path: string): Promise<void> {
  const [outermost] = await missingFolders(path);
  const folder = dirname(outermost ?? path);
  if (!(await lstat(folder)).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
  await access(folder, constants.W_OK | constants.X_OK);
}
