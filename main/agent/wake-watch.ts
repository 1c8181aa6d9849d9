import { networkInterfaces } from 'node:os';
import type { Schedule } from '../../shared/schedule.ts';

/** How often the machine is looked at, in ms: often enough that a wake is noticed before somebody has found the mouse. */
const LOOK_MS = 2_000;

/**
 * A look that comes so much later than it should, in ms, means that the machine slept: timers stand still while the
 * clock goes on. A busy machine is late by less.
 */
const SLEPT_MS = 10_000;

/** What a look at the machine tells. `sleptMs` is how long it slept, 0 where only the network changed. */
export interface Change {
  readonly sleptMs: number;
}

/** What one look found. */
export interface Look {
  readonly at: number;
  /** The addresses that the machine can be reached under, as text to compare. */
  readonly addresses: string;
}

/**
 * What happened between two looks; `undefined` for nothing. A network that is lost is no news: only what comes back
 * gives a reason to try again. A clock that was set forward looks like sleep, which does no harm.
 */
export function judgeLooks(before: Look, now: Look): Change | undefined {
  const lateMs = now.at - before.at - LOOK_MS;
  if (lateMs >= SLEPT_MS) return { sleptMs: lateMs };
  return now.addresses !== before.addresses && now.addresses !== '' ? { sleptMs: 0 } : undefined;
}

/** The machine's own addresses, without those that never leave it and those of a link alone. */
export function machineAddresses(): string {
  return Object.values(networkInterfaces())
    .flatMap((interfaces) => interfaces ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address)
    .toSorted()
    .join(' ');
}

/** What watching works with. */
export interface WakeWatchContext {
  readonly clock: () => number;
  readonly schedule: Schedule;
  readonly addresses?: () => string;
  readonly onChange: (change: Change) => void;
}

/** Watches for sleep and changes of network without anybody's help. */
export interface WakeWatch {
  /** Looks now if that is long overdue, as for the first call after waking. Costs next to nothing otherwise. */
  peek(): void;
  /** The desktop has heard from the system that the machine woke, or that there is a network again. */
  told(): void;
  close(): void;
}

/**
 * See {@link WakeWatch}. The desktop hears of waking from the system and says so, but it may not be running, and the
 * agent outlives it.
 */
export function watchWake({ clock, schedule, addresses = machineAddresses, onChange }: WakeWatchContext): WakeWatch {
  const see = (): Look => ({ at: clock(), addresses: addresses() });
  let last = see();
  let cancel = () => {};
  const lookAgainLater = () => {
    cancel();
    cancel = schedule(LOOK_MS, look);
  };
  const look = () => {
    lookAgainLater();
    const now = see();
    const change = judgeLooks(last, now);
    last = now;
    if (change) onChange(change);
  };
  lookAgainLater();
  return {
    peek: () => {
      if (clock() - last.at >= LOOK_MS + SLEPT_MS) look();
    },
    told: () => {
      lookAgainLater();
      const now = see();
      const change = judgeLooks(last, now) ?? { sleptMs: 0 };
      last = now;
      onChange(change);
    },
    close: () => cancel(),
  };
}
