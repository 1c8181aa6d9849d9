import { ANSWER_TOO_LARGE, type StdioAnswer } from './answer.ts';

/** Pause before a stream is taken up again where the server names none, in ms (MCP 2025-11-25 leaves it to the client). */
const RESUME_MS = 1_000;

/** The shortest and the longest pause that a server may ask for, in ms. */
const SHORTEST_MS = 100;
const LONGEST_MS = 60_000;

/** So often in a row a server may fail to be there. */
const FAILURE_LIMIT = 20;

/** So often in a row it may give a stream that brings nothing: that is how servers make clients wait for a long call. */
const EMPTY_LIMIT = 1_000;

/** How far a request has come whose response may come in more than one stream. */
export interface Progress {
  readonly lastEventId: string | undefined;
  readonly retryMs: number | undefined;
  readonly failures: number;
  readonly empty: number;
}

/** Before its first stream. */
export const NO_PROGRESS: Progress = { lastEventId: undefined, retryMs: undefined, failures: 0, empty: 0 };

/** A server's wish for a pause, within limits. */
export function pauseOf(retryMs: number | undefined): number {
  return Math.min(Math.max(retryMs ?? RESUME_MS, SHORTEST_MS), LONGEST_MS);
}

/**
 * How a request goes on whose stream has ended without the response, whether it broke or its server wants us to come
 * back (MCP 2025-11-25, transports, "Resumability"): `undefined` where it is over. Pure.
 *
 * @param answer how the stream ended.
 * @param isFirst whether it is the one that answered the request itself.
 */
export function nextProgress(before: Progress, answer: StdioAnswer, isFirst: boolean): Progress | undefined {
  const { status, fault, lastEventId, retryMs, messages } = answer;
  const isFailure = fault !== undefined || status >= 500 || status === 429;
  // A server that keeps no events, or has forgotten the MCP session, says so with an error.
  if (fault?.code === ANSWER_TOO_LARGE || (status !== 200 && (isFirst || !isFailure))) return undefined;
  const isNew = lastEventId !== undefined && lastEventId !== before.lastEventId;
  const next: Progress = {
    lastEventId: lastEventId ?? before.lastEventId,
    retryMs: retryMs ?? before.retryMs,
    failures: isFailure ? before.failures + 1 : 0,
    empty: isNew || messages > 0 ? 0 : before.empty + 1,
  };
  const isOver = next.lastEventId === undefined || next.failures > FAILURE_LIMIT || next.empty > EMPTY_LIMIT;
  return isOver ? undefined : next;
}
