import type { Schedule } from '../../../shared/schedule.ts';
import { type CallRecord, describeMessage } from '../../journal/calls.ts';
import { declareEma } from '../declare-ema.ts';
import type { OutgoingMessage } from '../message.ts';
import { purposeOf } from '../purpose.ts';
import { callServer, type ServerAccess } from '../server-call.ts';
import { readAnswer, type StdioAnswer } from './answer.ts';
import type { AnswerMessage } from './answer-message.ts';
import { createCalls } from './calls.ts';
import type { Outlet } from './outlet.ts';
import { createPosting, LISTEN_HEADERS, type Posting, type PostOptions } from './posting.ts';

/** An open listening stream. */
export interface Listening {
  readonly ended: Promise<StdioAnswer>;
  abort(): void;
}

/** One stdio client's requests to its server, one answer each. */
export interface Wire {
  post(message: OutgoingMessage, line: string, options: PostOptions): Posting;
  /** Opens a listening stream, from `lastEventId` on where it is given, and gives how it ended. */
  listen(
    headers: readonly string[],
    onMessage: (message: AnswerMessage) => void,
    lastEventId?: string | undefined,
  ): Listening;
  /** Tells the server that an MCP session is over; nobody waits for the answer. Possible also after {@link Wire.close}. */
  endSession(headers: readonly string[]): void;
  /** Ends everything that is under way. */
  close(): void;
}

/** What a wire works with. */
export interface WireContext {
  readonly access: ServerAccess;
  readonly client: string;
  readonly outlet: Outlet;
  readonly record: (call: CallRecord) => void;
  readonly schedule: Schedule;
}

/** See {@link Wire}. */
export function createWire({ access, client, outlet, record, schedule }: WireContext): Wire {
  const calls = createCalls(access, outlet);
  return {
    listen: (headers, onMessage, lastEventId) => {
      const ended = Promise.withResolvers<StdioAnswer>();
      const resuming = lastEventId === undefined ? [] : ['last-event-id', lastEventId];
      const { abort } = calls.open(
        { method: 'GET', purpose: 'background', headers: [...LISTEN_HEADERS, ...headers, ...resuming], body: null },
        { onMessage, onDone: ended.resolve },
      );
      return { ended: ended.promise, abort };
    },
    endSession: (headers) =>
      void callServer(
        access,
        { method: 'DELETE', purpose: 'background', headers, body: null },
        readAnswer({ onDone: () => {} }),
      ),
    post: (message, line, options) => {
      const startedAt = performance.now();
      const declaresEma = access.traits.wantsEma;
      const body = Buffer.from(declaresEma ? declareEma(line) : line);
      return createPosting(message, options, {
        calls,
        schedule,
        body,
        declaresEma,
        purpose: options.purpose ?? purposeOf('POST', body),
        onEnd: (status, responseBytes, fault) =>
          record({
            client,
            server: access.server.name,
            transport: 'stdio',
            verb: 'POST',
            ...describeMessage(body),
            status: status || 503,
            durationMs: performance.now() - startedAt,
            requestBytes: body.length,
            responseBytes,
            fault,
          }),
      });
    },
    close: calls.close,
  };
}
