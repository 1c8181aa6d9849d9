import { expect, test } from 'vitest';
import { formatReport } from '../../fleet/report/print.ts';
import { runAll } from '../../fleet/scenarios/all.ts';
import { companyDay } from '../../fleet/scenarios/company-day.ts';
import { liveOneDay } from '../../fleet/scenarios/day.ts';
import { idpOutage } from '../../fleet/scenarios/idp-outage.ts';

/** Every scenario, on a machine that may be busy, in ms. */
const LIMIT_MS = 60_000;

const WANTED = { agents: 20, servers: 8, seed: 7, json: undefined };

async function printed(seed: number): Promise<string> {
  const wanted = { ...WANTED, seed };
  const outcomes = [companyDay([await liveOneDay(wanted, 'active')]), await idpOutage(wanted)];
  return formatReport({ notes: [], sections: outcomes.flatMap(({ sections }) => sections), failures: [] });
}

test(
  'a fleet of 20 agents keeps every promise',
  async () => {
    expect((await runAll(WANTED, () => {})).failures).toEqual([]);
  },
  LIMIT_MS,
);

test(
  'two runs with one seed print the same figures, and another seed prints others',
  async () => {
    const first = await printed(7);
    expect(await printed(7)).toBe(first);
    expect(await printed(8)).not.toBe(first);
  },
  LIMIT_MS,
);
