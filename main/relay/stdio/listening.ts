import type { Schedule } from '../../../shared/schedule.ts';
import type { Listening, Wire } from './wire.ts';

/** Pause before a listening stream that ended is opened again, in ms. Servers end theirs every few minutes. */
const REOPEN_MS = 1_000;

/** The longest pause that a server may ask for, in ms. */
const LONGEST_REOPEN_MS = 60_000;

/** Pause before the next try where the server was not reached or there was no grant, in ms. */
const OFFLINE_PAUSE_MS = 10_000;

/** A listening stream that lived longer was ended for being idle, which is no reason to give it up, in ms. */
const SHORT_LIFE_MS = 1_000;

/** A listening stream that a server ended at once this often in a row is not one worth keeping. */
const REOPEN_LIMIT = 5;

/** What listening works with. */
export interface ListeningContext {
  readonly wire: Wire;
  readonly headers: readonly string[];
  readonly onMessage: (line: string) => void;
  readonly schedule: Schedule;
}

/**
 * Keeps the listening stream of an MCP session open (MCP 2025-11-25, transports), from where it was cut off if the
 * server can. Gives what ends it.
 */
export function keepListening({ wire, headers, onMessage, schedule }: ListeningContext): () => void {
  let closed = false;
  let stream: Listening | undefined;
  let cancelPause = () => {};
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      cancelPause = schedule(ms, resolve);
    });
  const run = async (): Promise<void> => {
    let lastEventId: string | undefined;
    for (let ended = 0; ended < REOPEN_LIMIT && !closed; ) {
      const openedAt = performance.now();
      stream = wire.listen(headers, onMessage, lastEventId);
      const answer = await stream.ended;
      lastEventId = answer.lastEventId ?? lastEventId;
      // 405 says that this server has no such stream, 404 that the MCP session is over.
      if (answer.status >= 400 && answer.status < 500) return;
      // What kept us from the server says nothing about the stream: a laptop may be off the network for hours.
      const lasted = performance.now() - openedAt > SHORT_LIFE_MS;
      const isWished = answer.lastEventId !== undefined;
      ended = answer.fault || lasted || isWished || answer.messages > 0 ? 0 : ended + 1;
      // A stream that was open and is cut off, as on waking, is missed for no longer than one that ended.
      const wasOpen = answer.status !== 0 && lasted;
      const reopenMs = Math.min(answer.retryMs ?? REOPEN_MS, LONGEST_REOPEN_MS);
      await pause(answer.fault && !wasOpen ? OFFLINE_PAUSE_MS : reopenMs);
    }
  };
  void run();
  return () => {
    closed = true;
    cancelPause();
    stream?.abort();
  };
}
