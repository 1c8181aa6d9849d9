import type { Schedule } from '../../../shared/schedule.ts';

/** Resolves after that many ms, or at once when the signal aborts. */
export function createPause(schedule: Schedule): (ms: number, signal: AbortSignal) => Promise<void> {
  return (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = () => {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = schedule(ms, done);
      signal.addEventListener('abort', done);
    });
}
