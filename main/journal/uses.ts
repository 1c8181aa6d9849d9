import type { Use } from '../../shared/journal-views.ts';

/** So many servers, and so many clients, are remembered: names of stdio clients are for anybody to choose. */
const NAMES_LIMIT = 200;

/** Use of one server or client as it is kept. */
export interface Used {
  /** The day of the last use, in the machine's own time zone then. */
  readonly day: string;
  /** On that day. */
  readonly calls: number;
  /** Milliseconds since the epoch. */
  readonly lastUsedAt: number;
}

/** How much each of some servers, or of some clients, was used. */
export interface Uses {
  /** `today` as {@link Used.day}. */
  add(name: string, now: number, today: string): void;
  of(name: string, today: string): Use;
  clear(): void;
  kept(): Record<string, Used>;
}

/** See {@link Uses}. What was used longest ago is forgotten first. */
export function createUses(now: number, kept: Readonly<Record<string, Used>> = {}): Uses {
  const names = new Map<string, { -readonly [name in keyof Used]: Used[name] }>();
  // A clock that was wrong may have left times of the future.
  for (const [name, used] of Object.entries(kept).slice(0, NAMES_LIMIT))
    names.set(name, { ...used, lastUsedAt: Math.min(used.lastUsedAt, now) });

  const forgetOldest = () => {
    const [oldest] = [...names].sort(([, a], [, b]) => a.lastUsedAt - b.lastUsedAt);
    if (oldest) names.delete(oldest[0]);
  };
  return {
    add: (name, lastUsedAt, day) => {
      const used = names.get(name);
      if (used) {
        used.calls = used.day === day ? used.calls + 1 : 1;
        used.day = day;
        used.lastUsedAt = lastUsedAt;
        return;
      }
      if (names.size >= NAMES_LIMIT) forgetOldest();
      names.set(name, { day, calls: 1, lastUsedAt });
    },
    of: (name, today) => {
      const used = names.get(name);
      return used
        ? { callsToday: used.day === today ? used.calls : 0, lastUsedAt: used.lastUsedAt }
        : { callsToday: 0 };
    },
    clear: () => names.clear(),
    kept: () => Object.fromEntries([...names].map(([name, used]) => [name, { ...used }])),
  };
}
