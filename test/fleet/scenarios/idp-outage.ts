import type { Wanted } from '../arguments.ts';
import { openFleet } from '../fleet.ts';
import { workSteadily } from '../people/office-hours.ts';
import { type Outcome, row } from '../report/section.ts';
import { HOUR_MS, MINUTE_MS } from '../world/durations.ts';
import type { Load } from '../world/token-load.ts';
import { POLICY } from './policy.ts';
import { type Recovery, recoveryRows, WATCHED_MS, watchRecovery } from './recovery.ts';

const STARTS_AT = Date.UTC(2026, 5, 1, 8);
const BEFORE_MS = 1.25 * HOUR_MS;
const OUTAGE_MS = 30 * MINUTE_MS;
/** Just below 1: every pause is at its ceiling, the same for everybody. */
const CEILING = 0.999_999;

interface IdpOutage extends Recovery {
  readonly during: Load;
}

async function outage({ agents, servers, seed }: Wanted, hasJitter: boolean): Promise<IdpOutage> {
  const options = { agents, servers, seed, keep: 'active', ...POLICY } as const;
  const fleet = openFleet({ ...options, startsAt: STARTS_AT });
  const { world } = fleet;
  workSteadily(fleet, seed, BEFORE_MS + OUTAGE_MS + WATCHED_MS);
  await world.pass(BEFORE_MS);
  world.turn('idp-down');
  if (!hasJitter) world.sameForAll = CEILING;
  const beganAt = world.time.clock();
  await world.pass(OUTAGE_MS);
  const recovery = await watchRecovery(hasJitter ? 'jitter' : 'none', fleet, () => world.turn('fine'));
  await fleet.close();
  return { ...recovery, during: world.load.between(beganAt, beganAt + OUTAGE_MS) };
}

/** An IdP that fails for half an hour and then works again, which nobody tells the agents. */
export async function idpOutage(wanted: Wanted): Promise<Outcome> {
  const outages = [await outage(wanted, true), await outage(wanted, false)];
  return {
    sections: [
      {
        title: 'The end of an IdP outage of 30 min',
        model:
          'The same people; every request gets 503 or, half of them, no answer in 15 s. Without: from its begin all pauses are the longest of their step, for everybody.',
        columns: outages.map(({ label }) => label),
        rows: [
          row('token requests at the IdP meanwhile, peak second', '/s', outages, ({ during }) => during.peak),
          row('… mean', '/s', outages, ({ during }) => during.mean),
          ...recoveryRows(outages),
        ],
      },
    ],
    ledgers: outages.map(({ fleet }) => fleet.ledger),
  };
}
