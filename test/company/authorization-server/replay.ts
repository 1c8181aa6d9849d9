import type { Clock } from '../clock.ts';
import { createSweep } from '../sweep.ts';

/** Remembers identifiers that may be used once, until they have expired anyway. */
export interface ReplayGuard {
  /** True the first time an identifier is seen; false from then on, until it has expired. */
  firstUse(id: string, expiresAtSeconds: number): boolean;
}

/** A guard by this clock. */
export function createReplayGuard(clock: Clock): ReplayGuard {
  const expiryById = new Map<string, number>();
  const isExpired = (expiry: number) => expiry < clock() / 1000;
  const sweep = createSweep(expiryById, isExpired);
  return {
    firstUse: (id, expiresAtSeconds) => {
      const known = expiryById.get(id);
      if (known !== undefined && !isExpired(known)) return false;
      expiryById.set(id, expiresAtSeconds);
      sweep();
      return true;
    },
  };
}
