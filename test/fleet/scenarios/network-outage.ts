import type { Wanted } from '../arguments.ts';
import { openFleet } from '../fleet.ts';
import { workSteadily } from '../people/office-hours.ts';
import type { Outcome } from '../report/section.ts';
import { HOUR_MS } from '../world/durations.ts';
import { POLICY } from './policy.ts';
import { type Recovery, recoveryRows, WATCHED_MS, watchRecovery } from './recovery.ts';

const STARTS_AT = Date.UTC(2026, 5, 1, 8);
/** Long enough that every token has been renewed once at its own time, in ms. */
const BEFORE_MS = 1.25 * HOUR_MS;
/** Longer than any token lives, in ms. */
const OUTAGE_MS = 2 * HOUR_MS;

async function outage({ agents, servers, seed }: Wanted, hasJitter: boolean): Promise<Recovery> {
  const options = { agents, servers, seed, keep: 'active', ...POLICY } as const;
  const fleet = openFleet({ ...options, startsAt: STARTS_AT });
  const { world, laptops } = fleet;
  workSteadily(fleet, seed, BEFORE_MS + OUTAGE_MS + WATCHED_MS);
  await world.pass(BEFORE_MS);
  world.turn('no-network');
  await world.pass(OUTAGE_MS);
  const recovery = await watchRecovery(hasJitter ? 'jitter' : 'none', fleet, () => {
    world.turn('fine');
    if (!hasJitter) world.sameForAll = 0;
    for (const laptop of laptops) laptop.networkBack(hasJitter);
  });
  await fleet.close();
  return recovery;
}

/** A network that comes back for a whole company in the same second. */
export async function networkOutage(wanted: Wanted): Promise<Outcome> {
  const recoveries = [await outage(wanted, true), await outage(wanted, false)];
  return {
    sections: [
      {
        title: 'The end of a network outage of 2 h',
        model:
          'Everybody at work on 3–5 servers, each called every 5 min, also during the outage; all agents hear of the network in the same millisecond. Without: no spread, and random numbers are 0 from then on.',
        columns: recoveries.map(({ label }) => label),
        rows: recoveryRows(recoveries),
      },
    ],
    ledgers: recoveries.map(({ fleet }) => fleet.ledger),
  };
}
