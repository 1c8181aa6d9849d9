import type { Schedule } from '../../../shared/schedule.ts';
import { METHOD_NOT_FOUND, type Outcome } from '../mcp/rpc.ts';

/** Pause before a listening that ended is opened again, in ms; twice as long after each end, up to the longest. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** One that stood for so long was a good one: pauses begin again at the first. In ms. */
const GOOD_MS = 30_000;

/** One server that is listened to for as long as somebody wants to hear. */
export interface StandingListen {
  readonly schedule: Schedule;
  /** Opens one `subscriptions/listen`; settles when it ends, and calls `onStanding` once when it is acknowledged. */
  readonly open: (signal: AbortSignal, onStanding: () => void) => Promise<Outcome>;
  /** It stands again, after a time in which something may have been missed. */
  readonly onStandingAgain: () => void;
}

/** Listens, and again after every end; a server that does not know the method is not asked again. Gives what ends it. */
export function keepListening({ schedule, open, onStandingAgain }: StandingListen): () => void {
  const stopping = new AbortController();
  let pauseMs = FIRST_PAUSE_MS;
  let isFirst = true;
  let cancelPause = () => {};
  const listen = async (): Promise<void> => {
    let cancelGood = () => {};
    const wasFirst = isFirst;
    isFirst = false;
    let stands = false;
    const onStanding = () => {
      if (stands || stopping.signal.aborted) return;
      stands = true;
      cancelGood = schedule(GOOD_MS, () => {
        pauseMs = FIRST_PAUSE_MS;
      });
      if (!wasFirst) onStandingAgain();
    };
    const outcome = await open(stopping.signal, onStanding).catch(() => undefined);
    cancelGood();
    if (stopping.signal.aborted) return;
    if (outcome && 'error' in outcome && outcome.error.code === METHOD_NOT_FOUND) return;
    cancelPause = schedule(pauseMs, () => void listen());
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  };
  void listen();
  return () => {
    stopping.abort();
    cancelPause();
  };
}
