import { problemOf } from '../../../shared/errors.ts';
import type { Schedule } from '../../../shared/schedule.ts';
import type { Log } from '../../journal/log.ts';

/** After a change, others are waited for so long, in ms: all servers are asked at about the same time. */
const GATHER_MS = 2_000;

/** Pause before a failed write is tried again, in ms: a full disk has room again, and nothing is lost meanwhile. */
const AGAIN_MS = 60_000;

/** Writes what is newest, some time after it changed. */
export interface LateWriter {
  /** Something changed: writes it in a while. */
  later(): void;
  /** Writes at once. A fault is logged, and the write tried again later. */
  now(): void;
  /** Writes what is not written yet; after it, nothing is written any more. Does not throw. */
  close(): Promise<void>;
}

/** What a {@link LateWriter} works with. */
export interface LateWriterContext {
  /** Gives what is newest; `undefined` where there is nothing to be written. */
  readonly text: () => string | undefined;
  readonly write: (text: string) => Promise<void>;
  readonly schedule: Schedule;
  readonly log: Log;
}

/** See {@link LateWriter}. One write at a time. */
export function createLateWriter({ text, write, schedule, log }: LateWriterContext): LateWriter {
  let isDirty = false;
  let isWriting = false;
  let isClosed = false;
  let callOff: (() => void) | undefined;
  let written: Promise<void> = Promise.resolve();

  const save = async () => {
    isWriting = true;
    try {
      while (isDirty) {
        isDirty = false;
        const newest = text();
        if (newest !== undefined) await write(newest);
      }
    } catch (error) {
      isDirty = true;
      log.warn('lists-not-written', { problem: problemOf(error).administrator });
      if (!isClosed) inAWhile(AGAIN_MS);
    } finally {
      isWriting = false;
    }
  };
  const now = () => {
    callOff?.();
    callOff = undefined;
    isDirty = true;
    if (!isWriting) written = save();
  };
  const inAWhile = (delayMs: number) => {
    callOff ??= schedule(delayMs, () => {
      callOff = undefined;
      now();
    });
  };
  return {
    later: () => {
      if (isClosed) return;
      isDirty = true;
      inAWhile(GATHER_MS);
    },
    now: () => {
      if (!isClosed) now();
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      callOff?.();
      callOff = undefined;
      await written;
      if (isDirty) now();
      await written;
    },
  };
}
