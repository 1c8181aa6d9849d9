import { readFile, rename } from 'node:fs/promises';
import { problemOf } from '../../shared/errors.ts';
import type { Schedule } from '../../shared/schedule.ts';
import type { Log } from '../journal/log.ts';
import { createTally, readTally, type Tally } from '../journal/tally.ts';
import { writeDurably } from '../vault/durable-file.ts';

/** Counts may wait so long for the disk, in ms: a crash that loses a minute of them does no harm. */
const WRITE_AFTER_MS = 60_000;

/** A tally that is kept in a file. */
export interface KeptTallyFile {
  readonly tally: Tally;
  /** Something was counted: it is written within a minute. Cheap enough for every call. */
  later(): void;
  /** Writes what is not written yet. Does not throw. */
  close(): Promise<void>;
}

/** What it works with. */
export interface KeptTallyContext {
  readonly path: string;
  readonly clock: () => number;
  readonly schedule: Schedule;
  readonly log: Log;
}

async function read({ path, log }: KeptTallyContext) {
  try {
    const kept = readTally(await readFile(path, 'utf8'));
    if (kept) return kept;
    const aside = `${path}.unreadable`;
    await rename(path, aside);
    log.warn('tally-set-aside', { file: aside });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      log.warn('tally-not-read', { problem: problemOf(error).administrator });
  }
  return undefined;
}

/** Takes up the tally of the last time, if there is one. Never throws: numbers are not worth a start that fails. */
export async function openKeptTally(context: KeptTallyContext): Promise<KeptTallyFile> {
  const { path, clock, schedule, log } = context;
  const tally = createTally(clock, await read(context));
  let callOff: (() => void) | undefined;
  let written: Promise<void> = Promise.resolve();
  let isClosed = false;

  const write = () => {
    callOff = undefined;
    written = written
      .then(() => writeDurably(path, `${JSON.stringify(tally.kept())}\n`, 0o600))
      .catch((error: unknown) => log.warn('tally-not-written', { problem: problemOf(error).administrator }));
  };
  return {
    tally,
    later: () => {
      if (!isClosed) callOff ??= schedule(WRITE_AFTER_MS, write);
    },
    close: async () => {
      isClosed = true;
      if (callOff) {
        callOff();
        write();
      }
      await written;
    },
  };
}
