import type { Chance } from '../chance.ts';

/** What happens at a moment of the day. */
export type DayEvent =
  | { readonly kind: 'call'; readonly server: string; readonly by: 'http' | 'stdio' }
  /** The lid is closed for so long; after opening it the network is missing for so long. */
  | { readonly kind: 'sleep'; readonly forMs: number; readonly offlineMs: number }
  /** No connection to the company for so long. Where the system tells its end, it is the laptop's own network. */
  | { readonly kind: 'flap'; readonly forMs: number; readonly isTold: boolean }
  | { readonly kind: 'revocation'; readonly server: string }
  /** The identity provider alone is away. */
  | { readonly kind: 'idp-outage'; readonly forMs: number };

/** An event and when it comes, in ms from the beginning of the day. */
export type Dated = DayEvent & { readonly atMs: number };

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** A call every so often while somebody works, in ms. */
const CALL_EVERY_MS = [10 * SECOND_MS, 150 * SECOND_MS] as const;

/** Lunch, two meetings, and a night from the evening on; hours of the day and minutes of sleep. */
const SLEEPS = [
  { hour: 2.1, minutes: 12 },
  { hour: 4, minutes: 61 },
  { hour: 6.5, minutes: 35 },
  { hour: 10, minutes: 12 * 60 },
] as const;

const FLAPS = 8;
const FLAP_MS = [2 * SECOND_MS, 4 * MINUTE_MS] as const;
const REVOCATIONS = 10;
const OUTAGE = { hour: 8, forMs: 20 * MINUTE_MS } as const;

/** Wi-Fi after opening the lid, in ms. */
const OFFLINE_MS = [SECOND_MS, 4 * SECOND_MS] as const;

/** How long after opening the lid the first call comes, in ms; 0 is the client that waited for it. */
const FIRST_CALLS_MS = [0, 300, 2_500] as const;

/** The day of one laptop: the same for the same chance, in the order of time. */
export function planDay(chance: Chance, servers: readonly [string, ...string[]], hours: number): readonly Dated[] {
  const scale = hours / 24;
  const events: Dated[] = [];
  const add = (atMs: number, event: DayEvent) => void events.push({ atMs: Math.round(atMs), ...event });
  const within = ([low, high]: readonly [number, number]) => chance.between(low, high);
  const asleep: (readonly [number, number])[] = [];

  for (const { hour, minutes } of SLEEPS) {
    const atMs = hour * HOUR_MS * scale;
    const forMs = minutes * MINUTE_MS * scale;
    add(atMs, { kind: 'sleep', forMs, offlineMs: within(OFFLINE_MS) });
    asleep.push([atMs, atMs + forMs]);
    for (const laterMs of FIRST_CALLS_MS)
      add(atMs + forMs + laterMs, { kind: 'call', server: chance.pick(servers), by: 'http' });
  }
  const isAwake = (atMs: number) => asleep.every(([from, to]) => atMs < from || atMs > to + MINUTE_MS);
  const somewhen = () => {
    let atMs = 0;
    do atMs = chance.between(0, hours * HOUR_MS);
    while (!isAwake(atMs));
    return atMs;
  };
  for (let atMs = 0; atMs < hours * HOUR_MS; atMs += within(CALL_EVERY_MS))
    if (isAwake(atMs))
      add(atMs, { kind: 'call', server: chance.pick(servers), by: chance.next() < 0.25 ? 'stdio' : 'http' });
  for (let flap = 0; flap < FLAPS; flap += 1)
    add(somewhen(), { kind: 'flap', forMs: within(FLAP_MS), isTold: chance.next() < 0.5 });
  for (let times = 0; times < REVOCATIONS; times += 1)
    add(somewhen(), { kind: 'revocation', server: chance.pick(servers) });
  add(OUTAGE.hour * HOUR_MS * scale, { kind: 'idp-outage', forMs: OUTAGE.forMs * scale });
  return events.toSorted((a, b) => a.atMs - b.atMs);
}
