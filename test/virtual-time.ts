import type { Schedule } from '../shared/schedule.ts';

interface Timer {
  readonly dueAt: number;
  /** Timers of one moment go off in the order in which they were set. */
  readonly number: number;
  readonly act: () => void;
  cancelled: boolean;
}

/** Time that passes only when it is told to, and takes its timers along. */
export interface VirtualTime {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly schedule: Schedule;
  /** Timers that are set and neither done nor called off. */
  readonly waiting: () => number;
  /** When the next timer is due; `undefined` when none is set. */
  readonly nextDueAt: () => number | undefined;
  /**
   * Lets time pass: every timer goes off at its moment, and what it set going is done (`settle`) before the next one.
   */
  advance(ms: number, settle?: () => Promise<void>): Promise<void>;
  /** Lets time pass while every timer stands still, as when a machine sleeps; what fell due meanwhile is late. */
  sleep(ms: number): void;
}

/** Lets everything happen that needs no timer: promises, and what node does between two turns of its loop. */
export async function settleTurn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function isBefore(left: Timer, right: Timer): boolean {
  return left.dueAt < right.dueAt || (left.dueAt === right.dueAt && left.number < right.number);
}

/** A binary heap: a fleet sets hundreds of thousands of timers. */
function createHeap() {
  const heap: Timer[] = [];
  const swap = (a: number, b: number) => {
    const [left, right] = [heap[a], heap[b]];
    if (left && right) [heap[a], heap[b]] = [right, left];
  };
  const less = (a: number, b: number) => {
    const [left, right] = [heap[a], heap[b]];
    return left !== undefined && right !== undefined && isBefore(left, right);
  };
  const sink = (from: number) => {
    for (let at = from; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const child = less(right, left) ? right : left;
      if (!less(child, at)) return;
      swap(child, at);
      at = child;
    }
  };
  return {
    push: (timer: Timer) => {
      heap.push(timer);
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1;
        if (!less(at, parent)) return;
        swap(at, parent);
        at = parent;
      }
    },
    /** The next timer that was not called off. */
    peek: (): Timer | undefined => {
      for (let first = heap[0]; first?.cancelled; first = heap[0]) {
        swap(0, heap.length - 1);
        heap.pop();
        sink(0);
      }
      return heap[0];
    },
    pop: () => {
      swap(0, heap.length - 1);
      heap.pop();
      sink(0);
    },
  };
}

/** See {@link VirtualTime}. */
export function createVirtualTime(startsAt: number = Date.UTC(2026, 7, 3, 6)): VirtualTime {
  const timers = createHeap();
  let now = startsAt;
  // While the machine sleeps its timers stand still: they are all late by this.
  let sleptMs = 0;
  let numbers = 0;
  let waiting = 0;
  const dueAt = ({ dueAt: at }: Timer) => at + sleptMs;
  return {
    clock: () => now,
    schedule: (delayMs, act) => {
      numbers += 1;
      waiting += 1;
      const timer: Timer = { dueAt: now - sleptMs + Math.max(delayMs, 0), number: numbers, act, cancelled: false };
      timers.push(timer);
      return () => {
        if (!timer.cancelled) waiting -= 1;
        timer.cancelled = true;
      };
    },
    waiting: () => waiting,
    nextDueAt: () => {
      const next = timers.peek();
      return next && dueAt(next);
    },
    advance: async (ms, settle = settleTurn) => {
      const until = now + ms;
      await settle();
      for (let next = timers.peek(); next && dueAt(next) <= until; next = timers.peek()) {
        timers.pop();
        now = Math.max(now, dueAt(next));
        next.cancelled = true;
        waiting -= 1;
        next.act();
        await settle();
      }
      now = until;
    },
    sleep: (ms) => {
      now += ms;
      sleptMs += ms;
    },
  };
}
