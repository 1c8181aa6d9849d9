import type { Schedule } from '../../../shared/schedule.ts';

/** A clock and timers that move only when they are told to. */
export interface ManualSchedule {
  readonly clock: () => number;
  readonly schedule: Schedule;
  /** In how many ms the pending timers end, soonest first. */
  pending(): readonly number[];
  /** Time passes; each timer acts at its time, on the way. */
  advance(ms: number): void;
  /** The machine sleeps: time passes, and its timers stand still. */
  sleep(ms: number): void;
}

interface Timer {
  endsAt: number;
  readonly act: () => void;
}

/** See {@link ManualSchedule}. */
export function manualSchedule(startsAt = Date.UTC(2026, 7, 1)): ManualSchedule {
  let now = startsAt;
  const timers = new Set<Timer>();
  const soonest = () => [...timers].sort((one, other) => one.endsAt - other.endsAt)[0];
  return {
    clock: () => now,
    schedule: (delayMs, act) => {
      const timer = { endsAt: now + Math.max(delayMs, 0), act };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    pending: () => [...timers].map(({ endsAt }) => endsAt - now).sort((one, other) => one - other),
    advance: (ms) => {
      const end = now + ms;
      for (let next = soonest(); next && next.endsAt <= end; next = soonest()) {
        timers.delete(next);
        now = Math.max(now, next.endsAt);
        next.act();
      }
      now = end;
    },
    sleep: (ms) => {
      now += ms;
      for (const timer of timers) timer.endsAt += ms;
    },
  };
}
