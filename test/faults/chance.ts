/** Chance that is the same for the same seed. */
export interface Chance {
  /** From 0 up to 1. */
  readonly next: () => number;
  /** From `low` up to `high`. */
  between(low: number, high: number): number;
  /** One of them. */
  pick<T>(of: readonly [T, ...T[]]): T;
  /** Another chance that does not depend on how much of this one was used before or after. */
  fork(name: string): Chance;
}

const TWO_TO_32 = 2 ** 32;

/** FNV-1a: texts that differ little give numbers that differ much. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

/** See {@link Chance}; the generator is Mulberry32. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / TWO_TO_32;
  };
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    pick: (of) => of[Math.floor(next() * of.length)] ?? of[0],
    fork: (name) => createChance(hashOf(`${seed} ${name}`)),
  };
}
