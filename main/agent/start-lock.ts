import { open, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A lock older than this was left by a process that died while starting, in ms; starting takes far less. */
const STALE_MS = 10_000;
const POLL_MS = 20;

async function tryCreate(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

async function removeIfStale(path: string): Promise<void> {
  try {
    // The clock may have been set back since: a lock far in the future is as old as one far in the past.
    if (Math.abs(Date.now() - (await stat(path)).mtimeMs) > STALE_MS) await rm(path, { force: true });
  } catch {
    // Gone in the meantime: the next try takes it.
  }
}

/**
 * Runs `work` while no other process of this person does. Only for the moment of starting: two agents that find a
 * dead socket at once must not each remove the other's new one.
 */
export async function withStartLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  while (!(await tryCreate(path))) {
    await removeIfStale(path);
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}
