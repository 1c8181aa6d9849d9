/** Dice that fall the same way for the same seed. */
export interface Dice {
  /** From 0 up to, but not including, 1. */
  next(): number;
  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(all: readonly T[]): T;
  /** As many as asked for, each made anew. */
  times<T>(count: number, make: (index: number) => T): T[];
}

/** Dice of a seed (mulberry32: 32 bits of state are plenty for tests). */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (all) => {
      const picked = all[below(all.length)];
      if (picked === undefined) throw new Error('There is nothing to pick from');
      return picked;
    },
    times: (count, make) => Array.from({ length: count }, (_, index) => make(index)),
  };
}
