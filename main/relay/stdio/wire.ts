import type { Schedule } from '../../../shared/schedule.ts';
import { type CallRecord, describeMessage } from '../../journal/calls.ts';
import { declareEma } from '../declare-ema.ts';
import type { OutgoingMessage } from '../message.ts';
import { purposeOf } from '../purpose.ts';
import { callServer, type ServerAccess, type ServerCall, type ServerRequest } from '../server-call.ts';
import { readAnswer, type StdioAnswer } from '../stdio-answer.ts';
import type { Outlet } from './outlet.ts';

/** A request's stream that ends without the response is taken up again this often, as its server wishes. */
const RESUME_LIMIT = 20;

/** Pause before that where the server names none, in ms (MCP 2025-11-25 leaves it to the client). */
const RESUME_MS = 1_000;

/** The longest pause that a server may ask for, in ms. */
const LONGEST_RESUME_MS = 60_000;

/** A line on its way to the server. */
export interface Posting {
  /** The server has answered its head, or never will. */
  readonly taken: Promise<void>;
  readonly answered: Promise<StdioAnswer>;
  abort(): void;
}

/** What a line is posted with. */
export interface PostOptions {
  readonly headers: readonly string[];
  /** Hears of each message of the answer, and the HTTP status it came with. */
  readonly onMessage: (line: string, status: number) => void;
  /** Headers to resume the answer's stream with, where it can be (MCP 2025-11-25, "Resumability"). */
  readonly resumeHeaders?: readonly string[] | undefined;
}

/** One stdio client's requests to its server, one answer each. */
export interface Wire {
  post(message: OutgoingMessage, line: string, options: PostOptions): Posting;
  /** Opens a listening stream, from `lastEventId` on where it is given, and gives how it ended. */
  listen(headers: readonly string[], onMessage: (line: string) => void, lastEventId?: string): Listening;
  /** Tells the server that an MCP session is over; nobody waits for the answer. */
  endSession(headers: readonly string[]): void;
}

/** An open listening stream. */
export interface Listening {
  readonly ended: Promise<StdioAnswer>;
  abort(): void;
}

/** What a wire works with. */
export interface WireContext {
  readonly access: ServerAccess;
  readonly client: string;
  readonly outlet: Outlet;
  readonly record: (call: CallRecord) => void;
  readonly schedule: Schedule;
}

const LISTEN_HEADERS = ['accept', 'text/event-stream'];

/** See {@link Wire}. */
export function createWire({ access, client, outlet, record, schedule }: WireContext): Wire {
  const open = (
    request: ServerRequest,
    listener: Omit<Parameters<typeof readAnswer>[0], 'onDone' | 'onTooLarge'>,
  ): { readonly call: ServerCall; readonly answered: Promise<StdioAnswer> } => {
    const answered = Promise.withResolvers<StdioAnswer>();
    const call: ServerCall = callServer(
      access,
      request,
      readAnswer({
        ...listener,
        onTooLarge: () => call.abort(),
        onDone: (answer) => {
          outlet.remove(call);
          answered.resolve(answer);
        },
      }),
    );
    outlet.add(call);
    return { call, answered: answered.promise };
  };

  const listen: Wire['listen'] = (headers, onMessage, lastEventId) => {
    const resuming = lastEventId === undefined ? [] : ['last-event-id', lastEventId];
    const { call, answered } = open(
      { method: 'GET', purpose: 'background', headers: [...LISTEN_HEADERS, ...headers, ...resuming], body: null },
      { onMessage },
    );
    return { ended: answered, abort: () => call.abort() };
  };

  const pause = (ms: number) => new Promise<void>((resolve) => void schedule(ms, resolve));

  return {
    listen,
    endSession: (headers) =>
      void callServer(
        access,
        { method: 'DELETE', purpose: 'background', headers, body: null },
        readAnswer({ onDone: () => {} }),
      ),
    post: (message, line, { headers, onMessage, resumeHeaders }) => {
      const taken = Promise.withResolvers<void>();
      const startedAt = performance.now();
      const body = Buffer.from(access.traits.wantsEma ? declareEma(line) : line);
      let status = 0;
      let responseBytes = 0;
      let aborted = false;
      const listener = {
        id: message.id,
        onHead: (code: number) => {
          status = code;
          taken.resolve();
        },
        onMessage: (text: string) => {
          responseBytes += text.length;
          onMessage(text, status);
        },
      };
      const first = open({ method: 'POST', purpose: purposeOf('POST', body), headers, body }, listener);
      let present: ServerCall = first.call;

      const resumed = async (answer: StdioAnswer, tries: number): Promise<StdioAnswer> => {
        const { lastEventId, retryMs = RESUME_MS } = answer;
        const mayResume = message.kind === 'request' && resumeHeaders && lastEventId !== undefined && !answer.answered;
        if (!mayResume || aborted || tries === RESUME_LIMIT) return answer;
        await pause(Math.min(retryMs, LONGEST_RESUME_MS));
        if (aborted) return answer;
        const again = open(
          {
            method: 'GET',
            purpose: 'upkeep',
            headers: [...LISTEN_HEADERS, ...resumeHeaders, 'last-event-id', lastEventId],
            body: null,
          },
          listener,
        );
        present = again.call;
        const next = await again.answered;
        // A server that keeps no events says so with an error; the first answer is then all there is.
        if (next.status !== 0 && next.status !== 200) return answer;
        return resumed({ ...next, lastEventId: next.lastEventId ?? lastEventId }, tries + 1);
      };
      const answered = first.answered
        .then((answer) => resumed(answer, 0))
        .then((answer) => {
          taken.resolve();
          record({
            client,
            server: access.server.name,
            transport: 'stdio',
            verb: 'POST',
            ...describeMessage(body),
            status: answer.status || 503,
            durationMs: performance.now() - startedAt,
            requestBytes: body.length,
            responseBytes,
          });
          return answer;
        });
      return {
        taken: taken.promise,
        answered,
        abort: () => {
          aborted = true;
          outlet.remove(present);
          present.abort();
        },
      };
    },
  };
}
