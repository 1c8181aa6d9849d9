import type { Fleet } from '../fleet.ts';
import { type Row, row } from '../report/section.ts';
import { quantile } from '../report/statistics.ts';
import { MINUTE_MS, SECOND_MS } from '../world/durations.ts';
import type { Load } from '../world/token-load.ts';

/** It is over within this, in ms. */
export const WATCHED_MS = 10 * MINUTE_MS;

/** How a company came back after an outage. */
export interface Recovery {
  readonly label: string;
  readonly fleet: Fleet;
  readonly endedAt: number;
  /** Grants in use, and those of them that had no token when the outage ended. */
  readonly inUse: number;
  readonly without: number;
  /** Seconds until half, 99 % and all of the grants in use had a token. */
  readonly readyAfter: { readonly half: number; readonly most: number; readonly all: number };
  readonly load: Load;
}

/** Watches, second by second, how grants come back. `back` is what happens at the end of the outage. */
export async function watchRecovery(label: string, fleet: Fleet, back: () => void): Promise<Recovery> {
  const { world } = fleet;
  const endedAt = world.time.clock();
  const grants = fleet.laptops.flatMap((laptop) => laptop.grants.filter(({ isInUse }) => isInUse));
  // One that comes to rest meanwhile is not waited for: its next call mints.
  const countReady = () => grants.filter(({ isReady, isInUse }) => isReady || !isInUse).length;
  const without = grants.filter(({ isReady }) => !isReady).length;
  back();
  const readyAt = { half: Number.NaN, most: Number.NaN, all: Number.NaN };
  const shares = { half: 0.5, most: 0.99, all: 1 };
  for (let second = 0; Number.isNaN(readyAt.all) && second * SECOND_MS < WATCHED_MS; second += 1) {
    const ready = countReady();
    for (const name of ['half', 'most', 'all'] as const)
      if (Number.isNaN(readyAt[name]) && ready >= grants.length * shares[name]) readyAt[name] = second;
    await world.pass(SECOND_MS);
  }
  await world.pass(endedAt + WATCHED_MS - world.time.clock());
  const load = world.load.between(endedAt, endedAt + WATCHED_MS);
  return { label, fleet, endedAt, inUse: grants.length, without, readyAfter: readyAt, load };
}

const laterCalls = ({ fleet, endedAt }: Recovery) => fleet.ledger.slow.filter(({ at }) => at >= endedAt);
const refused = (recovery: Recovery) => laterCalls(recovery).filter(({ problem }) => problem !== undefined);
const waits = (recovery: Recovery) =>
  laterCalls(recovery).flatMap(({ waitedMs, problem }) => (problem === undefined ? [waitedMs / SECOND_MS] : []));

/** The lines on what came after the end of an outage. */
export function recoveryRows(recoveries: readonly Recovery[]): Row[] {
  const lastRefusal = (recovery: Recovery) =>
    Math.max(0, ...refused(recovery).map(({ at }) => (at - recovery.endedAt) / SECOND_MS));
  return [
    row('grants in use', '', recoveries, ({ inUse }) => inUse),
    row('… without a token when it ended', '', recoveries, ({ without }) => without),
    row('token requests at the IdP afterwards, peak second', '/s', recoveries, ({ load }) => load.peak),
    row('… all in 10 min', '', recoveries, ({ load }) => load.total),
    row('half of the grants in use are ready after', 's', recoveries, ({ readyAfter }) => readyAfter.half),
    row('… 99 %', 's', recoveries, ({ readyAfter }) => readyAfter.most),
    row('… all', 's', recoveries, ({ readyAfter }) => readyAfter.all),
    row('calls refused afterwards', '', recoveries, (recovery) => refused(recovery).length),
    row('… the last one after', 's', recoveries, lastRefusal),
    row('calls that waited, served within: p99', 's', recoveries, (recovery) => quantile(waits(recovery), 0.99)),
    row('… max', 's', recoveries, (recovery) => quantile(waits(recovery), 1)),
  ];
}
