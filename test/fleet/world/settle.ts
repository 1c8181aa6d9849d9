import { settleTurn } from '../../virtual-time.ts';

/** A turn of node's own loop after so many timers, so that what libraries leave to it (timers of their own) is cleared. */
const TIMERS_PER_TURN = 1_000;

/**
 * Lets everything happen that needs no timer. No file or socket is used here, so the end of the queue of promises is
 * the end of it all, and comes much sooner than the next turn of node's loop.
 */
export function createSettle(): () => Promise<void> {
  let count = 0;
  return () => {
    count += 1;
    if (count % TIMERS_PER_TURN === 0) return settleTurn();
    return new Promise((resolve) => {
      // Runs only once no promise is left that could go on.
      process.nextTick(resolve);
    });
  };
}
