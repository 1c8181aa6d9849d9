import { lstat, mkdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isLastingPlace, type PlaceSurroundings } from '../../shared/lasting-place.ts';
import { PRODUCT } from '../../shared/product.ts';
import { temporaryName } from '../vault/durable-file.ts';

const FOLDER = `.${PRODUCT.command}`;

/** Who may write into the folder: nobody but its owner. */
const OTHERS_MAY_WRITE = 0o022;

const gone = (error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT') return undefined;
  throw error;
};

/**
 * Makes `~/.lanyard` (0700) where it is not there yet.
 *
 * @returns its path; `undefined` where it is not the person's alone: in one that others may write, a link could be made
 * to lead elsewhere.
 */
export async function privateFolder(home: string): Promise<string | undefined> {
  const folder = join(home, FOLDER);
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const found = await lstat(folder);
  const isPrivate = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & OTHERS_MAY_WRITE) === 0;
  return isPrivate ? folder : undefined;
}

/**
 * Makes `~/.lanyard/lanyard` lead to the program; at every moment it leads to the old or to the new place. Only a
 * symbolic link of the person's own is ever replaced.
 *
 * @returns the link's path; `undefined` where there is something else in its place, or it cannot be made.
 */
export async function linkProgram(file: string, home: string): Promise<string | undefined> {
  const link = join(home, FOLDER, PRODUCT.command);
  try {
    if ((await privateFolder(home)) === undefined) return undefined;
    const found = await lstat(link).catch(gone);
    if (found && !(found.isSymbolicLink() && found.uid === process.getuid?.())) return undefined;
    if (found && (await readlink(link)) === file) return link;
    const staged = temporaryName(link);
    await symlink(file, staged);
    await rename(staged, link).catch(async (error: unknown) => {
      await rm(staged, { force: true });
      throw error;
    });
    return link;
  } catch {
    // A full or read-only disk: the path as it is serves every client that takes commands as they are.
    return undefined;
  }
}

/**
 * Removes the link where it leads to a program whose place has passed, or that others can write: somebody else could put
 * a program of theirs there. A link that cannot be read or removed stays.
 */
export async function dropPassingLink(surroundings: PlaceSurroundings): Promise<void> {
  const link = join(surroundings.home, FOLDER, PRODUCT.command);
  const led = await readlink(link).catch(() => undefined);
  if (led !== undefined && !(await isLastingPlace(led, surroundings))) await rm(link, { force: true }).catch(() => {});
}
