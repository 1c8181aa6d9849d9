import { setTimeout as delay } from 'node:timers/promises';

/** What is waited for comes in well under a second on an idle machine; in milliseconds, for a busy one. */
const WAIT_LIMIT_MS = 30_000;

/** How often we look, in milliseconds. */
const WAIT_POLL_MS = 50;

/** Waits until it is so. Rejects where it does not become so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + WAIT_LIMIT_MS; Date.now() < end; await delay(WAIT_POLL_MS)) if (await isSo()) return;
  throw new Error(`Waited ${WAIT_LIMIT_MS} ms in vain for ${isSo}`);
}
