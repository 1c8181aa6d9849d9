import { createParser } from 'eventsource-parser';
import { LanyardError } from '../../shared/errors.ts';
import { headerOf } from './headers.ts';
import { createHeldSize, HOLDING_COST_BYTES } from './held-size.ts';
import type { AnswerListener } from './server-call.ts';

/**
 * Longest message that is held to make one line of it, in bytes. Every client may have many calls open, so it is also
 * what one server can make us hold for each of them.
 */
const MESSAGE_LIMIT_BYTES = 32 * 1024 * 1024;

/** Longer messages are not looked into, in characters: parsing must not delay other calls. They count as the answer. */
const LOOK_LIMIT = 256 * 1024;

/** An event id goes back in a header; MCP says visible ASCII, and nobody needs more of it than this. */
const VISIBLE_ASCII = /^[\x21-\x7e]{1,1024}$/;

const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;

/** What becomes of one HTTP answer. */
export interface StdioAnswer {
  readonly status: number;
  readonly mcpSessionId: string | undefined;
  /** Set when nothing that belongs on the client's stdin came: the reason. */
  readonly fault: LanyardError | undefined;
  /** Messages that were handed on. */
  readonly messages: number;
  /** Whether the response to the request was among them. */
  readonly answered: boolean;
  /** Of an event stream: the last event id, with which it can be resumed (MCP 2025-11-25, transports). */
  readonly lastEventId: string | undefined;
  /** Of an event stream: how long the server wants us to wait before that, in ms. */
  readonly retryMs: number | undefined;
}

/** Who hears of an answer; see {@link readAnswer}. */
export interface StdioAnswerListener {
  /** Of the request, where it was one. */
  readonly id?: string | number | undefined;
  /** Gets each message, without a line end. */
  onMessage?(line: string): void;
  /** The server has taken the request. */
  onHead?(status: number): void;
  /** After `onDone`, when a message is longer than we hold: the call should be ended. */
  onTooLarge?(): void;
  /** Called once, at the end. */
  onDone(answer: StdioAnswer): void;
}

interface Message {
  readonly line: string;
  /** Whether it is the response to the request `id`. */
  readonly answers: boolean;
}

interface Parsed {
  readonly jsonrpc?: unknown;
  readonly id?: unknown;
  readonly method?: unknown;
}

// Raw line ends stand between JSON's tokens only, where a blank says the same. On bytes, since texts of which much is
// replaced are slow.
function onOneLine(text: string): string {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] === LF || bytes[at] === CR) bytes[at] = BLANK;
  return bytes.toString();
}

// A gateway in front of a server may answer with JSON, or something it calls JSON, that is no message: the client's
// stdin is no place for it. One message must be one line: bytes stay as they are unless they hold a line end; then it is
// written anew, or where it is long, at least on one line.
function readMessage(text: string, id: string | number | undefined): Message | undefined {
  const trimmed = text.trim();
  const isOneLine = !/[\r\n]/.test(trimmed);
  if (trimmed.length > LOOK_LIMIT) {
    if (!/^[{[]/.test(trimmed)) return undefined;
    return { line: isOneLine ? trimmed : onOneLine(trimmed), answers: true };
  }
  try {
    const document = JSON.parse(trimmed) as Parsed | null | readonly (Parsed | null)[];
    // Revision 2025-03-26 has batches.
    const parts = Array.isArray(document) ? document : [document as Parsed | null];
    if (parts.length === 0 || parts.some((part) => part?.jsonrpc !== '2.0')) return undefined;
    return {
      line: isOneLine ? trimmed : JSON.stringify(document),
      answers: id !== undefined && parts.some((part) => part?.id === id && part.method === undefined),
    };
  } catch {
    return undefined;
  }
}

function tooLarge(): LanyardError {
  return new LanyardError({
    code: 'answer-too-large',
    user: 'The answer is too large to be passed on. Ask for less at once.',
    administrator: `A message of more than ${MESSAGE_LIMIT_BYTES} bytes was not passed on to a stdio client.`,
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
}

/**
 * Turns an HTTP answer into lines for a stdio client: a JSON body is one message, an event stream one per event
 * (comments and pings are dropped), anything else none.
 */
export function readAnswer({ id, onMessage, onHead, onTooLarge, onDone }: StdioAnswerListener): AnswerListener {
  let status = 0;
  let mcpSessionId: string | undefined;
  let messages = 0;
  let answered = false;
  let size = 0;
  let lastEventId: string | undefined;
  let retryMs: number | undefined;
  let kind: 'json' | 'events' | 'nothing' = 'nothing';
  const chunks: Buffer[] = [];
  const decoder = new TextDecoder();
  const emit = (text: string) => {
    const message = readMessage(text, id);
    if (!message) return;
    messages += 1;
    answered ||= message.answers;
    onMessage?.(message.line);
  };
  const done = (fault: LanyardError | undefined) =>
    onDone({ status, mcpSessionId, fault, messages, answered, lastEventId, retryMs });
  const parser = createParser({
    onEvent: ({ id: eventId, data }) => {
      if (eventId !== undefined && VISIBLE_ASCII.test(eventId)) lastEventId = eventId;
      emit(data);
    },
    onRetry: (wish) => {
      retryMs = wish;
    },
  });
  const events = createHeldSize();
  let over = false;
  return {
    onHead: (code, _text, headers) => {
      status = code;
      mcpSessionId = headerOf(headers, 'mcp-session-id');
      const type = headerOf(headers, 'content-type')?.toLowerCase() ?? '';
      if (type.startsWith('application/json')) kind = 'json';
      else if (type.startsWith('text/event-stream')) kind = 'events';
      onHead?.(code);
    },
    onData: (chunk) => {
      if (over) return;
      size = kind === 'events' ? events.push(chunk) : size + chunk.length + HOLDING_COST_BYTES;
      if (size > MESSAGE_LIMIT_BYTES) {
        over = true;
        chunks.length = 0;
        done(tooLarge());
        onTooLarge?.();
        return;
      }
      if (kind === 'events') parser.feed(decoder.decode(chunk, { stream: true }));
      else if (kind === 'json') chunks.push(chunk);
    },
    onEnd: () => {
      if (over) return;
      if (kind === 'json') emit(Buffer.concat(chunks).toString('utf8'));
      done(undefined);
    },
    onFault: (fault) => {
      if (!over) done(fault);
    },
  };
}
