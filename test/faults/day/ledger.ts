import type { Company } from '../../company/company.ts';
import type { Interval } from './judge.ts';

/** What the company gave out, watched from its side. */
export interface TokenLedger {
  /** Looks what was given out since the last look. */
  look(): void;
  /** From now on nothing that was given out for the server is worth anything. */
  revoked(server: string): void;
  held(server: string): readonly Interval[];
  mints(server: string): number;
}

/** An empty ledger. Tokens live for `lifeMs`. */
export function createTokenLedger(company: Company, clock: () => number, lifeMs: number): TokenLedger {
  const seen = new Map<string, number>();
  const given = new Map<string, Interval[]>();
  const look = () => {
    const now = clock();
    for (const [name, { redemptions }] of Object.entries(company.counts.servers)) {
      if (redemptions > (seen.get(name) ?? 0))
        given.set(name, [...(given.get(name) ?? []), { from: now, to: now + lifeMs }]);
      seen.set(name, redemptions);
    }
  };
  return {
    look,
    revoked: (server) => {
      look();
      const now = clock();
      given.set(
        server,
        (given.get(server) ?? []).map(({ from, to }) => ({ from, to: Math.min(to, now) })),
      );
    },
    held: (server) => given.get(server) ?? [],
    mints: (server) => seen.get(server) ?? 0,
  };
}
