import { type Problem, problemOf } from '../../shared/errors.ts';
import type { Schedule } from '../../shared/schedule.ts';

/** First pause before a failed write is tried again, in ms: a disk that was full for a moment has room again. */
const FIRST_PAUSE_MS = 1_000;
/** Longest pause, in ms: a person who has made room should not wonder for long. */
const LONGEST_PAUSE_MS = 60_000;

/** Saves something that changes: one write at a time, and again until it is saved. */
export interface VaultWriter {
  /**
   * Saves what is newest when its turn comes; calls that wait for the same turn share one write.
   *
   * @throws what `save` throws. It is tried again all the same.
   */
  write(): Promise<void>;
  /** Waits for what is being written, tries once more what failed, and then no more by itself. Does not throw. */
  settled(): Promise<void>;
  /** Why the newest is not on disk; `undefined` when it is, or nobody has tried yet. */
  readonly unsaved: Problem | undefined;
}

/** What a {@link VaultWriter} works with. */
export interface VaultWriterContext {
  /** Writes the newest contents, or throws. Never called twice at a time. */
  readonly save: () => Promise<void>;
  readonly schedule: Schedule;
  /** `unsaved` is another one. */
  readonly onChange: () => void;
}

/** See {@link VaultWriter}. */
export function createVaultWriter({ save, schedule, onChange }: VaultWriterContext): VaultWriter {
  let current: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  let unsaved: Problem | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  let callOff: (() => void) | undefined;

  const stopRetrying = () => {
    callOff?.();
    callOff = undefined;
    pauseMs = FIRST_PAUSE_MS;
  };
  const tell = (problem: Problem | undefined) => {
    const isNews = unsaved?.administrator !== problem?.administrator;
    unsaved = problem;
    if (isNews) onChange();
  };
  const retryLater = () => {
    // A failed call in the meantime puts nothing off, and makes nothing come sooner.
    callOff ??= schedule(pauseMs, () => {
      callOff = undefined;
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      write().catch(() => {});
    });
  };
  const attempt = async () => {
    next = undefined;
    try {
      await save();
    } catch (error) {
      retryLater();
      tell(problemOf(error));
      throw error;
    }
    stopRetrying();
    tell(undefined);
  };
  const write = () => {
    if (next) return next;
    next = current.catch(() => {}).then(attempt);
    current = next;
    return next;
  };
  return {
    get unsaved() {
      return unsaved;
    },
    write,
    settled: async () => {
      await current.catch(() => {});
      if (unsaved) await write().catch(() => {});
      stopRetrying();
    },
  };
}
