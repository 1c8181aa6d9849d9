/** From 0 up to 1, as `Math.random`. */
export type Random = () => number;

const TWO_TO_32 = 2 ** 32;

/** A small generator with 32 bits of state (mulberry32): the same seed gives the same run on every machine. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / TWO_TO_32;
  };
}

/** A seed of its own for one purpose of one agent, so that nobody's choices move anybody else's. */
export function seedOf(seed: number, index: number, purpose: number): number {
  return (
    (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35) ^ Math.imul(purpose, 0x27d4eb2f)) >>> 0
  );
}

/** Evenly from `low` up to `high`. */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/** A whole number from `low` to `high`, both included. */
export function wholeBetween(random: Random, low: number, high: number): number {
  return Math.floor(between(random, low, high + 1));
}

/** Bell-shaped around 0 with deviation 1 (Box and Muller). */
export function bell(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** The time to the next of things that come by chance, every `mean` on average. */
export function untilNext(random: Random, mean: number): number {
  return -mean * Math.log(1 - random());
}

/** `count` different whole numbers below `limit`. */
export function someOf(random: Random, count: number, limit: number): number[] {
  const all = Array.from({ length: limit }, (_, index) => index);
  return Array.from({ length: Math.min(count, limit) }, () =>
    all.splice(wholeBetween(random, 0, all.length - 1), 1),
  ).flat();
}
