/** Remembers every secret the company ever configured or issued, so that a test can search for leaks. */
export interface Ledger {
  /** Adds secrets; empty and absent values are ignored. */
  record(...secrets: readonly (string | undefined)[]): void;
  /** Every secret so far, each once, oldest first. */
  all(): readonly string[];
}

/** A new, empty ledger. */
export function createLedger(): Ledger {
  const known = new Set<string>();
  return {
    record: (...secrets) => {
      for (const secret of secrets) {
        if (secret) known.add(secret);
      }
    },
    all: () => [...known],
  };
}
