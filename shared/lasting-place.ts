import { realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';

/** Where we run. */
export interface PlaceSurroundings {
  readonly platform: NodeJS.Platform;
  /** Home folder of the person, absolute. Who may write above it is not looked at: that is the system's affair. */
  readonly home: string;
}

/** Whose a file or folder is, as `stat` says. */
export interface Ownership {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/**
 * What lies here is there for one run: an AppImage is mounted or extracted at another place each time it starts, and so
 * does macOS run an app that was downloaded and not moved (App Translocation).
 */
const PASSING_PLACE = /\/\.mount_[^/]+\/|\/appimage_extracted_[^/]+\/|\/AppTranslocation\//;

const ROOT = 0;

/** `admin` of macOS, to whom `/Applications` belongs; its members may become root anyway. */
const MAC_ADMIN_GROUP = 80;

const GROUP_MAY_WRITE = 0o020;
const OTHERS_MAY_WRITE = 0o002;

/**
 * Whether only root and the person may change a file, or what lies in a folder. A folder with the sticky bit, such as
 * `/tmp`, does not count: in it others may take a name as soon as it is free.
 *
 * @param person user id of the person; `undefined` where the system has none.
 */
export function isSafeFrom(
  { uid, gid, mode }: Ownership,
  platform: NodeJS.Platform,
  person: number | undefined,
): boolean {
  if (uid !== ROOT && uid !== person) return false;
  if ((mode & OTHERS_MAY_WRITE) !== 0) return false;
  return (mode & GROUP_MAY_WRITE) === 0 || gid === ROOT || (platform === 'darwin' && gid === MAC_ADMIN_GROUP);
}

/** A path and the folders it lies in, up to the last one that is looked at. */
function* upTo(path: string, tops: readonly string[]): Generator<string> {
  for (let at = path; ; at = dirname(at)) {
    yield at;
    if (tops.includes(at) || at === dirname(at)) return;
  }
}

const isGone = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

async function isSafeAlong(path: string, tops: readonly string[], platform: NodeJS.Platform): Promise<boolean> {
  for (const at of upTo(path, tops)) {
    try {
      if (!isSafeFrom(await stat(at), platform, process.getuid?.())) return false;
    } catch (error) {
      // Who may make what is missing is decided by the folder above.
      if (!isGone(error)) return false;
    }
  }
  return true;
}

/**
 * Whether a program may be named by its path in what outlasts this run, such as an app's entry: it lies there to stay,
 * and nobody but root and the person can put another one into its place. On Windows that is so for every path. Never
 * throws.
 */
export async function isLastingPlace(file: string, { platform, home }: PlaceSurroundings): Promise<boolean> {
  if (platform === 'win32') return true;
  if (!isAbsolute(file) || PASSING_PLACE.test(file)) return false;
  const tops = [home, await realpath(home).catch(() => home)];
  const real = await realpath(file).catch(() => file);
  if (PASSING_PLACE.test(real)) return false;
  for (const path of new Set([file, real])) if (!(await isSafeAlong(path, tops, platform))) return false;
  return true;
}
