import type { Wanted } from '../arguments.ts';
import { INVARIANTS, type Invariant } from '../laptop/ledger.ts';
import type { Report } from '../report/print.ts';
import type { Outcome } from '../report/section.ts';
import { companyDay } from './company-day.ts';
import { CURVE_PARTS, curve } from './curve.ts';
import { type Day, liveOneDay } from './day.ts';
import { idpOutage } from './idp-outage.ts';
import { month } from './month.ts';
import { networkOutage } from './network-outage.ts';
import { nineSharp } from './nine-sharp.ts';

function brokenPromises(outcomes: readonly Outcome[]): string[] {
  const ledgers = outcomes.flatMap((outcome) => outcome.ledgers);
  return (Object.keys(INVARIANTS) as Invariant[]).flatMap((name) => {
    const times = ledgers.reduce((sum, { broken }) => sum + broken[name], 0);
    return times > 0 ? [`${times} ${INVARIANTS[name]}`] : [];
  });
}

/** Runs every scenario, one after the other. `say` hears what comes next. */
export async function runAll(wanted: Wanted, say: (text: string) => void): Promise<Report> {
  const day = (agents: number, keep: Day['keep']) => {
    say(`a day of ${agents} agents, keep: ${keep} …`);
    return liveOneDay({ ...wanted, agents }, keep);
  };
  const smaller: Day[] = [];
  for (const part of CURVE_PARTS) smaller.push(await day(Math.round(wanted.agents * part), 'active'));
  const active = await day(wanted.agents, 'active');
  const outcomes = [
    companyDay([active, await day(wanted.agents, 'always'), await day(wanted.agents, 'on-demand')]),
    curve([...smaller, active]),
  ];
  say('a month …');
  outcomes.splice(1, 0, await month(wanted));
  say('the outages …');
  outcomes.splice(2, 0, await networkOutage(wanted), await idpOutage(wanted), await nineSharp(wanted));
  return {
    notes: [
      `${wanted.agents.toLocaleString('en-US')} agents with ${wanted.servers} servers each in virtual time, seed ${wanted.seed}.`,
      'Keepers, mint counts, session owners and the provider (openid-client) are the real ones, from a vault in memory. A',
      'model are: people, sleep, the two legs of a mint, and the network (answers after 0.12 s, 99 % within 0.4 s). The IdP',
      'takes any load: figures are what it is offered. Metadata is not counted, and the look at the machine every 2 s is left out.',
    ],
    sections: outcomes.flatMap(({ sections }) => sections),
    failures: [...brokenPromises(outcomes), ...outcomes.flatMap(({ failures = [] }) => failures)],
  };
}
