import { chmod, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeDurably } from '../../vault/durable-file.ts';
import { hashOf } from './client-file.ts';
import type { WrittenFile } from './written-file.ts';

/** Copies that are kept of one file: that of now, and two for somebody who looks for an older state. */
const COPIES_PER_FILE = 3;

/** Letters of a path's hash in the names of its copies: enough to tell files of one name apart. */
const HASH_LETTERS = 8;

/** What the names of all copies of a file start with: folder and file, to be found by people. */
function prefixOf(path: string): string {
  const name = `${basename(dirname(path))}-${basename(path)}`.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '');
  return `${name}-${hashOf(Buffer.from(path)).slice(0, HASH_LETTERS)}-`;
}

/**
 * Keeps a copy of a file from before our entries, readable by its owner only.
 *
 * @param now the time, in milliseconds.
 */
export async function keepCopy(
  folder: string,
  path: string,
  bytes: Buffer,
  now: number,
): Promise<Required<Pick<WrittenFile, 'backup' | 'backupHash'>>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const taken = new Set(await readdir(folder));
  const name = `${prefixOf(path)}${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`;
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}-${number}`;
  const backup = join(folder, free);
  await writeDurably(backup, bytes, 0o600);
  return { backup, backupHash: hashOf(bytes) };
}

/** The bytes of a copy; `undefined` where it is gone or is not what was kept. */
export async function readCopy({
  backup,
  backupHash,
}: Pick<WrittenFile, 'backup' | 'backupHash'>): Promise<Buffer | undefined> {
  if (backup === undefined) return undefined;
  const bytes = await readFile(backup).catch(() => undefined);
  return bytes && hashOf(bytes) === backupHash ? bytes : undefined;
}

/** Removes a copy that nothing is put back from any more. What cannot be removed stays. */
export async function removeCopy(backup: string | undefined): Promise<void> {
  if (backup !== undefined) await rm(backup, { force: true }).catch(() => {});
}

/** Removes all copies of a file, of which `backup` is the present one. What cannot be removed stays. */
export async function removeCopies(path: string, backup: string | undefined): Promise<void> {
  if (backup === undefined) return;
  const folder = dirname(backup);
  const names = await readdir(folder).catch(() => []);
  const copies = names.filter((name) => name.startsWith(prefixOf(path))).map((name) => join(folder, name));
  await Promise.all([backup, ...copies].map(removeCopy));
}

/** Removes the oldest copies of a file, never `current`. What cannot be removed stays until the next time. */
export async function pruneCopies(folder: string, path: string, current: string): Promise<void> {
  const prefix = prefixOf(path);
  const names = await readdir(folder).catch(() => []);
  const others = names.filter((name) => name.startsWith(prefix) && join(folder, name) !== current).toSorted();
  const old = others.slice(0, Math.max(others.length - (COPIES_PER_FILE - 1), 0));
  await Promise.all(old.map((name) => removeCopy(join(folder, name))));
}
