import { connect } from 'node:net';
import { answerBody, CALL_TEXT, callBody, callId } from '../server/tool-call.ts';

// One caller on one kept connection. A whole HTTP client would cost more than what is measured, and on two cores take
// it from the proxies: so requests are bytes made beforehand, and of an answer only what is needed is looked at.

/** Where calls go. */
export interface Target {
  readonly url: string;
  /** Besides those of every call: the local key, or a token. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Calls one after the other. */
export interface Caller {
  /** False once the other end has closed the connection, as servers do with idle ones. */
  readonly isOpen: boolean;
  /** Makes the nth call of this load; `done` hears when the answer was read and found right, `failed` once of a fault. */
  call(n: number, done: () => void, failed: (error: Error) => void): void;
  close(): void;
}

const HEAD_END = Buffer.from('\r\n\r\n');
/** How much of a wrong answer is shown, in bytes. */
const SHOWN_BYTES = 400;

function requestOf({ url, headers }: Target): Buffer {
  const { host, pathname } = new URL(url);
  const body = callBody(callId(0), CALL_TEXT);
  const all = {
    host,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2025-11-25',
    'content-length': String(body.length),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n${body}`, 'latin1');
}

/** Where the id stands in bytes made with the first id. */
function idOffset(bytes: Buffer): number {
  return bytes.indexOf(String(callId(0)));
}

function wrong(what: string, answer: Buffer): Error {
  return new Error(`${what}:\n${answer.subarray(0, SHOWN_BYTES).toString('latin1')}`);
}

/** The whole length of the answer whose first bytes these are; `undefined` while its head is not complete. */
function lengthOf(answer: Buffer): number | undefined {
  const headEnd = answer.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = answer.toString('latin1', 0, headEnd);
  if (!head.startsWith('HTTP/1.1 200 ')) throw wrong('Not answered with 200', answer);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  // The server sends it, and none of the proxies has a reason to take it away.
  if (length === undefined) throw wrong('Answered without a length', answer);
  return headEnd + HEAD_END.length + Number(length);
}

/** Opens a caller; its connection is made with the first call. */
export function openCaller(target: Target): Caller {
  const { hostname, port } = new URL(target.url);
  const request = requestOf(target);
  const expected = Buffer.from(answerBody(callId(0), CALL_TEXT));
  const offsets = { request: idOffset(request), expected: idOffset(expected) };
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);

  let received: Buffer | undefined;
  let ended: Error | undefined;
  let waiting: { done(): void; failed(error: Error): void } | undefined;
  const fail = (error: Error) => {
    ended ??= error;
    waiting?.failed(error);
    waiting = undefined;
    socket.destroy();
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error(`${target.url} closed the connection`)));
  socket.on('data', (chunk: Buffer) => {
    received = received ? Buffer.concat([received, chunk]) : chunk;
    try {
      const length = lengthOf(received);
      if (length === undefined || received.length < length) return;
      if (received.compare(expected, 0, expected.length, length - expected.length, length) !== 0)
        throw wrong('Answered with another body', received);
      if (received.length > length) throw wrong('Answered with more than one answer', received);
    } catch (error) {
      return fail(error as Error);
    }
    received = undefined;
    const { done } = waiting ?? {};
    waiting = undefined;
    done?.();
  });
  return {
    get isOpen() {
      return !ended;
    },
    call: (n, done, failed) => {
      if (ended) return failed(ended);
      waiting = { done, failed };
      const id = String(callId(n));
      request.write(id, offsets.request, 'latin1');
      expected.write(id, offsets.expected, 'latin1');
      socket.write(request);
    },
    close: () => {
      waiting = undefined;
      socket.destroy();
    },
  };
}
