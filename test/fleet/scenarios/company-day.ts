import { type Outcome, row, type Section } from '../report/section.ts';
import { quantile } from '../report/statistics.ts';
import { SECOND_MS } from '../world/durations.ts';
import type { Day } from './day.ts';

const servedWaits = ({ ledger }: Day) => ledger.slow.flatMap(({ waitedMs, problem }) => (problem ? [] : [waitedMs]));
const share = (part: number, whole: number) => (100 * part) / whole;

function section(days: readonly Day[]): Section {
  return {
    title: `A company's day, ${days[0]?.agents.toLocaleString('en-US')} agents`,
    model:
      'People come 8–10 (bell around 9), 10 % sign in, use 3–5 servers in bursts of 2–10 calls every 12 min, have lunch (80 % shut the lid) and 0–3 meetings, leave 17–18; 30 % of laptops wake hourly by themselves.',
    columns: days.map(({ keep }) => keep),
    rows: [
      row('token requests at the IdP, peak second', '/s', days, (day) => day.officeHours.peak),
      row('… p99 of the seconds from 8 to 18 h', '/s', days, (day) => day.officeHours.p99),
      row('… mean of these', '/s', days, (day) => day.officeHours.mean),
      row('session checks (refreshes) in the day', '', days, (day) => day.refreshes),
      row('token exchanges in the day', '', days, (day) => day.exchanges),
      row('mints per person and day, median', '', days, (day) => quantile(day.mints, 0.5)),
      row('… p95', '', days, (day) => quantile(day.mints, 0.95)),
      row('… max', '', days, (day) => quantile(day.mints, 1)),
      row('mints whose token no call used', '%', days, (day) => share(day.ledger.unused, day.exchanges)),
      row('calls', '', days, (day) => day.ledger.served + day.ledger.failed),
      row('calls that failed', '', days, (day) => day.ledger.failed),
      row('calls that waited for a mint', '%', days, (day) => share(servedWaits(day).length, day.ledger.served)),
      row('… for so long, median', 's', days, (day) => (quantile(servedWaits(day), 0.5) ?? 0) / SECOND_MS),
      row('… max', 's', days, (day) => (quantile(servedWaits(day), 1) ?? 0) / SECOND_MS),
    ],
  };
}

/** One day under each policy. */
export function companyDay(days: readonly Day[]): Outcome {
  return { sections: [section(days)], ledgers: days.map(({ ledger }) => ledger) };
}
