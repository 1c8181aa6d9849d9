import type { Schedule } from '../../../shared/schedule.ts';
import type { World } from '../world/world.ts';

interface Pending {
  readonly act: () => void;
  dueAt: number;
  cancel: () => void;
}

/** The timers of one laptop: they stand still while it sleeps, and nobody else's do. */
export interface LaptopTimers {
  readonly schedule: Schedule;
  readonly isAsleep: boolean;
  /** How often it has slept. */
  readonly sleeps: number;
  sleep(): void;
  /** Gives how long it slept, in ms. */
  wake(): number;
}

/** See {@link LaptopTimers}. */
export function createLaptopTimers(world: World): LaptopTimers {
  const { clock, schedule } = world.time;
  const pending = new Set<Pending>();
  let asleepSince: number | undefined;
  let sleeps = 0;
  const start = (timer: Pending) => {
    timer.cancel = schedule(timer.dueAt - clock(), () => {
      pending.delete(timer);
      world.work += 1;
      timer.act();
    });
  };
  return {
    get isAsleep() {
      return asleepSince !== undefined;
    },
    get sleeps() {
      return sleeps;
    },
    schedule: (delayMs, act) => {
      // What is set during sleep counts from its begin: nothing runs meanwhile that could tell the difference.
      const timer = { act, dueAt: (asleepSince ?? clock()) + Math.max(delayMs, 0), cancel: () => {} };
      pending.add(timer);
      if (asleepSince === undefined) start(timer);
      return () => {
        timer.cancel();
        pending.delete(timer);
      };
    },
    sleep: () => {
      if (asleepSince !== undefined) return;
      asleepSince = clock();
      sleeps += 1;
      for (const timer of pending) timer.cancel();
    },
    wake: () => {
      if (asleepSince === undefined) return 0;
      const sleptMs = clock() - asleepSince;
      asleepSince = undefined;
      for (const timer of pending) {
        timer.dueAt += sleptMs;
        start(timer);
      }
      return sleptMs;
    },
  };
}
