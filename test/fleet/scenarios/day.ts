import type { PolicyGrants } from '../../../shared/policy.ts';
import type { Wanted } from '../arguments.ts';
import { openFleet } from '../fleet.ts';
import type { Ledger } from '../laptop/ledger.ts';
import { live } from '../people/live.ts';
import { cpuMs, heapBytes } from '../report/cost.ts';
import { DAY_MS, HOUR_MS } from '../world/durations.ts';
import type { Load } from '../world/token-load.ts';
import { POLICY } from './policy.ts';

/** A Monday. */
const MIDNIGHT = Date.UTC(2026, 5, 1);
/** Between the first who may come and the last who may go, in ms from midnight. */
const OFFICE_HOURS = { from: 8 * HOUR_MS, until: 18 * HOUR_MS };

/** What one day of a company showed. */
export interface Day {
  readonly agents: number;
  readonly keep: PolicyGrants['keep'];
  readonly ledger: Ledger;
  readonly officeHours: Load;
  readonly refreshes: number;
  readonly exchanges: number;
  /** Mints of the day, by person. */
  readonly mints: readonly number[];
  /** See `World.work`. */
  readonly work: number;
  readonly cpuMs: number;
  readonly heapBytes: number;
}

/** Lives through one working day, from midnight to midnight. */
export async function liveOneDay(
  { agents, servers, seed }: Pick<Wanted, 'agents' | 'servers' | 'seed'>,
  keep: PolicyGrants['keep'],
): Promise<Day> {
  const [heapBefore, cpuBefore] = [heapBytes(), cpuMs()];
  const startsAt = MIDNIGHT;
  const fleet = openFleet({ agents, servers, seed, keep, ...POLICY, startsAt });
  const { world, ledger, laptops, people } = fleet;
  laptops.forEach((laptop, index) => {
    live(laptop, people[index]?.day(true) ?? [], startsAt, world);
  });
  await world.pass(DAY_MS);
  const [cpuUsed, heapUsed] = [cpuMs() - cpuBefore, heapBytes() - heapBefore];
  const { work, load } = world;
  await fleet.close();
  return {
    agents,
    keep,
    ledger,
    officeHours: load.between(startsAt + OFFICE_HOURS.from, startsAt + OFFICE_HOURS.until),
    refreshes: load.count('refresh'),
    exchanges: load.count('exchange'),
    mints: laptops.map((laptop) => laptop.mints.reduce((sum, count) => sum + count, 0)),
    work,
    cpuMs: cpuUsed,
    heapBytes: heapUsed,
  };
}
