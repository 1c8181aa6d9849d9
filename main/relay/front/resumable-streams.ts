import type { ServerResponse } from 'node:http';
import type { Schedule } from '../../../shared/schedule.ts';
import { isRequest, type RequestId, type RpcMessage } from '../mcp/rpc.ts';
import { type EventStream, openEventStream } from './event-stream.ts';
import type { EventLog, KeptEvents } from './kept-events.ts';

/** How soon a client that lost its stream may come back, in ms. */
const RETRY_MS = 1_000;

/**
 * How long, and for how many, the events of streams that are over are kept: what the system took was not yet read by a
 * client that lost its connection. In ms, and for one client.
 */
const COME_BACK_MS = 5 * 60_000;
const OVER_LIMIT = 64;

/** Number of the stream that belongs to no request. */
const LISTENING = 0;

/** The event streams of one MCP session, which a client may lose and come back to. */
export interface ResumableStreams {
  /** Whether the client is there, on one stream at least. */
  readonly isAttached: boolean;
  /** Whether one of these requests is still unanswered: its id is taken. */
  isOpen(id: RequestId): boolean;
  /** Opens the stream that these requests are answered on; it ends with the last answer. */
  open(response: ServerResponse, ids: readonly RequestId[]): void;
  /** Opens the listening stream; `false` where there is one. */
  listen(response: ServerResponse): boolean;
  /** Goes on with a stream after that event; `false` where it is not known any more. */
  resume(response: ServerResponse, eventId: string): boolean;
  /** Sends on the stream of that request, or on the listening stream. What has no stream is dropped. */
  send(message: RpcMessage, about?: RequestId): void;
  /** The request gets no answer. */
  drop(id: RequestId): void;
  /** Ends every stream. */
  close(): void;
}

interface Stream {
  readonly number: number;
  readonly log: EventLog;
  /** Requests that it is for and that have no answer yet. */
  readonly open: Set<RequestId>;
  out: { readonly events: EventStream } | undefined;
  cancelForget: () => void;
}

/** See {@link ResumableStreams}. `primed` says whether clients of the revision agreed on take events without data. */
export function createResumableStreams(
  kept: KeptEvents,
  client: string,
  schedule: Schedule,
  headers: Readonly<Record<string, string>>,
  primed: () => boolean,
): ResumableStreams {
  const streams = new Map<number, Stream>();
  const byRequest = new Map<RequestId, Stream>();
  // Oldest first.
  const over = new Set<Stream>();
  let numbers = LISTENING;

  const forget = (stream: Stream) => {
    stream.cancelForget();
    stream.log.clear();
    streams.delete(stream.number);
    over.delete(stream);
  };
  const create = (number: number, ids: readonly RequestId[]): Stream => {
    const stream: Stream = {
      number,
      log: kept.openLog(client),
      open: new Set(ids),
      out: undefined,
      cancelForget: () => {},
    };
    streams.set(number, stream);
    return stream;
  };
  const isOver = ({ number, open }: Stream) => number !== LISTENING && open.size === 0;

  const attach = (stream: Stream, response: ServerResponse): EventStream => {
    stream.out?.events.end();
    const out = { events: openEventStream(response, schedule, headers) };
    stream.out = out;
    response.on('close', () => {
      if (stream.out === out) stream.out = undefined;
    });
    return out.events;
  };

  const finish = (stream: Stream) => {
    stream.out?.events.end();
    stream.cancelForget = schedule(COME_BACK_MS, () => forget(stream));
    over.add(stream);
    const [oldest] = over;
    if (over.size > OVER_LIMIT && oldest) forget(oldest);
  };
  const settle = (id: RequestId) => {
    const stream = byRequest.get(id);
    byRequest.delete(id);
    stream?.open.delete(id);
    if (stream && isOver(stream)) finish(stream);
  };
  const emit = (stream: Stream, message: RpcMessage) => {
    const { number, text } = stream.log.add(JSON.stringify(message));
    stream.out?.events.send(text, `${stream.number}.${number}`);
  };

  return {
    get isAttached() {
      return [...streams.values()].some(({ out }) => out !== undefined);
    },
    isOpen: (id) => byRequest.has(id),
    open: (response, ids) => {
      numbers += 1;
      const stream = create(numbers, ids);
      for (const id of ids) byRequest.set(id, stream);
      const events = attach(stream, response);
      if (primed()) events.prime(`${stream.number}.0`, RETRY_MS);
    },
    listen: (response) => {
      const stream = streams.get(LISTENING) ?? create(LISTENING, []);
      if (stream.out) return false;
      attach(stream, response);
      return true;
    },
    resume: (response, eventId) => {
      const [number, after] = eventId.split('.').map(Number);
      const stream = number === undefined ? undefined : streams.get(number);
      if (!stream || after === undefined || Number.isNaN(after)) return false;
      const events = attach(stream, response);
      for (const event of stream.log.events)
        if (event.number > after) events.send(event.text, `${stream.number}.${event.number}`);
      if (isOver(stream)) events.end();
      return true;
    },
    send: (message, about) => {
      const stream = about === undefined ? streams.get(LISTENING) : byRequest.get(about);
      if (!stream) return;
      emit(stream, message);
      if (about !== undefined && !isRequest(message) && !('method' in message)) settle(about);
    },
    drop: settle,
    close: () => {
      for (const stream of [...streams.values()]) {
        stream.out?.events.end();
        forget(stream);
      }
      byRequest.clear();
    },
  };
}
