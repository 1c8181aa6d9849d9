import type { ServerResponse } from 'node:http';
import { sharedNow } from '../processes/clock.ts';
import { answerBody, eventBytes } from './tool-call.ts';

const HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };

/** Events that are written in one turn of the loop, each by itself. */
const EVENTS_PER_TURN = 8;

const frames: Buffer[] = [];

/** The nth event as a chunk of the transfer coding (RFC 9112 section 7.1); made once. */
function frameOf(n: number): Buffer {
  const known = frames[n];
  if (known) return known;
  const event = eventBytes(n);
  const frame = Buffer.concat([Buffer.from(`${event.length.toString(16)}\r\n`), event, Buffer.from('\r\n')]);
  frames[n] = frame;
  return frame;
}

/**
 * Answers a call with `count` events and its result. Each event is a write of its own to the connection: Node's own way
 * would gather them, and cost more than what stands in front.
 */
export function sendEvents(response: ServerResponse, id: unknown, count: number): void {
  const { socket } = response;
  if (!socket) return;
  response.writeHead(200, HEADERS).flushHeaders();
  let sent = 0;
  const next = () => {
    for (let turn = 0; turn < EVENTS_PER_TURN && sent < count; turn += 1) {
      if (response.destroyed) return;
      sent += 1;
      if (socket.write(frameOf(sent))) continue;
      socket.once('drain', next);
      return;
    }
    if (sent < count) setImmediate(next);
    else response.end(`event: message\ndata: ${answerBody(id, 'done')}\n\n`);
  };
  next();
}

/** The listening streams that are open. */
export interface ListeningStreams {
  readonly count: number;
  open(response: ServerResponse): void;
  /** Sends one event to each; gives when that began, by the shared clock, in ms. */
  emit(): number;
  /** Ends those whose clients did not. */
  end(): void;
}

/** Keeps listening streams (MCP 2025-11-25, transports) until their clients leave. */
export function createListeningStreams(): ListeningStreams {
  const streams = new Set<ServerResponse>();
  let emitted = 0;
  return {
    get count() {
      return streams.size;
    },
    open: (response) => {
      streams.add(response);
      response.on('close', () => streams.delete(response));
      response.writeHead(200, HEADERS).flushHeaders();
    },
    emit: () => {
      emitted += 1;
      const bytes = eventBytes(emitted);
      const beganAt = sharedNow();
      for (const response of streams) response.write(bytes);
      return beganAt;
    },
    end: () => {
      for (const response of streams) response.end();
    },
  };
}
