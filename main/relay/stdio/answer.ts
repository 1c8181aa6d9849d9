import { createParser } from 'eventsource-parser';
import { LanyardError } from '../../../shared/errors.ts';
import { headerOf } from '../headers.ts';
import { createHeldSize, HOLDING_COST_BYTES } from '../held-size.ts';
import { createEventFeed } from '../mcp/event-feed.ts';
import { MESSAGE_LIMIT_BYTES } from '../mcp/message-limit.ts';
import type { RequestId } from '../mcp/rpc.ts';
import type { AnswerListener } from '../server-call.ts';
import { type AnswerMessage, readAnswerMessage } from './answer-message.ts';

/** An event id or MCP session id goes back in a header; MCP says visible ASCII, and nobody needs more of it than this. */
const VISIBLE_ASCII = /^[\x21-\x7e]{1,1024}$/;

/** The code of the fault of an answer that is too large; the same answer would be so again. */
export const ANSWER_TOO_LARGE = 'answer-too-large';

/** What becomes of one HTTP answer. */
export interface StdioAnswer {
  /** 0 where there was none. */
  readonly status: number;
  readonly mcpSessionId: string | undefined;
  /** Set when it was cut off, or nothing that belongs on the client's stdin came: the reason. */
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
  readonly id?: RequestId | undefined;
  onMessage?(message: AnswerMessage): void;
  /** The server has taken the request. */
  onHead?(status: number, mcpSessionId: string | undefined): void;
  /** After `onDone`, when a message is longer than we hold: the call should be ended. */
  onTooLarge?(): void;
  /** Called once, at the end. */
  onDone(answer: StdioAnswer): void;
}

function tooLarge(): LanyardError {
  return new LanyardError({
    code: ANSWER_TOO_LARGE,
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
    const message = readAnswerMessage(text, id);
    if (!message) return;
    messages += 1;
    answered ||= message.answers;
    onMessage?.(message);
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
  const feed = createEventFeed(parser);
  const events = createHeldSize();
  let over = false;
  return {
    onHead: (code, _text, headers) => {
      status = code;
      const given = headerOf(headers, 'mcp-session-id');
      mcpSessionId = given !== undefined && VISIBLE_ASCII.test(given) ? given : undefined;
      const type = headerOf(headers, 'content-type')?.toLowerCase() ?? '';
      if (type.startsWith('application/json')) kind = 'json';
      else if (type.startsWith('text/event-stream')) kind = 'events';
      onHead?.(code, mcpSessionId);
    },
    onData: (chunk) => {
      if (over) return;
      size = kind === 'events' ? events.push(chunk) : size + chunk.length + HOLDING_COST_BYTES;
      if (kind !== 'nothing' && size > MESSAGE_LIMIT_BYTES) {
        over = true;
        chunks.length = 0;
        done(tooLarge());
        onTooLarge?.();
        return;
      }
      if (kind === 'events') feed(decoder.decode(chunk, { stream: true }));
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
