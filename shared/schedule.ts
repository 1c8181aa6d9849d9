/** Does `act` once, after `delayMs`; gives what calls it off (harmless when it is done). */
export type Schedule = (delayMs: number, act: () => void) => () => void;

/** A longer timer of Node ends at once, in ms. Whoever waits for longer looks at the time when it ends. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The machine's timers, which do not keep a process alive. They stand still while the machine sleeps: what is due at a
 * certain time has to be looked at again on waking.
 */
export const systemSchedule: Schedule = (delayMs, act) => {
  const timer = setTimeout(act, Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS));
  timer.unref();
  return () => clearTimeout(timer);
};
