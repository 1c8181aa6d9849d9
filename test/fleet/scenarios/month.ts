import type { PolicyGrants } from '../../../shared/policy.ts';
import type { Wanted } from '../arguments.ts';
import { type Fleet, openFleet } from '../fleet.ts';
import { identityProviderPolicy } from '../laptop/identity.ts';
import { live } from '../people/live.ts';
import { type Outcome, row } from '../report/section.ts';
import { quantile } from '../report/statistics.ts';
import { DAY_MS } from '../world/durations.ts';
import { MINTS_PER_MONTH } from './policy.ts';

/** June 2026 begins on a Monday and has 22 working days. */
const FIRST_DAY = Date.UTC(2026, 5, 1);
const DAYS = 30;
const DAYS_IN_WEEK = 7;
const WORKING_DAYS_IN_WEEK = 5;
/** People whose month is lived through: more of them change the figures little. */
const PEOPLE_SHARE = 1 / 40;
const FEWEST_PEOPLE = 4;

// Looks at the session cost most of a day's time and change no mint: an ID token is renewed when a mint needs one.
const POLICY = {
  mintsPerMonth: MINTS_PER_MONTH,
  identityProvider: identityProviderPolicy({ checkIntervalMinutes: 24 * 60 }),
} as const;

const POLICIES = ['active', 'always', 'on-demand'] as const satisfies readonly PolicyGrants['keep'][];

interface Month {
  readonly keep: PolicyGrants['keep'];
  readonly fleet: Fleet;
}

async function liveOneMonth(wanted: Wanted, keep: PolicyGrants['keep'], agents: number): Promise<Month> {
  const { servers, seed } = wanted;
  const fleet = openFleet({ agents, servers, seed, keep, ...POLICY, startsAt: FIRST_DAY });
  const { laptops, people, world } = fleet;
  for (let day = 0; day < DAYS; day += 1) {
    const isWorkingDay = day % DAYS_IN_WEEK < WORKING_DAYS_IN_WEEK;
    laptops.forEach((laptop, index) => {
      live(laptop, people[index]?.day(isWorkingDay) ?? [], FIRST_DAY + day * DAY_MS, world);
    });
    await world.pass(DAY_MS);
  }
  await fleet.close();
  return { keep, fleet };
}

/** A month with its mint budget under each policy, at a part of the company. */
export async function month(wanted: Wanted): Promise<Outcome> {
  const people = Math.max(Math.round(wanted.agents * PEOPLE_SHARE), FEWEST_PEOPLE);
  const months: Month[] = [];
  for (const keep of POLICIES) months.push(await liveOneMonth(wanted, keep, people));
  const counts = ({ fleet }: Month) => fleet.laptops.flatMap(({ mints }) => mints);
  const above = (share: number) => (column: Month) => {
    const all = counts(column);
    return (100 * all.filter((count) => count >= MINTS_PER_MONTH * share).length) / all.length;
  };
  return {
    sections: [
      {
        title: `A month's mints against a budget of ${MINTS_PER_MONTH}, ${people} people`,
        model: `22 working days as above and 8 days off, with the real budget; other servers every day; sessions are renewed for mints alone. One count for each person and server.`,
        columns: months.map(({ keep }) => keep),
        rows: [
          row('mints per person, server and month, median', '', months, (column) => quantile(counts(column), 0.5)),
          row('… p95', '', months, (column) => quantile(counts(column), 0.95)),
          row('… max', '', months, (column) => quantile(counts(column), 1)),
          row('budgets that became thin (80 %)', '%', months, above(0.8)),
          row('budgets that were overspent', '%', months, above(1)),
          row('calls that failed', '', months, ({ fleet }) => fleet.ledger.failed),
        ],
      },
    ],
    ledgers: months.map(({ fleet }) => fleet.ledger),
  };
}
