import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 10;

/** Waits for something that nobody announces; the test's own time limit is the only clock. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(POLL_MS);
}
