import { chmod, cp, lstat, lutimes, mkdir, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Content } from './fpm-options.ts';

/** Folders and programs: everybody may use them, root alone may change them. */
const EXECUTABLE_MODE = 0o755;
const FILE_MODE = 0o644;
/** Any of the three bits makes a file a program. */
const ANY_EXECUTE = 0o111;

/** An entry of a package. */
export interface PackageEntry {
  /** Where it will be on the machine, absolute. */
  readonly path: string;
  readonly kind: 'folder' | 'file' | 'link';
  /** Permission bits; of no meaning for links. */
  readonly mode: number;
  /** Bytes; 0 for folders. */
  readonly size: number;
}

/** `SOURCE/=/TARGET` puts the folder's contents there, `SOURCE=/TARGET` the file itself, as with fpm. */
async function copyContent({ from, to }: Content, root: string): Promise<void> {
  const target = join(root, to);
  const info = await stat(from).catch(() => {
    throw new Error(`There is no ${from} to put into the package`);
  });
  if (info.isDirectory() && !from.endsWith('/'))
    return copyContent({ from: `${from}/`, to: join(to, basename(from)) }, root);
  await mkdir(info.isDirectory() ? target : dirname(target), { recursive: true });
  await cp(from, target, { recursive: true, verbatimSymlinks: true });
}

async function entriesBelow(root: string, path: string): Promise<PackageEntry[]> {
  const found: PackageEntry[] = [];
  for (const name of (await readdir(join(root, path))).sort()) {
    const own = `${path}/${name}`;
    const info = await lstat(join(root, own));
    const kind = info.isSymbolicLink() ? 'link' : info.isDirectory() ? 'folder' : 'file';
    const mode = kind === 'folder' || (info.mode & ANY_EXECUTE) !== 0 ? EXECUTABLE_MODE : FILE_MODE;
    found.push({ path: own, kind, mode, size: kind === 'folder' ? 0 : info.size });
    if (kind === 'folder') found.push(...(await entriesBelow(root, own)));
  }
  return found;
}

/**
 * Lays out what the package will put on a machine, with the permissions it will have there: those of the machine that
 * builds do not count, and nothing in a package of ours is setuid or writable by anybody but root.
 *
 * @param root an empty folder.
 * @param timeSeconds what every file says it was changed at, so that the same input makes the same package.
 * @returns everything in it, folders before what they hold.
 * @throws {Error} that names a source which is not there.
 */
export async function layOut(contents: readonly Content[], root: string, timeSeconds: number): Promise<PackageEntry[]> {
  for (const content of contents) await copyContent(content, root);
  const entries = await entriesBelow(root, '');
  // Backwards: what is put into a folder changes the folder's own time.
  for (const { path, kind, mode } of entries.toReversed()) {
    if (kind !== 'link') await chmod(join(root, path), mode);
    await lutimes(join(root, path), timeSeconds, timeSeconds);
  }
  return entries;
}
