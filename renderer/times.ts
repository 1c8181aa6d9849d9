const MINUTE_MS = 60_000;
/** An hour in ms. */
export const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const count = (amount: number, unit: string) => `${amount} ${unit}${amount === 1 ? '' : 's'}`;

/** A length of time in its largest unit: "less than a minute", "5 minutes", "2 hours", "3 days". */
export function lengthText(milliseconds: number): string {
  if (milliseconds < MINUTE_MS) return 'less than a minute';
  if (milliseconds < HOUR_MS) return count(Math.floor(milliseconds / MINUTE_MS), 'minute');
  if (milliseconds < DAY_MS) return count(Math.floor(milliseconds / HOUR_MS), 'hour');
  return count(Math.floor(milliseconds / DAY_MS), 'day');
}

/** How long ago: "just now", "5 minutes ago". */
export function agoText(at: number, now: number): string {
  return now - at < MINUTE_MS ? 'just now' : `${lengthText(now - at)} ago`;
}

/** The time of day where the machine is, as its language writes it: "14:05", "2:05 PM". */
export function clockText(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: 'numeric', minute: '2-digit' });
}

/** The same to the second, for lists in which several things happen within a minute. */
export function exactClockText(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
}

/** A day where the machine is, as its language writes it: "Friday, 21 March". */
export function dayText(at: number): string {
  return new Date(at).toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
}

/** Whether both lie on the same day of the machine's time zone. */
export function isSameDay(at: number, other: number): boolean {
  return new Date(at).toDateString() === new Date(other).toDateString();
}
