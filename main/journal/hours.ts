import type { JournalHour } from '../../shared/journal-views.ts';

const HOUR_MS = 60 * 60 * 1000;

/** How far back the chart goes. */
const HOURS = 24;

type Counts = { -readonly [name in keyof JournalHour]: JournalHour[name] };

/** Counts of the last 24 hours, the present one among them. Hours are those of UTC, so that each has 60 minutes. */
export interface Hours {
  called(now: number, isFailed: boolean): void;
  minted(now: number): void;
  at(now: number): JournalHour;
  /** 24 of them, oldest first; where nothing was done, of zeros. */
  until(now: number): JournalHour[];
}

const none = (at: number): Counts => ({ at, calls: 0, failed: 0, mints: 0 });

/** See {@link Hours}. */
export function createHours(kept: readonly JournalHour[] = []): Hours {
  const byBeginning = new Map<number, Counts>(kept.map((hour) => [hour.at, { ...hour }]));
  let current: Counts | undefined;

  /** The present hour; what is older than a day goes, and so does what a clock that was wrong left in the future. */
  const hourOf = (now: number): Counts => {
    const at = Math.floor(now / HOUR_MS) * HOUR_MS;
    if (current?.at === at) return current;
    for (const known of byBeginning.keys()) {
      if (known > at || known <= at - HOURS * HOUR_MS) byBeginning.delete(known);
    }
    current = byBeginning.get(at) ?? none(at);
    byBeginning.set(at, current);
    return current;
  };

  return {
    called: (now, isFailed) => {
      const hour = hourOf(now);
      hour.calls += 1;
      if (isFailed) hour.failed += 1;
    },
    minted: (now) => {
      hourOf(now).mints += 1;
    },
    at: (now) => ({ ...hourOf(now) }),
    until: (now) => {
      const { at } = hourOf(now);
      return Array.from({ length: HOURS }, (_, index) => {
        const begins = at - (HOURS - 1 - index) * HOUR_MS;
        return { ...(byBeginning.get(begins) ?? none(begins)) };
      });
    },
  };
}
