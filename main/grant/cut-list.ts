/** Callbacks that come and go with every call, and are all called when a grant is reset. */
export interface CutList {
  /** Adds one; gives what takes it out again (harmless when it is out). */
  add(cut: () => void): () => void;
  /** Takes all out, then calls them. */
  cutAll(): void;
}

interface Entry {
  readonly cut: () => void;
  index: number;
}

/**
 * A list that lets go of a callback, and with it of the whole call, at once. A Set would not: one that thousands of
 * calls go in and out of leaves its old tables to the garbage collector, each with what was in it.
 */
export function createCutList(): CutList {
  let entries: Entry[] = [];
  return {
    add: (cut) => {
      const entry: Entry = { cut, index: entries.length };
      entries.push(entry);
      return () => {
        if (entries[entry.index] !== entry) return;
        const last = entries.pop();
        if (!last || last === entry) return;
        entries[entry.index] = last;
        last.index = entry.index;
      };
    },
    cutAll: () => {
      const all = entries;
      entries = [];
      for (const { cut } of all) cut();
    },
  };
}
