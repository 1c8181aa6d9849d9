/** Tells listeners that something changed, once for any number of changes in one turn of the event loop. */
export interface Changes {
  readonly mark: () => void;
  subscribe(listener: () => void): () => void;
}

/** See {@link Changes}. */
export function createChanges(): Changes {
  const listeners = new Set<() => void>();
  let due = false;
  const tell = () => {
    due = false;
    for (const listener of listeners) listener();
  };
  return {
    mark: () => {
      if (due) return;
      due = true;
      setImmediate(tell);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
