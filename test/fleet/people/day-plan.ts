import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../world/durations.ts';
import { bell, between, type Random, someOf, untilNext, wholeBetween } from '../world/random.ts';

/** What a person does; `at` is counted from midnight, in ms. */
export type Deed =
  | { readonly at: number; readonly kind: 'wake' | 'sleep' | 'sign-in' }
  | { readonly at: number; readonly kind: 'call'; readonly server: number };

/** A stretch of a day, in ms from midnight. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
}

const ARRIVAL = { mean: 9 * HOUR_MS, deviation: 25 * MINUTE_MS, from: 8 * HOUR_MS, until: 10 * HOUR_MS };
const LEAVING = { from: 17 * HOUR_MS, until: 18 * HOUR_MS };
/** The first look at a laptop that has just been opened comes after so long, in ms. */
const SETTLING_MS = 2 * MINUTE_MS;
/** People whose session did not outlive the night. */
const SIGN_IN_SHARE = 0.1;
const LUNCH = { from: 11.75 * HOUR_MS, until: 12.75 * HOUR_MS, shortest: 30 * MINUTE_MS, longest: HOUR_MS };
const LID_SHUT_AT_LUNCH_SHARE = 0.8;
const MEETINGS_MOST = 3;
const MEETING = { shortest: 30 * MINUTE_MS, longest: HOUR_MS };
const SERVERS_USED = { fewest: 3, most: 5 };
/** Between two bursts of calls on average, calls in one, and the pause between two of them. */
const BURST_GAP_MS = 12 * MINUTE_MS;
const BURST_CALLS = { fewest: 2, most: 10 };
const CALL_GAP = { shortest: 2 * SECOND_MS, longest: 40 * SECOND_MS };
/** A second server in the same burst: one program that uses two. */
const SECOND_SERVER_SHARE = 0.3;

/** The bursts of calls within `open`, none of which begins in a break. */
export function planCalls(
  random: Random,
  open: Stretch,
  breaks: readonly Stretch[],
  servers: readonly number[],
): Deed[] {
  const deeds: Deed[] = [];
  const pick = () => servers[wholeBetween(random, 0, servers.length - 1)] ?? 0;
  for (let at = open.from + untilNext(random, BURST_GAP_MS / 2); ; at += untilNext(random, BURST_GAP_MS)) {
    const rest = breaks.find(({ from, until }) => at >= from && at < until);
    if (rest) at = rest.until + untilNext(random, SETTLING_MS);
    const [first, second] = [pick(), pick()];
    for (let left = wholeBetween(random, BURST_CALLS.fewest, BURST_CALLS.most); left > 0; left -= 1) {
      at += between(random, CALL_GAP.shortest, CALL_GAP.longest);
      if (breaks.some(({ from, until }) => at >= from && at < until)) break;
      if (at >= open.until) return deeds;
      deeds.push({ at, kind: 'call', server: random() < SECOND_SERVER_SHARE ? second : first });
    }
  }
}

/** The servers that one person uses on one day. */
export function planServers(random: Random, servers: number): number[] {
  return someOf(random, wholeBetween(random, SERVERS_USED.fewest, SERVERS_USED.most), servers);
}

/** When the person comes and goes. */
export function planPresence(random: Random): Stretch {
  const from = ARRIVAL.mean + ARRIVAL.deviation * bell(random);
  return {
    from: Math.min(Math.max(from, ARRIVAL.from), ARRIVAL.until),
    until: between(random, LEAVING.from, LEAVING.until),
  };
}

/** What a person does from coming to going. */
export function planWork(random: Random, { from, until }: Stretch, servers: number): Deed[] {
  const lunchAt = between(random, LUNCH.from, LUNCH.until);
  const lunch = { from: lunchAt, until: lunchAt + between(random, LUNCH.shortest, LUNCH.longest) };
  const meetings = Array.from({ length: wholeBetween(random, 0, MEETINGS_MOST) }, () => {
    const at = between(random, from + SETTLING_MS, until - MEETING.longest);
    return { from: at, until: at + between(random, MEETING.shortest, MEETING.longest) };
  });
  const breaks = [lunch, ...meetings].sort((a, b) => a.from - b.from);
  const open = { from: from + SETTLING_MS, until: until - SECOND_MS };
  const deeds: Deed[] = [
    { at: from, kind: 'wake' },
    ...planCalls(random, open, breaks, planServers(random, servers)),
    { at: until, kind: 'sleep' },
  ];
  if (random() < SIGN_IN_SHARE) deeds.push({ at: from + between(random, SECOND_MS, SETTLING_MS), kind: 'sign-in' });
  if (random() < LID_SHUT_AT_LUNCH_SHARE)
    deeds.push({ at: lunch.from, kind: 'sleep' }, { at: lunch.until, kind: 'wake' });
  return deeds.sort((a, b) => a.at - b.at);
}
