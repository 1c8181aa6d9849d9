import type { Schedule } from '../../../shared/schedule.ts';

/** Has the limits that the program sets for answers pass by another time than the machine's. Gives what ends that. */
export function limitsBy(schedule: Schedule): () => void {
  const original = AbortSignal.timeout;
  AbortSignal.timeout = (delayMs) => {
    const controller = new AbortController();
    schedule(delayMs, () => controller.abort(new DOMException('The time for an answer is over', 'TimeoutError')));
    return controller.signal;
  };
  return () => {
    AbortSignal.timeout = original;
  };
}
