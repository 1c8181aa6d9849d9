import { access, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writingFault } from './vault-faults.ts';

/**
 * How many files that did not decrypt are kept. Somebody may want to look into one, and the last few show whether it
 * happens again and again; all of them, each as large as a vault, would fill a disk that damages every file. Nobody is
 * told of the one that goes: without the key that it was written with it was worthless already.
 */
const KEPT = 5;

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

// Two in one millisecond, or a clock that was set back: neither may overwrite what was set aside before.
async function freeName(path: string, now: number): Promise<string> {
  const wished = `${path}.unreadable-${now}`;
  for (let more = 1; ; more += 1) {
    const name = more === 1 ? wished : `${wished}-${more}`;
    if (!(await exists(name))) return name;
  }
}

/**
 * Moves a file that does not decrypt out of the way, byte for byte, under a name with the time (`now`, milliseconds
 * since the epoch); gives its new path.
 *
 * @throws {LanyardError} `vault-write`; then the file is where it was.
 */
async function setAside(path: string, now: number): Promise<string> {
  const name = await freeName(path, now);
  try {
    await rename(path, name);
  } catch (cause) {
    throw writingFault(path, cause);
  }
  return name;
}

const ASIDE = /^(.+)\.unreadable-(\d+)(?:-(\d+))?$/;

function oldestFirst(names: readonly string[], paths: readonly string[]): string[] {
  const ours = new Set(paths.map((path) => basename(path)));
  return names
    .map((name) => ({ name, match: ASIDE.exec(name) }))
    .filter(({ match }) => ours.has(match?.[1] ?? ''))
    .map(({ name, match }) => ({ name, time: Number(match?.[2]), more: Number(match?.[3] ?? 1) }))
    .sort((one, other) => one.time - other.time || one.more - other.more)
    .map(({ name }) => name);
}

/**
 * Keeps the newest of the files that were set aside from these paths (all in one folder) and removes the others; what
 * cannot be removed stays until the next time.
 */
async function prune(folder: string, paths: readonly string[]): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const surplus = oldestFirst(names, paths).slice(0, -KEPT);
  await Promise.all(surplus.map((name) => rm(join(folder, name), { force: true }).catch(() => {})));
}

/** Files that have to make way before anything may be written in their place. */
export interface SettingAside {
  /**
   * Sets aside those that still stand in the way.
   *
   * @throws {LanyardError} `vault-write`, and can be called again.
   */
  move(): Promise<void>;
  /** Where those went that were moved, in the order of `paths`. */
  readonly moved: readonly string[];
}

/** Sets aside damaged files out of one folder: by `move`, under the time that `clock` gives then. */
export function createSettingAside(paths: readonly string[], clock: () => number): SettingAside {
  let waiting = paths;
  let moved: readonly string[] = [];
  return {
    get moved() {
      return moved;
    },
    move: async () => {
      for (const path of waiting) {
        moved = [...moved, await setAside(path, clock())];
        waiting = waiting.slice(1);
        await prune(dirname(path), paths);
      }
    },
  };
}
