import type { Values } from '../report/row.ts';

/** What was found for each subject, one value per round. */
export interface Found<T> {
  readonly rounds: Readonly<Record<string, readonly T[]>>;
  /** Why a subject is not among them, by its name. */
  readonly absent: Readonly<Record<string, string>>;
}

/**
 * Measures several subjects in rounds. In each round every subject has its turn, and each round begins with another
 * one: whatever drifts on the machine, and whatever a subject leaves behind for the next, hits all alike. One that fails
 * is left out with all its rounds, so that the nth values of all others belong together.
 */
export async function interleave<S, T>(
  subjects: Readonly<Record<string, S>>,
  rounds: number,
  measure: (subject: S, name: string) => Promise<T>,
): Promise<Found<T>> {
  const entries = Object.entries(subjects);
  const found = new Map<string, T[]>(entries.map(([name]) => [name, []]));
  const absent: Record<string, string> = {};
  for (let round = 0; round < rounds; round += 1)
    for (let turn = 0; turn < entries.length; turn += 1) {
      const [name, subject] = entries[(round + turn) % entries.length] as [string, S];
      if (name in absent) continue;
      try {
        found.get(name)?.push(await measure(subject, name));
      } catch (error) {
        absent[name] = error instanceof Error ? error.message : String(error);
        found.delete(name);
      }
    }
  return { rounds: Object.fromEntries(found), absent };
}

/** One number of every round. */
export function pick<T>({ rounds }: Found<T>, value: (one: T) => number): Values {
  return Object.fromEntries(Object.entries(rounds).map(([name, all]) => [name, all.map(value)]));
}
