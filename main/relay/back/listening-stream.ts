import type { Schedule } from '../../../shared/schedule.ts';
import type { RpcMessage } from '../mcp/rpc.ts';
import { pause } from '../pause.ts';
import type { ServerAccess } from '../server-call.ts';
import { openStream, type ServerStream } from './server-stream.ts';
import { wantedPause } from './wanted-pause.ts';

/** Pause before a stream that ended is opened again, in ms, where the server named none. */
const REOPEN_MS = 1_000;

/** Pause before the next try where the server was not reached or there was no grant, in ms. */
const OFFLINE_PAUSE_MS = 10_000;

/** A stream that lived longer was ended for being idle, which is no reason to give it up, in ms. */
const SHORT_LIFE_MS = 1_000;

/** A stream that a server ended at once this often in a row is not one worth keeping. */
const REOPEN_LIMIT = 5;

/** Statuses that pass: the server has not yet noticed that the stream before is gone, or is busy. */
const PASSING: readonly number[] = [409, 429];

/** The GET stream of an MCP session, kept open. */
export interface ListeningStream {
  /** Resolves when the server has answered for the first time, whatever it said, or after a short while. */
  readonly opened: Promise<void>;
  close(): void;
}

/** What a listening stream works with. */
export interface ListeningOptions {
  readonly access: ServerAccess;
  readonly schedule: Schedule;
  /** Many servers send the head of the stream with its first event only: it is taken to be open after this, in ms. */
  readonly openingMs: number;
  /** Names and values in turn. */
  headers(): string[];
  onMessage(message: RpcMessage): void;
  /** The MCP session is gone (404): whoever owns it opens another one, and another stream. */
  onGone(): void;
}

/**
 * Opens the GET stream of an MCP session and opens it again whenever it ends, from the last event on (MCP 2025-11-25,
 * transports). A server that has none (405) is left in peace.
 */
export function openListeningStream(options: ListeningOptions): ListeningStream {
  const { access, schedule, openingMs, headers, onMessage, onGone } = options;
  const opened = Promise.withResolvers<void>();
  const closed = new AbortController();
  let stream: ServerStream | undefined;
  const run = async (): Promise<void> => {
    let lastEventId: string | undefined;
    let hasStood = false;
    for (let ended = 0; ended < REOPEN_LIMIT && !closed.signal.aborted; ) {
      const openedAt = performance.now();
      stream = openStream(access, {
        method: 'GET',
        purpose: 'upkeep',
        headers: [...headers(), ...(lastEventId === undefined ? [] : ['last-event-id', lastEventId])],
        onHead: (status) => {
          hasStood ||= status === 200;
          opened.resolve();
        },
        onMessage,
      });
      const end = await stream.ended;
      opened.resolve();
      if (closed.signal.aborted) return;
      if (end.status === 404) {
        // From the first on it only says that there is no such stream; whether the MCP session is gone, calls will tell.
        if (!hasStood) return;
        await pause(schedule, REOPEN_MS, closed.signal);
        if (!closed.signal.aborted) onGone();
        return;
      }
      if (end.status >= 400 && end.status < 500 && !PASSING.includes(end.status)) return;
      lastEventId = end.lastEventId ?? lastEventId;
      const lasted = performance.now() - openedAt > SHORT_LIFE_MS;
      const isOffline = end.fault !== undefined;
      ended = isOffline || lasted || end.messages > 0 ? 0 : ended + 1;
      const wasOpen = end.status !== 0 && lasted;
      const wanted = wantedPause(end.retryMs ?? REOPEN_MS);
      await pause(schedule, isOffline && !wasOpen ? OFFLINE_PAUSE_MS : wanted, closed.signal);
    }
  };

  const callOff = schedule(openingMs, opened.resolve);
  void opened.promise.then(callOff);
  void run();
  return {
    opened: opened.promise,
    close: () => {
      closed.abort();
      stream?.abort();
      opened.resolve();
    },
  };
}
