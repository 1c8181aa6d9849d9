import type { Schedule } from '../../../shared/schedule.ts';

/** Changes come in bursts: a server that connects changes tools, prompts and resources one after the other. In ms. */
const QUIET_MS = 250;
/** A burst that does not end is reported all the same, in ms. */
const LONGEST_MS = 2000;

/** Waits until a burst is over. */
export interface Settling {
  touch(): void;
  stop(): void;
}

/** Calls `act` once for each burst of touches: 250 ms after the last of them, and 2 s after the first at the latest. */
export function createSettling(schedule: Schedule, act: () => void): Settling {
  let cancelQuiet: (() => void) | undefined;
  let cancelLongest: (() => void) | undefined;
  const stop = () => {
    cancelQuiet?.();
    cancelLongest?.();
    cancelQuiet = undefined;
    cancelLongest = undefined;
  };
  const fire = () => {
    stop();
    act();
  };
  return {
    touch: () => {
      cancelQuiet?.();
      cancelQuiet = schedule(QUIET_MS, fire);
      cancelLongest ??= schedule(LONGEST_MS, fire);
    },
    stop,
  };
}
