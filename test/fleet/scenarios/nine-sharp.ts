import type { PolicyGrants } from '../../../shared/policy.ts';
import type { Wanted } from '../arguments.ts';
import { type Fleet, openFleet } from '../fleet.ts';
import { type Outcome, row } from '../report/section.ts';
import { MINUTE_MS, SECOND_MS } from '../world/durations.ts';
import type { Load } from '../world/token-load.ts';
import { POLICY } from './policy.ts';

const NINE = Date.UTC(2026, 5, 1, 9);
/** The laptops have slept all night, in ms. */
const NIGHT_MS = 15 * 60 * MINUTE_MS;
const AWAKE_BEFORE_MS = 5 * MINUTE_MS;
const WATCHED_MS = 2 * MINUTE_MS;

interface Burst {
  readonly label: string;
  readonly fleet: Fleet;
  readonly load: Load;
  readonly readyAfter: number | undefined;
}

const areReady = ({ laptops }: Fleet) => laptops.every(({ grants }) => grants.every(({ isReady }) => isReady));

async function burst(wanted: Wanted, label: string, keep: PolicyGrants['keep'], signsIn: boolean): Promise<Burst> {
  const { agents, servers, seed } = wanted;
  const startsAt = NINE - NIGHT_MS;
  const fleet = openFleet({ agents, servers, seed, keep, ...POLICY, startsAt });
  const { world, laptops } = fleet;
  await world.pass(NIGHT_MS - AWAKE_BEFORE_MS);
  if (signsIn) for (const laptop of laptops) laptop.wake();
  await world.pass(AWAKE_BEFORE_MS);
  for (const laptop of laptops) void (signsIn ? laptop.signIn() : laptop.wake());
  let readyAfter: number | undefined;
  for (let second = 1; second * SECOND_MS <= WATCHED_MS; second += 1) {
    await world.pass(SECOND_MS);
    if (readyAfter === undefined && areReady(fleet)) readyAfter = second;
  }
  await fleet.close();
  return { label, fleet, load: world.load.between(NINE, NINE + WATCHED_MS), readyAfter };
}

/** Everybody does the same thing in the same millisecond. */
export async function nineSharp(wanted: Wanted): Promise<Outcome> {
  const bursts = [
    await burst(wanted, 'sign in, active', 'active', true),
    await burst(wanted, 'sign in, on-demand', 'on-demand', true),
    await burst(wanted, 'wake, active', 'active', false),
    await burst(wanted, 'wake, always', 'always', false),
  ];
  return {
    sections: [
      {
        title: 'Everybody starts at 9:00:00',
        model: 'The worst case: all sign-ins end, or all lids are opened after a night, in the same millisecond.',
        columns: bursts.map(({ label }) => label),
        rows: [
          row('token requests at the IdP, peak second', '/s', bursts, ({ load }) => load.peak),
          row('… all in 2 min', '', bursts, ({ load }) => load.total),
          row('every grant is ready after', 's', bursts, ({ readyAfter }) => readyAfter),
        ],
      },
    ],
    ledgers: bursts.map(({ fleet }) => fleet.ledger),
  };
}
