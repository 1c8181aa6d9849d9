import { linkSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { discard, stage, syncDirectory, writeDurably } from '../../vault/durable-file.ts';
import { type ClientFile, SETTLE_MS } from './client-file.ts';

/** What a file is to become; without bytes it goes away. */
export interface Replacement {
  readonly bytes: Buffer | undefined;
  readonly mode: number;
}

/** Whether the path still holds what was read. Without a pause, since what follows must be the next thing that happens. */
function isAsRead(real: string, file: ClientFile | undefined): boolean {
  const now = statSync(real, { bigint: true, throwIfNoEntry: false });
  if (!now || !file) return now === undefined && file === undefined;
  const { ino, size, mtimeNs, mode } = file.stats;
  return (
    now.ino === ino &&
    now.size === size &&
    now.mtimeNs === mtimeNs &&
    now.mode === mode &&
    // Two writes within one tick of the file system's clock have the same time.
    readFileSync(real).equals(file.bytes)
  );
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

/** What was written into the file that had the place before, by a program that had it open; `undefined`: nothing. */
async function lateBytes({ handle, bytes, stats }: ClientFile): Promise<Buffer | undefined> {
  await setTimeout(SETTLE_MS);
  const now = await handle.stat({ bigint: true });
  if (now.size === stats.size && now.mtimeNs === stats.mtimeNs) return undefined;
  const late = Buffer.alloc(Number(now.size));
  const { bytesRead } = await handle.read(late, 0, late.length, 0);
  return late.subarray(0, bytesRead).equals(bytes) ? undefined : late.subarray(0, bytesRead);
}

function holds(real: string, bytes: Buffer | undefined): boolean {
  if (bytes === undefined) return statSync(real, { throwIfNoEntry: false }) === undefined;
  return statSync(real, { throwIfNoEntry: false })?.isFile() === true && readFileSync(real).equals(bytes);
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
