import type { Schedule } from '../../../shared/schedule.ts';
import { ANSWER_TOO_LARGE } from './answer.ts';
import type { AnswerMessage } from './answer-message.ts';
import { pauseOf } from './resumption.ts';
import type { Listening, Wire } from './wire.ts';

/** Pause before the next try where the server was not reached or there was no grant, in ms. */
const OFFLINE_PAUSE_MS = 10_000;

/** A listening stream that lived longer was ended for being idle, which is no reason to give it up, in ms. */
const SHORT_LIFE_MS = 1_000;

/** A listening stream that a server refuses, or ends at once, this often in a row is not one worth keeping. */
const REOPEN_LIMIT = 5;

/** What listening works with. */
export interface ListeningContext {
  readonly wire: Wire;
  readonly headers: readonly string[];
  readonly onMessage: (message: AnswerMessage) => void;
  readonly schedule: Schedule;
}

/**
 * Keeps the listening stream of an MCP session open (MCP 2025-11-25, transports), from where it was cut off if the
 * server can. Gives what ends it.
 */
export function keepListening({ wire, headers, onMessage, schedule }: ListeningContext): () => void {
  let closed = false;
  let stream: Listening | undefined;
  let endPause = () => {};
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      endPause = schedule(ms, resolve);
    });
  const run = async (): Promise<void> => {
    let lastEventId: string | undefined;
    let retryMs: number | undefined;
    let wasOpen = false;
    for (let ended = 0; ended < REOPEN_LIMIT && !closed; ) {
      let lasted = false;
      const callOff = schedule(SHORT_LIFE_MS, () => {
        lasted = true;
      });
      stream = wire.listen(headers, onMessage, lastEventId);
      const answer = await stream.ended;
      callOff();
      const { status, fault } = answer;
      const isAway = status === 0 || status === 429 || status >= 500;
      // 405 says that this server has no such stream, 404 that the MCP session is over.
      if (closed || (status >= 400 && !isAway)) return;
      // What is too large for us would come again, and again.
      lastEventId = fault?.code === ANSWER_TOO_LARGE ? undefined : (answer.lastEventId ?? lastEventId);
      retryMs = answer.retryMs ?? retryMs;
      wasOpen ||= status === 200;
      // What kept us from the server says nothing about the stream: a laptop may be off the network for hours.
      const isOutage = fault !== undefined || (isAway && wasOpen);
      const isOfUse = lasted || answer.lastEventId !== undefined || answer.messages > 0;
      ended = isOutage || (isOfUse && !isAway) ? 0 : ended + 1;
      // A stream that was open and is cut off, as on waking, is missed for no longer than one that ended.
      await pause(isAway || (fault && !lasted) ? OFFLINE_PAUSE_MS : pauseOf(retryMs));
    }
  };
  void run();
  return () => {
    closed = true;
    endPause();
    stream?.abort();
  };
}
