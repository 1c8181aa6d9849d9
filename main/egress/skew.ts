import { uptime } from 'node:os';

/** A clock that is further off is not believed, in ms: the certificates of no server would be valid by it. */
const LARGEST_SKEW_MS = 24 * 60 * 60 * 1000;

/** A Date names the second that had begun (RFC 9110 section 5.6.7). Milliseconds. */
const SECOND_MS = 1_000;

/**
 * How wrong a skew may be, in ms: half a second for the Date, and half of the time that a slow answer took. What we
 * sign is dated back by this, since nobody has to take what was issued in the future; a mistake that is larger is worth
 * another try.
 */
export const SKEW_DOUBT_MS = 3_000;

/**
 * Whether what was dated by the skew `before` has a wrong date, by the skew that is known `now`; both in ms, `undefined`
 * where none was known.
 */
export function isMisdated(before: number | undefined, now: number | undefined): boolean {
  return Math.abs((now ?? 0) - (before ?? 0)) > SKEW_DOUBT_MS;
}

/** Between these two a number lies. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/**
 * What one answer tells about the clock of who gave it: its time less ours, in ms; `undefined` where the Date (RFC 9110
 * section 6.6.1) is absent or makes no sense. It was written within that second, and after the request went out and
 * before the answer was here.
 *
 * @param sentAt when the request went out, by a clock of ours, in ms.
 * @param receivedAt when the answer's headers were here, likewise.
 */
export function differenceBy(
  dateHeader: string | null | undefined,
  sentAt: number,
  receivedAt: number,
): Bounds | undefined {
  const date = dateHeader ? Date.parse(dateHeader) : Number.NaN;
  if (Number.isNaN(date) || receivedAt < sentAt) return undefined;
  return { least: date - receivedAt, most: date + SECOND_MS - sentAt };
}

/**
 * How far the clocks of other parties are ahead of ours, in ms, by origin (negative: behind).
 *
 * It is safe to go by what anybody says here: it is remembered for the party that said it and decides nothing but the
 * times in what we sign for that party. A wrong Date only makes our own assertion unusable there.
 */
export interface Skews {
  /** `undefined` where nothing was heard yet. */
  get(origin: string): number | undefined;
  /** What the clock of an origin shows, in ms since the epoch; ours where nothing was heard yet. */
  timeAt(origin: string): number;
  /** What requests and answers are timed by, in ms since some moment. */
  uptime(): number;
  /** Learns from the Date of an answer whose request went out at `sentAt` by {@link Skews.uptime}. */
  learn(origin: string, dateHeader: string | null, sentAt: number): void;
}

/** How many parties are remembered: far more than a policy names. The oldest is forgotten first. */
const MOST_ORIGINS = 1_000;

const machineUptime = () => uptime() * 1000;

/**
 * An empty {@link Skews}. What is remembered is the difference between another clock and the time since this machine
 * started, which nobody sets and which goes on while the machine sleeps. So when our own clock is corrected, what we
 * know of the others stays true. (`performance.now` stands still in sleep on some systems: by it, every sleep would look
 * like a correction.)
 *
 * @param clock ours, in ms since the epoch: the one that is off.
 * @param sinceStart only the machine's clock is set by others; any other one that is handed in goes by itself.
 */
export function createSkews(
  clock: () => number = Date.now,
  sinceStart: () => number = clock === Date.now ? machineUptime : clock,
): Skews {
  /** Their time less the time since the start. */
  const known = new Map<string, number>();
  const get = (origin: string): number | undefined => {
    const difference = known.get(origin);
    return difference === undefined ? undefined : sinceStart() + difference - clock();
  };
  return {
    get,
    timeAt: (origin) => clock() + (get(origin) ?? 0),
    uptime: sinceStart,
    learn: (origin, dateHeader, sentAt) => {
      const bounds = differenceBy(dateHeader, sentAt, sinceStart());
      if (!bounds) return;
      const { least, most } = bounds;
      const middle = (least + most) / 2;
      if (Math.abs(sinceStart() + middle - clock()) > LARGEST_SKEW_MS) return;
      const before = known.get(origin);
      // A slow answer says less than a quick one before it did; what it does not contradict stays.
      if (before !== undefined && before >= least && before <= most) return;
      known.set(origin, middle);
      const [oldest] = known.keys();
      if (known.size > MOST_ORIGINS && oldest !== undefined) known.delete(oldest);
    },
  };
}
