import { control, demanded, told } from '../figures.ts';
import type { Part, PartContext } from '../part.ts';
import { couldBeServed } from './judge.ts';
import { createTokenLedger } from './ledger.ts';
import { type LivedCall, type LivedDay, liveDay } from './live.ts';
import { planDay } from './plan.ts';
import { DAY_SERVERS, openDayWorld, TOKEN_SECONDS } from './world.ts';

const MINUTE_MS = 60_000;

/** How far the laptop's clock is ahead of the company's, in minutes. */
const SKEWS_MINUTES = [-5, 0, 5] as const;

const MS_PER_SECOND = 1_000;

function describeCall({ server, by, startedAt, endedAt, text }: LivedCall): string {
  const waited = ((endedAt - startedAt) / MS_PER_SECOND).toFixed(1);
  return `${new Date(startedAt).toISOString()} ${by} ${server}, after ${waited} s: ${text.slice(0, 200)}`;
}

function tellCalls({ calls, known }: LivedDay, skew: string, tell: PartContext['tell']): void {
  const failed = calls.filter(({ isServed }) => !isServed);
  const avoidable = failed.filter((call) => couldBeServed(call, known(call.server)));
  const challenged = calls.filter(({ isChallenged }) => isChallenged);
  const longest = (of: (call: LivedCall) => number) => Math.max(...calls.map(of)) / MS_PER_SECOND;
  tell(
    told(`${skew}: calls`, calls.length),
    control(`${skew}: calls that failed`, failed.length),
    demanded(
      `${skew}: failed although a fresh token could have served`,
      avoidable.length,
      '0',
      avoidable.length === 0,
      avoidable.map(describeCall),
    ),
    demanded(`${skew}: 401 seen by clients`, challenged.length, '0', challenged.length === 0),
    told(`${skew}: longest wait of a call, virtual`, `${longest(({ startedAt, endedAt }) => endedAt - startedAt)} s`),
    told(`${skew}: longest wait of a call, real`, `${longest(({ realMs }) => realMs()).toFixed(2)} s`),
  );
}

async function liveOne({ chance, wanted, tell }: PartContext, skewMinutes: number): Promise<void> {
  const skew = `clock ${skewMinutes >= 0 ? '+' : '−'}${Math.abs(skewMinutes)} min`;
  const world = await openDayWorld(skewMinutes * MINUTE_MS, chance.fork('program'));
  try {
    const { company } = world.laptop;
    const before = company.counts;
    const ledger = createTokenLedger(company, world.time.clock, TOKEN_SECONDS * MS_PER_SECOND);
    ledger.look();
    const lived = await liveDay(world, planDay(chance.fork('plan'), DAY_SERVERS, wanted.hours), ledger);
    tellCalls(lived, skew, tell);
    const after = company.counts;
    const mints = DAY_SERVERS.map(
      (name) => (after.servers[name]?.redemptions ?? 0) - (before.servers[name]?.redemptions ?? 0),
    );
    const refused = after.refusedRedemptions + after.refusedTokenExchanges + after.refusedRefreshes;
    tell(
      told(`${skew}: mints for each server`, mints.join(', ')),
      told(`${skew}: refreshes`, after.refreshes - before.refreshes),
      // By a clock that is behind, an ID token that has ended at the provider looks good: it is refused and renewed once.
      told(`${skew}: requests of ours that the company refused`, refused),
    );
  } finally {
    await world.close();
  }
}

/** An office day with everything that a laptop meets; one clock in the short form, three in the long one. */
export const day: Part = async (context) => {
  const { chance, wanted } = context;
  const skews = wanted.long ? SKEWS_MINUTES : [chance.fork('skew').pick(SKEWS_MINUTES)];
  for (const skewMinutes of skews) await liveOne(context, skewMinutes);
};
