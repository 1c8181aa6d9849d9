/** What was found for each subject, one value per round. */
export type Rounds<K extends string, T> = Readonly<Record<K, readonly T[]>>;

/**
 * Measures several subjects in rounds. In each round every subject has its turn, and each round begins with another
 * one: whatever drifts on the machine, and whatever a subject leaves behind for the next, hits all alike.
 */
export async function interleave<S, T>(
  subjects: Readonly<Record<string, S>>,
  rounds: number,
  measure: (subject: S) => Promise<T>,
): Promise<Rounds<string, T>> {
  const entries = Object.entries(subjects);
  const found: Record<string, T[]> = Object.fromEntries(entries.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (let turn = 0; turn < entries.length; turn += 1) {
      const entry = entries[(round + turn) % entries.length];
      if (entry) found[entry[0]]?.push(await measure(entry[1]));
    }
  return found;
}

/** One number of every round. */
export function pick<T>(rounds: Rounds<string, T>, value: (one: T) => number): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(rounds).map(([name, all]) => [name, all.map(value)]));
}
