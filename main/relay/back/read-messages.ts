import { createParser } from 'eventsource-parser';
import { LanyardError } from '../../../shared/errors.ts';
import { headerOf } from '../headers.ts';
import { createHeldSize, HOLDING_COST_BYTES } from '../held-size.ts';
import { isTooDeep } from '../mcp/depth.ts';
import { createEventFeed } from '../mcp/event-feed.ts';
import { MESSAGE_LIMIT_BYTES } from '../mcp/message-limit.ts';
import { type RpcMessage, toMessage } from '../mcp/rpc.ts';
import type { AnswerListener } from '../server-call.ts';

/** No event id or MCP session id is longer, in characters: both come back to the server in a header. */
const ID_LIMIT = 1024;

/** What became of one HTTP answer. */
export interface AnswerEnd {
  /** HTTP status; 0 where none came. */
  readonly status: number;
  readonly mcpSessionId: string | undefined;
  /** Why it ended too early; `undefined` where the server ended it. */
  readonly fault: LanyardError | undefined;
  /** Messages that were handed on. */
  readonly messages: number;
  /** Of the last event that had one, for `Last-Event-ID`. */
  readonly lastEventId: string | undefined;
  /** How long the server wants us to wait before we come back, in ms. */
  readonly retryMs: number | undefined;
}

/** Who hears of an answer; see {@link readMessages}. */
export interface MessagesListener {
  onHead?(status: number, mcpSessionId: string | undefined): void;
  onBytes?(bytes: number): void;
  onMessage(message: RpcMessage): void;
  /** After `onEnd`, when a message is longer than we hold: the call should be ended. */
  onTooLarge(): void;
  /** Called once, at the end. */
  onEnd(end: AnswerEnd): void;
}

function tooLarge(): LanyardError {
  return new LanyardError({
    code: 'answer-too-large',
    user: 'The answer is too large to be passed on. Ask for less at once.',
    administrator: `A message of more than ${MESSAGE_LIMIT_BYTES} bytes was not translated.`,
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
}

function parse(text: string): unknown {
  if (isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const asId = (text: string | undefined) => (text !== undefined && text.length <= ID_LIMIT ? text : undefined);

/** Reads the messages of an HTTP answer, JSON or event stream. What is no message is dropped, batches are taken apart. */
export function readMessages(listener: MessagesListener): AnswerListener {
  const { onHead, onBytes, onMessage, onTooLarge, onEnd } = listener;
  let kind: 'json' | 'events' | 'nothing' = 'nothing';
  let status = 0;
  let mcpSessionId: string | undefined;
  let lastEventId: string | undefined;
  let retryMs: number | undefined;
  let messages = 0;
  let size = 0;
  let over = false;
  const chunks: Buffer[] = [];
  const decoder = new TextDecoder();
  const held = createHeldSize();
  const emit = (text: string) => {
    const document = parse(text);
    // Revision 2025-03-26 has batches.
    for (const part of Array.isArray(document) ? document : [document]) {
      const message = toMessage(part);
      if (!message) continue;
      messages += 1;
      onMessage(message);
    }
  };
  const parser = createParser({
    onEvent: ({ id, data }) => {
      lastEventId = asId(id) ?? lastEventId;
      // An event without data is there for its id alone.
      if (data !== '') emit(data);
    },
    onRetry: (interval) => {
      retryMs = interval;
    },
  });
  const feed = createEventFeed(parser);
  const end = (fault: LanyardError | undefined) => {
    if (over) return;
    over = true;
    chunks.length = 0;
    onEnd({ status, mcpSessionId, fault, messages, lastEventId, retryMs });
  };
  return {
    onHead: (code, _text, headers) => {
      status = code;
      mcpSessionId = asId(headerOf(headers, 'mcp-session-id'));
      const type = headerOf(headers, 'content-type')?.toLowerCase() ?? '';
      if (type.startsWith('application/json')) kind = 'json';
      else if (type.startsWith('text/event-stream')) kind = 'events';
      onHead?.(code, mcpSessionId);
    },
    onData: (chunk) => {
      if (over) return;
      onBytes?.(chunk.length);
      if (kind === 'nothing') return;
      size = kind === 'events' ? held.push(chunk) : size + chunk.length + HOLDING_COST_BYTES;
      if (size > MESSAGE_LIMIT_BYTES) {
        end(tooLarge());
        onTooLarge();
      } else if (kind === 'events') feed(decoder.decode(chunk, { stream: true }));
      else chunks.push(chunk);
    },
    onEnd: () => {
      if (!over && kind === 'json') emit(Buffer.concat(chunks).toString('utf8'));
      end(undefined);
    },
    onFault: (fault) => end(fault),
  };
}
