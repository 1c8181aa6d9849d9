import type { RequestId } from '../mcp/rpc.ts';

/** Longer messages are not parsed, in characters: that must not delay other calls. */
const LOOK_LIMIT = 256 * 1024;

/** So much of a longer message is searched for what it is, in characters. */
const HEAD_LENGTH = 1_024;

const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;

/** A message of a server, as it goes to a stdio client. */
export interface AnswerMessage {
  /** Without a line end. */
  readonly line: string;
  /** Whether it is the response to the request whose answer it came in. */
  readonly answers: boolean;
  /** The id of a request that the server makes of the client. */
  readonly asks?: RequestId | undefined;
  /** The id of such a request that the server takes back. */
  readonly takesBack?: RequestId | undefined;
}

interface Parsed {
  readonly jsonrpc?: unknown;
  readonly id?: unknown;
  readonly method?: unknown;
  readonly error?: unknown;
  readonly params?: { readonly requestId?: unknown } | null;
}

// Raw line ends stand between JSON's tokens only, where a blank says the same. On bytes, since texts of which much is
// replaced are slow. Numbers stay as they were written, which parsing and writing anew would round.
function onOneLine(text: string): string {
  if (!/[\r\n]/.test(text)) return text;
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] === LF || bytes[at] === CR) bytes[at] = BLANK;
  return bytes.toString();
}

/** A member before `method`, in the order in which programs write them. */
const BEGINS_WITH_METHOD =
  /^\{\s*(?:"(?:jsonrpc|id)"\s*:\s*(?:"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|null)\s*,\s*)*"method"\s*:/;

function readLong(text: string): AnswerMessage | undefined {
  const isJson = (text.startsWith('{') && text.endsWith('}')) || (text.startsWith('[') && text.endsWith(']'));
  if (!isJson || !text.includes('"jsonrpc"')) return undefined;
  return { line: onOneLine(text), answers: !BEGINS_WITH_METHOD.test(text.slice(0, HEAD_LENGTH)) };
}

const idOf = (id: unknown): RequestId | undefined =>
  typeof id === 'string' || typeof id === 'number' ? id : undefined;

function readOne(message: Parsed, text: string, id: RequestId | undefined): AnswerMessage {
  const { method, params } = message;
  if (method !== undefined) {
    const takesBack = method === 'notifications/cancelled' ? idOf(params?.requestId) : undefined;
    return { line: onOneLine(text), answers: false, asks: idOf(message.id), takesBack };
  }
  // A server that could or would not read the id of the request gives none. A client finds no request for that.
  if (id !== undefined && (message.id ?? null) === null && message.error !== undefined)
    return { line: JSON.stringify({ ...message, id }), answers: true };
  return { line: onOneLine(text), answers: id !== undefined && message.id === id };
}

/**
 * Reads what a server sent in answer to the request `id`, or beside any; `undefined` where it is no message. A gateway
 * before a server may answer with JSON, or something it calls JSON, that is none: the client's stdin is no place for
 * it. A message's characters stay what they are, but it is on one line, and an error without an id gets the request's.
 */
export function readAnswerMessage(text: string, id: RequestId | undefined): AnswerMessage | undefined {
  // A byte order mark counts as white space here.
  const trimmed = text.trim();
  if (trimmed.length > LOOK_LIMIT) return readLong(trimmed);
  let document: Parsed | null | readonly (Parsed | null)[];
  try {
    document = JSON.parse(trimmed) as typeof document;
  } catch {
    return undefined;
  }
  // Revision 2025-03-26 has batches.
  const isBatch = Array.isArray(document);
  const parts = (isBatch ? document : [document]) as readonly (Parsed | null)[];
  if (parts.length === 0 || parts.some((part) => part?.jsonrpc !== '2.0')) return undefined;
  if (!isBatch) return readOne(document as Parsed, trimmed, id);
  return {
    line: onOneLine(trimmed),
    answers: id !== undefined && parts.some((part) => part?.id === id && part.method === undefined),
  };
}
