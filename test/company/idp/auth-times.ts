import type { Clock } from '../clock.ts';
import { createSweep } from '../sweep.ts';

/** When the sign-ins behind grants happened. */
export interface AuthTimes {
  /** Seconds of the company's clock; the same at every reading, as OpenID Connect Core section 12.2 demands. */
  of(grantId: string): number | undefined;
  /** Notes a time, unless one is known, and keeps it at least until then. */
  keep(grantId: string, authTime: number, untilMs: number): void;
}

/** No times yet. */
export function createAuthTimes(clock: Clock): AuthTimes {
  const times = new Map<string, { readonly authTime: number; readonly untilMs: number }>();
  const sweep = createSweep(times, ({ untilMs }) => untilMs <= clock());
  return {
    of: (grantId) => times.get(grantId)?.authTime,
    keep: (grantId, authTime, untilMs) => {
      const known = times.get(grantId);
      const longest = Math.max(known?.untilMs ?? 0, untilMs);
      times.set(grantId, { authTime: known?.authTime ?? authTime, untilMs: longest });
      sweep();
    },
  };
}
