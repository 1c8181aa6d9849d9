import { problemOf } from '../../shared/errors.ts';
import type { Log } from '../journal/log.ts';

/** Where faults that nobody caught are heard of; the process itself. */
export interface FaultSource {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
}

/**
 * Writes down faults that nobody foresaw. A forgotten rejection must not cut off every client: the agent goes on. After
 * a thrown error nobody knows what still holds: it ends, through `end`, as soon as the line is written.
 */
export function logUnforeseen(source: FaultSource, log: Log, end: () => void): void {
  const write = (error: unknown) => log.error('internal-error', { detail: problemOf(error).administrator });
  source.on('unhandledRejection', write);
  source.on('uncaughtException', (error) => {
    write(error);
    void log.close().finally(end);
  });
}
