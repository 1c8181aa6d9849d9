import type { Schedule } from '../../shared/schedule.ts';

/** Resolves after so many ms, or when the signal aborts. */
export function pause(schedule: Schedule, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const callOff = schedule(milliseconds, resolve);
  const abort = () => resolve();
  signal.addEventListener('abort', abort, { once: true });
  return promise.finally(() => {
    callOff();
    signal.removeEventListener('abort', abort);
  });
}
