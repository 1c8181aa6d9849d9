import type { ServerResponse } from 'node:http';
import type { Schedule } from '../../../shared/schedule.ts';

/** Silence after which a comment is sent, in ms: programs and systems give up what seems dead. */
const KEEP_ALIVE_MS = 15_000;

/** What one response may hold for a client that does not read, in bytes: two of the longest messages of a server. */
const HELD_LIMIT_BYTES = 64 * 1024 * 1024;

/** One event stream to a client (WHATWG HTML, server-sent events). */
export interface EventStream {
  /** Sends a message in its JSON text; with an id, a client may ask for what came after it. */
  send(text: string, eventId?: string): void;
  /** An event without a message, so that the client knows an id to go on from (MCP 2025-11-25, transports). */
  prime(eventId: string, retryMs: number): void;
  end(): void;
}

/** Makes an event stream of a response; its head goes out at once. A client that does not read is cut off. */
export function openEventStream(
  response: ServerResponse,
  schedule: Schedule,
  headers: Readonly<Record<string, string>> = {},
): EventStream {
  let cancelKeepAlive = () => {};
  const isOver = () => response.writableEnded || response.destroyed;
  const write = (frame: string) => {
    if (isOver()) return;
    response.write(frame);
    if (response.writableLength > HELD_LIMIT_BYTES) response.destroy();
    else keepAlive();
  };
  const keepAlive = () => {
    cancelKeepAlive();
    cancelKeepAlive = schedule(KEEP_ALIVE_MS, () => write(': keep-alive\n\n'));
  };
  response.on('close', () => cancelKeepAlive());
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    ...headers,
  });
  response.flushHeaders();
  keepAlive();
  return {
    send: (text, eventId) =>
      write(`event: message\n${eventId === undefined ? '' : `id: ${eventId}\n`}data: ${text}\n\n`),
    prime: (eventId, retryMs) => write(`id: ${eventId}\nretry: ${retryMs}\ndata: \n\n`),
    end: () => {
      cancelKeepAlive();
      if (!isOver()) response.end();
    },
  };
}
