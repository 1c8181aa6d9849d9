import type { LanyardError } from '../../../shared/errors.ts';
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

/** Stands in the journal for an answer that did not come. */
const NO_ANSWER = 503;

/** An open listening stream. */
export interface Listening {
  readonly ended: Promise<StdioAnswer>;
  abort(): void;
}

/** One stdio client's requests to its server, one answer each. */
export interface Wire {
  post(message: OutgoingMessage, line: string, options: PostOptions): Posting;
  /** Notes a request that could not be sent, since there was nowhere to send it to. */
  unsent(line: string, fault: LanyardError): void;
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
  const recordPost = (
    body: Buffer,
    { status, ...outcome }: Pick<CallRecord, 'status' | 'durationMs' | 'responseBytes' | 'fault'>,
  ) =>
    record({
      client,
      server: access.server.name,
      transport: 'stdio',
      verb: 'POST',
      ...describeMessage(body),
      status: status || NO_ANSWER,
      requestBytes: body.length,
      ...outcome,
    });
  return {
    unsent: (line, fault) => recordPost(Buffer.from(line), { status: 0, durationMs: 0, responseBytes: 0, fault }),
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
          recordPost(body, { status, durationMs: performance.now() - startedAt, responseBytes, fault }),
      });
    },
    close: calls.close,
  };
}
