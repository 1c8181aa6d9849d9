import type { Clock } from '../clock.ts';

/** Remembers identifiers that may be used once, until they have expired anyway. */
export interface ReplayGuard {
  /** True the first time an identifier is seen; false ever after. */
  firstUse(id: string, expiresAtSeconds: number): boolean;
}

/** A guard by this clock. */
export function createReplayGuard(clock: Clock): ReplayGuard {
  const expiryById = new Map<string, number>();
  return {
    firstUse: (id, expiresAtSeconds) => {
      const now = clock() / 1000;
      for (const [known, expiry] of expiryById) {
        if (expiry < now) expiryById.delete(known);
      }
      if (expiryById.has(id)) return false;
      expiryById.set(id, expiresAtSeconds);
      return true;
    },
  };
}
