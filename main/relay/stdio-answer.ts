import { createParser } from 'eventsource-parser';
import type { LanyardError } from '../../shared/errors.ts';
import type { UpstreamListener } from './upstream.ts';

/** Longest JSON answer that is held to make one line of it, in bytes. Streams have no such limit. */
const ANSWER_LIMIT_BYTES = 64 * 1024 * 1024;

/** What becomes of one HTTP answer. */
export interface StdioAnswer {
  readonly status: number;
  readonly mcpSessionId: string | undefined;
  /** Set when nothing that belongs on the client's stdin came: the reason. */
  readonly fault: LanyardError | undefined;
  /** Messages that were handed on. */
  readonly messages: number;
}

function headerOf(headers: readonly (string | Buffer)[], wanted: string): string | undefined {
  for (let index = 0; index < headers.length; index += 2)
    if (String(headers[index]).toLowerCase() === wanted) return String(headers[index + 1]);
  return undefined;
}

// One message must be one line. Bytes stay as they are unless they hold a line end, which JSON only has between
// tokens: then it is written anew.
function toLine(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (!/[\r\n]/.test(trimmed)) return trimmed;
  try {
    return JSON.stringify(JSON.parse(trimmed));
  } catch {
    return undefined;
  }
}

/**
 * Turns an HTTP answer into lines for a stdio client: a JSON body is one message, an event stream one per event
 * (comments and pings are dropped), anything else none. Calls `done` once.
 *
 * @param onMessage gets each message, without a line end.
 * @param onHead tells when the server has taken the request.
 */
export function readAnswer(
  onMessage: (line: string) => void,
  onHead: (status: number) => void,
  done: (answer: StdioAnswer) => void,
): UpstreamListener {
  let status = 0;
  let mcpSessionId: string | undefined;
  let messages = 0;
  let size = 0;
  let kind: 'json' | 'events' | 'nothing' = 'nothing';
  const chunks: Buffer[] = [];
  const decoder = new TextDecoder();
  const emit = (text: string) => {
    const line = toLine(text);
    if (line === undefined) return;
    messages += 1;
    onMessage(line);
  };
  const parser = createParser({ onEvent: ({ data }) => emit(data) });
  return {
    onHead: (code, _text, headers) => {
      status = code;
      mcpSessionId = headerOf(headers, 'mcp-session-id');
      const type = headerOf(headers, 'content-type')?.toLowerCase() ?? '';
      if (type.startsWith('application/json')) kind = 'json';
      else if (type.startsWith('text/event-stream')) kind = 'events';
      onHead(code);
    },
    onData: (chunk) => {
      if (kind === 'events') parser.feed(decoder.decode(chunk, { stream: true }));
      else if (kind === 'json' && size <= ANSWER_LIMIT_BYTES) {
        size += chunk.length;
        chunks.push(chunk);
      }
    },
    onEnd: () => {
      if (kind === 'json' && size <= ANSWER_LIMIT_BYTES) emit(Buffer.concat(chunks).toString('utf8'));
      done({ status, mcpSessionId, fault: undefined, messages });
    },
    onFault: (fault) => done({ status, mcpSessionId, fault, messages }),
  };
}
