import { connect } from 'node:net';
import { sharedNow } from '../processes/clock.ts';
import { EVENT_MARK } from '../server/tool-call.ts';
import { createAnswerReader } from './answer-reader.ts';
import type { Target } from './caller.ts';

/** A request that is not the one of the callers. */
export interface Exchange {
  readonly method: 'POST' | 'GET';
  readonly body: string;
  /** Besides those of the target. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A whole answer, and when its parts came, in ms since the request was written. */
export interface Exchanged {
  readonly status: number;
  readonly head: string;
  readonly firstMs: number;
  readonly ms: number;
  readonly bytes: number;
  /** How often the mark of an event stood in the body. */
  readonly events: number;
  /** The body's last bytes, as text. */
  readonly tail: string;
}

/** A kept connection for answers of every size. */
export interface Connection {
  /** One at a time. Rejects where the connection ends before the answer does. */
  exchange(exchange: Exchange): Promise<Exchanged>;
  /** Called with each event that arrives, with the shared clock in ms. */
  onEvent: (at: number) => void;
  close(): void;
}

const MARK = EVENT_MARK.charCodeAt(0);
/** How much of an answer's end is kept, in bytes: enough for a small answer to be looked at as a whole. */
const TAIL_BYTES = 64 * 1024;

/** The bytes of a request. */
export function requestBytes({ url, headers }: Target, exchange: Exchange): Buffer {
  const { host, pathname } = new URL(url);
  const all = {
    host,
    ...(exchange.method === 'POST' && { 'content-type': 'application/json' }),
    accept: exchange.method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream',
    'mcp-protocol-version': '2025-11-25',
    ...(exchange.method === 'POST' && { 'content-length': String(Buffer.byteLength(exchange.body)) }),
    ...headers,
    ...exchange.headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${exchange.method} ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n${exchange.body}`);
}

function countMarks(chunk: Buffer, found: () => void): number {
  let count = 0;
  for (let at = chunk.indexOf(MARK); at >= 0; at = chunk.indexOf(MARK, at + 1)) {
    count += 1;
    found();
  }
  return count;
}

/** Keeps the last chunks as they are: putting them together each time would cost more than what is measured. */
function createTail(): { push(chunk: Buffer): void; take(): string } {
  let chunks: Buffer[] = [];
  let size = 0;
  return {
    push: (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      for (let oldest = chunks[0]; oldest && size - oldest.length >= TAIL_BYTES; oldest = chunks[0]) {
        size -= oldest.length;
        chunks.shift();
      }
    },
    take: () => {
      const text = Buffer.concat(chunks).toString('utf8');
      chunks = [];
      size = 0;
      return text;
    },
  };
}

/** Opens a connection to a target. */
export function openConnection(target: Target): Connection {
  const { hostname, port } = new URL(target.url);
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  let waiting: { resolve(answer: Exchanged): void; reject(error: Error): void } | undefined;
  let ended: Error | undefined;
  let beganAt = 0;
  let answer = { status: 0, head: '', firstMs: 0, bytes: 0, events: 0 };
  const tail = createTail();

  const fail = (error: Error) => {
    ended ??= error;
    waiting?.reject(ended);
    waiting = undefined;
    socket.destroy();
  };
  const read = createAnswerReader({
    onHead: (status, head) => {
      answer = { status, head, firstMs: 0, bytes: 0, events: 0 };
    },
    onBody: (chunk) => {
      if (answer.bytes === 0) answer.firstMs = sharedNow() - beganAt;
      answer.bytes += chunk.length;
      answer.events += countMarks(chunk, () => connection.onEvent(sharedNow()));
      tail.push(chunk);
    },
    onEnd: () => {
      waiting?.resolve({ ...answer, ms: sharedNow() - beganAt, tail: tail.take() });
      waiting = undefined;
    },
  });
  socket.on('error', fail);
  socket.on('close', () => fail(new Error(`${target.url} closed the connection`)));
  socket.on('data', (chunk: Buffer) => {
    try {
      read(chunk);
    } catch (error) {
      fail(error as Error);
    }
  });

  const connection: Connection = {
    exchange: (exchange) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended);
        waiting = { resolve, reject };
        beganAt = sharedNow();
        socket.write(requestBytes(target, exchange));
      }),
    onEvent: () => {},
    close: () => {
      waiting = undefined;
      socket.destroy();
    },
  };
  return connection;
}
