import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, open, readdir, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { PRODUCT } from '../../shared/product.ts';
import { temporaryName } from '../vault/durable-file.ts';
import { privateFolder } from './program-link.ts';

/** What lies beside the program as it is shipped: the add-on for the keychain. */
const ADD_ONS = 'node_modules';

/** Far more files than are shipped: a folder that holds more is not ours. */
const MOST_FILES = 1_000;

/** What the names of copies begin with. */
const COPY = 'program-';

/** Letters of the hash in a copy's name: enough to tell versions apart. */
const HASH_LETTERS = 16;

/** Paths of the files of a program, relative to its folder. Links are left out: none is shipped. */
async function filesOf(folder: string, program: string): Promise<readonly string[]> {
  const beside = await readdir(join(folder, ADD_ONS), { recursive: true, withFileTypes: true }).catch(() => []);
  if (beside.length > MOST_FILES) throw new Error('This is not what was shipped.');
  const paths = beside.filter((one) => one.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return [program, ...paths.map((path) => path.slice(folder.length + sep.length)).toSorted()];
}

/** SHA-256 over names, sizes and contents, in hex. */
async function hashOf(folder: string, files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    const path = join(folder, file);
    hash.update(`${file}\0${(await stat(path)).size}\0`);
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

async function copyFiles(from: string, to: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const path = join(to, file);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await copyFile(join(from, file), path);
    await chmod(path, 0o700);
    const copied = await open(path, 'r+');
    await copied.sync().finally(() => copied.close());
  }
}

/** Makes the copy in one step: whoever finds it finds all of it. */
async function makeCopy(from: string, to: string, files: readonly string[], hash: string): Promise<void> {
  const staged = temporaryName(to);
  try {
    await copyFiles(from, staged, files);
    if ((await hashOf(staged, files)) !== hash) throw new Error('The program changed while it was copied.');
    await rename(staged, to);
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    // Another agent of this person made the same one meanwhile.
    if (!(await stat(to).catch(() => undefined))) throw error;
  }
}

/** Removes the other copies, but not the one that is in use until the link leads to the new one. */
async function removeOthers(folder: string, current: string): Promise<void> {
  const led = await readlink(join(folder, PRODUCT.command)).catch(() => '');
  const inUse = [current, dirname(led)];
  const names = (await readdir(folder)).filter((name) => name.startsWith(COPY));
  const others = names.map((name) => join(folder, name)).filter((path) => !inUse.includes(path));
  await Promise.all(others.map((path) => rm(path, { recursive: true, force: true }).catch(() => {})));
}

/**
 * Copies a program that lies in a passing place, with what it needs beside it, into `~/.lanyard` (0700). A program with
 * the same content is not copied again; of older copies one is kept at most.
 *
 * @returns the path of the program's copy; `undefined` where none can be made.
 */
export async function keepProgram(file: string, home: string): Promise<string | undefined> {
  try {
    const folder = await privateFolder(home);
    if (folder === undefined) return undefined;
    const [from, program] = [dirname(file), basename(file)];
    const files = await filesOf(from, program);
    const hash = await hashOf(from, files);
    const to = join(folder, `${COPY}${hash.slice(0, HASH_LETTERS)}`);
    if (!(await stat(to).catch(() => undefined))) await makeCopy(from, to, files, hash);
    await removeOthers(folder, to);
    return join(to, program);
  } catch {
    // A full or read-only disk. Without a copy, nothing may name the program.
    return undefined;
  }
}

/** Whether a program is such a copy. */
export async function isKeptProgram(file: string, home: string): Promise<boolean> {
  const folder = dirname(dirname(file));
  const real = await realpath(home).catch(() => home);
  return (
    basename(dirname(file)).startsWith(COPY) && [home, real].some((at) => folder === join(at, `.${PRODUCT.command}`))
  );
}
