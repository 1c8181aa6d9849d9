// Below this many entries a sweep would save nothing.
const FEWEST_ENTRIES = 1_000;

/**
 * Removes what has expired from a map that grows; to be called after every insertion. It looks at all entries only
 * when there are twice as many as its last look has left, so each insertion costs the same on average.
 */
export function createSweep<V>(entries: Map<string, V>, isExpired: (value: V) => boolean): () => void {
  let limit = FEWEST_ENTRIES;
  return () => {
    if (entries.size < limit) return;
    for (const [key, value] of entries) {
      if (isExpired(value)) entries.delete(key);
    }
    limit = Math.max(FEWEST_ENTRIES, 2 * entries.size);
  };
}
