import { existsSync, readFileSync } from 'node:fs';
import { problemOf } from '../../shared/errors.ts';
import type { ClientView } from '../../shared/local-api.ts';
import { type Schedule, systemSchedule } from '../../shared/schedule.ts';
import type { Log } from '../journal/log.ts';

// The agent of a demo is of no use to anybody once the app that brought the demo is gone, and it is harmful: the ports
// of the demo's servers are free then, and whoever takes them would be the company.

/** Between two looks at the process, in ms: what nobody holds may be taken at once, and a look costs next to nothing. */
const LOOK_EVERY_MS = 1_000;

/** After the program's name, which may contain anything: the state, and 19 fields later the start (proc_pid_stat(5)). */
const STAT_STATE = 0;
const STAT_START = 19;

/** States of a process that has ended and only waits for its parent to hear of it. */
const ENDED = new Set(['Z', 'X', 'x']);

/** What the kernel says of a process on Linux: its start, in ticks since boot; `undefined` where it has ended. */
export function startIn(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ENDED.has(fields[STAT_STATE] ?? 'X') ? undefined : fields[STAT_START];
}

/**
 * A mark of the process that has this number, `undefined` where there is none. On Linux another process that got the
 * number later has another mark.
 */
export function processMark(pid: number): string | undefined {
  if (existsSync('/proc/self/stat'))
    try {
      return startIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return undefined;
    }
  try {
    process.kill(pid, 0);
    return 'there';
  } catch (error) {
    // Somebody else's: the number was given away.
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'not ours' : undefined;
  }
}

/** Waits for the end of a process. */
export interface OwnerWatch {
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
  close(): void;
}

/** Watches the process that has this number now. */
export function watchOwner(
  pid: number,
  schedule: Schedule = systemSchedule,
  markOf: (pid: number) => string | undefined = processMark,
): OwnerWatch {
  const { promise, resolve } = Promise.withResolvers<void>();
  const mark = markOf(pid);
  let callOff = () => {};
  const look = () => {
    if (mark === undefined || markOf(pid) !== mark) return resolve();
    callOff = schedule(LOOK_EVERY_MS, look);
  };
  look();
  return { gone: promise, close: () => callOff() };
}

/** What {@link disconnectSince} works with. */
export interface Disconnecting {
  readonly clients: readonly Pick<ClientView, 'id' | 'addedAt'>[];
  removeClient(id: string): Promise<void>;
  readonly log: Log;
}

/**
 * Takes the entries of what was connected since `since` (milliseconds since the epoch) out of apps' files. Where one of
 * them is in the way, the others go all the same.
 */
export async function disconnectSince(since: number, { clients, removeClient, log }: Disconnecting): Promise<void> {
  for (const { id } of clients.filter(({ addedAt }) => addedAt >= since))
    await removeClient(id).catch((error: unknown) =>
      log.warn('client-not-removed', { client: id, problem: problemOf(error).administrator }),
    );
}
