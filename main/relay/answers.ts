import type { LanyardError } from '../../shared/errors.ts';
import type { Refusal } from './guard.ts';
import { LANYARD_ERROR } from './mcp/rpc.ts';

/** A JSON-RPC id; `null` where the request could not be read. */
export type MessageId = string | number | null;

/** What goes back to a client in place of the server's answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A JSON-RPC error message with a sentence for the person and a stable code for programs. */
export function errorMessage(id: MessageId, message: string, code: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code: LANYARD_ERROR, message, data: { code } } });
}

function answer(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers },
    body,
  };
}

/** The id of a request body, to answer in its name; `null` for anything else. */
export function idOf(body: Buffer | null): MessageId {
  try {
    const { id } = JSON.parse(body?.toString('utf8') ?? '') as { id?: unknown };
    return typeof id === 'string' || typeof id === 'number' ? id : null;
  } catch {
    return null;
  }
}

/** For a request that the guard stopped. Never 401: a client would start its own OAuth against us. */
export function refusalAnswer({ status, code, message }: Refusal): Answer {
  // RFC 9110 section 15.5.6 wants the list of methods with a 405; there is one list for all paths.
  const headers: Record<string, string> = status === 405 ? { allow: 'POST, GET, DELETE' } : {};
  return answer(status, errorMessage(null, message, code), headers);
}

/** For a wrong or missing local key. */
export function wrongKey(keyInPath: boolean): Refusal {
  return {
    status: 403,
    code: 'wrong-key',
    message: `This client is not connected to Lanyard${keyInPath ? '' : ' (its Lanyard-Key header is missing or wrong)'}. Connect this app again in Lanyard (Apps), or run: lanyard client add`,
  };
}

/** For a server name that policy does not know. */
export function unknownServer(name: string, known: readonly string[]): Refusal {
  const names = known.length > 0 ? known.join(', ') : 'none';
  return { status: 404, code: 'unknown-server', message: `There is no server "${name}". Approved servers: ${names}.` };
}

/** For a server that the person did not connect this client to. */
export function notForClient(name: string): Refusal {
  return {
    status: 403,
    code: 'not-for-client',
    message: `This client is not connected to "${name}". Connect it with: lanyard client add --server ${name}`,
  };
}

/** For a path that is nobody's. */
export const NOT_FOUND: Refusal = {
  status: 404,
  code: 'not-found',
  message: 'Servers are at /<server>/mcp, all of them together at /mcp.',
};

/** For an MCP session that cannot go on: a client has to initialise again (MCP 2025-11-25, transports). */
export const MCP_SESSION_GONE: Refusal = {
  status: 404,
  code: 'mcp-session-gone',
  message: 'This MCP session has ended. Initialize again.',
};

/** For a request that servers could take to belong to different MCP sessions. */
export const AMBIGUOUS_SESSION: Refusal = {
  status: 400,
  code: 'ambiguous-mcp-session',
  message: 'Send one Mcp-Session-Id, spelt so.',
};

/** MCP has no such bodies, and servers and what stands before them disagree about where they end. */
export const NO_BODY: Refusal = {
  status: 400,
  code: 'body-not-expected',
  message: 'Only POST has a body.',
};

/** For a message that has to be understood as a whole and is too large for that. */
export const TOO_LARGE: Refusal = {
  status: 413,
  code: 'message-too-large',
  message: 'This message is too large to be passed on.',
};

/** Seconds until a client may try again when nobody said how long it takes. */
const RETRY_AFTER_SECONDS = 5;

/** For a call that no token could be had for, or that the server did not answer: never 401 either. */
export function faultAnswer(error: LanyardError, id: MessageId): Answer {
  const { recovery } = error;
  const headers: Record<string, string> =
    recovery?.kind === 'retry'
      ? { 'retry-after': String(Math.ceil((recovery.afterMs ?? RETRY_AFTER_SECONDS * 1000) / 1000)) }
      : {};
  return answer(503, errorMessage(id, error.user, error.code), headers);
}
