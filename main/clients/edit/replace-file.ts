import { linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { discard, stage, syncDirectory, writeDurably } from '../../vault/durable-file.ts';
import { type ClientFile, FILE_LIMIT_BYTES, SETTLE_MS } from './client-file.ts';
import { holdsBytes } from './regular-file.ts';

/** How often a file that was replaced is looked at while somebody writes into it. */
const LATE_LOOK_LIMIT = 10;

/** What a file is to become; without bytes it goes away. */
export interface Replacement {
  readonly bytes: Buffer | undefined;
  readonly mode: number;
}

/**
 * Whether the path still holds what was read. Without a pause, and the short look last: what follows at once must be
 * the change itself. Systems offer no way to do both as one; a file that is put in place between the two is lost.
 */
function isAsRead(real: string, file: ClientFile | undefined): boolean {
  if (!file) return statSync(real, { throwIfNoEntry: false }) === undefined;
  // Two writes within one tick of the file system's clock have the same time.
  if (!holdsBytes(real, file.bytes)) return false;
  const now = statSync(real, { bigint: true, throwIfNoEntry: false });
  const { ino, size, mtimeNs, mode } = file.stats;
  return now?.ino === ino && now.size === size && now.mtimeNs === mtimeNs && now.mode === mode;
}

/** Gives a staged file its place, unless the place is taken. */
function place(staged: string, real: string): boolean {
  try {
    linkSync(staged, real);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // File systems without hard links.
    renameSync(staged, real);
  }
  return true;
}

function swap(real: string, file: ClientFile | undefined, staged: string | undefined): boolean {
  if (!isAsRead(real, file)) return false;
  if (staged === undefined) rmSync(real);
  else if (file) renameSync(staged, real);
  else return place(staged, real);
  return true;
}

async function read({ handle }: ClientFile): Promise<Buffer> {
  const { size } = await handle.stat();
  if (size > FILE_LIMIT_BYTES) throw Object.assign(new Error('grown too large'), { code: 'EFBIG' });
  const bytes = Buffer.alloc(size);
  const { bytesRead } = await handle.read(bytes, 0, size, 0);
  return bytes.subarray(0, bytesRead);
}

/**
 * What was written into the file that had the place before, by a program that had it open; `undefined`: nothing. It
 * is waited for while it goes on writing, or has only emptied the file yet.
 */
async function lateBytes(file: ClientFile): Promise<Buffer | undefined> {
  let last = file.bytes;
  for (let look = 0; look < LATE_LOOK_LIMIT; look += 1) {
    await setTimeout(SETTLE_MS);
    const bytes = await read(file);
    if (bytes.equals(last) && (bytes.length > 0 || file.bytes.length === 0)) break;
    last = bytes;
  }
  return last.equals(file.bytes) ? undefined : last;
}

function holds(real: string, bytes: Buffer | undefined): boolean {
  if (bytes === undefined) return statSync(real, { throwIfNoEntry: false }) === undefined;
  return holdsBytes(real, bytes);
}

/**
 * Replaces what was read from `real`, as a whole and durably. Nothing of ours stays if somebody else changed the file
 * meanwhile, whether they put another in its place or wrote into it: theirs is there then.
 *
 * @param file what was read; `undefined`: nothing was there.
 * @returns whether it was replaced; otherwise it has to be read again.
 * @throws what the file system throws.
 */
export async function replaceFile(
  real: string,
  file: ClientFile | undefined,
  { bytes, mode }: Replacement,
): Promise<boolean> {
  // Windows replaces no file that is open.
  const seesLateBytes = file !== undefined && process.platform !== 'win32';
  if (file && !seesLateBytes) await file.handle.close();
  const staged = bytes && (await stage(real, bytes, mode));
  try {
    if (!swap(real, file, staged)) return false;
  } finally {
    if (staged !== undefined) await discard(staged);
  }
  await syncDirectory(dirname(real));
  const late = seesLateBytes ? await lateBytes(file) : undefined;
  if (late === undefined) return true;
  // Who wrote that will not write it again. What came after our edit is newer still.
  if (holds(real, bytes)) await writeDurably(real, late, file?.mode ?? mode);
  return false;
}
