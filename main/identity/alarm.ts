import type { Schedule } from '../../shared/schedule.ts';

/** One thing that is due at one time. */
export interface Alarm {
  /** Replaces what was due before. */
  set(delayMs: number): void;
  off(): void;
  /** Timers stand still while the machine sleeps: acts now where its time has come, and waits for the rest otherwise. */
  look(): void;
}

/** An alarm that is off. */
export function createAlarm(schedule: Schedule, clock: () => number, act: () => void): Alarm {
  let pending: { readonly dueAt: number; readonly delayMs: number; readonly cancel: () => void } | undefined;
  const off = () => {
    pending?.cancel();
    pending = undefined;
  };
  const ring = () => {
    off();
    act();
  };
  const set = (delayMs: number) => {
    off();
    pending = { dueAt: clock() + delayMs, delayMs, cancel: schedule(delayMs, ring) };
  };
  return {
    set,
    off,
    look: () => {
      if (!pending) return;
      const leftMs = pending.dueAt - clock();
      if (leftMs <= 0) ring();
      // A clock that was put back must not make it later than it was meant to be.
      else set(Math.min(leftMs, pending.delayMs));
    },
  };
}
