import type { MintCount } from '../../shared/local-api.ts';
import type { MintCountRecord } from '../vault/contents.ts';

/** Share of a month's mints after which they are saved: only calls mint, and a warning is shown. */
const THIN_SHARE = 0.8;

/** Day and month of UTC: `2026-11-22`, `2026-11`. An IdP counts by its own time zone, at worst a day apart. */
function calendar(now: number): { readonly day: string; readonly month: string } {
  const day = new Date(now).toISOString().slice(0, 10);
  return { day, month: day.slice(0, 7) };
}

/** The counts after one more mint. */
export function countMint(record: MintCountRecord | undefined, now: number): MintCountRecord {
  const { day, month } = calendar(now);
  return {
    day,
    inDay: record?.day === day ? record.inDay + 1 : 1,
    month,
    inMonth: record?.month === month ? record.inMonth + 1 : 1,
  };
}

/** The counts as they stand now: yesterday's are not today's. */
export function viewMints(record: MintCountRecord | undefined, now: number, perMonth: number): MintCount {
  const { day, month } = calendar(now);
  return {
    today: record?.day === day ? record.inDay : 0,
    thisMonth: record?.month === month ? record.inMonth : 0,
    perMonth,
  };
}

/** Whether so many of the month's mints are spent that the rest is kept for calls. */
export function isThin({ thisMonth, perMonth }: MintCount): boolean {
  return thisMonth >= perMonth * THIN_SHARE;
}

/** What to say once the budget is thin. */
export function thinWarning(title: string, { thisMonth, perMonth }: MintCount): string {
  const left =
    thisMonth >= perMonth
      ? 'Further calls may be refused until next month.'
      : 'Access is now renewed only when a call needs it.';
  return `${title} has used ${thisMonth} of this month's ${perMonth} renewals. ${left}`;
}

/** Counts of earlier months say nothing any more; without them the vault would grow with every person and server. */
export function withoutOldCounts(
  mints: Readonly<Record<string, Readonly<Record<string, MintCountRecord>>>>,
  now: number,
): Record<string, Record<string, MintCountRecord>> {
  const { month } = calendar(now);
  const kept = Object.entries(mints).map(([person, servers]) => {
    const current = Object.entries(servers).filter(([, record]) => record.month === month);
    return [person, Object.fromEntries(current)] as const;
  });
  return Object.fromEntries(kept.filter(([, servers]) => Object.keys(servers).length > 0));
}
