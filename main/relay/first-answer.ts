import { asksForEma } from './declare-ema.ts';
import { type Era, MODERN_REVISION } from './mcp/revisions.ts';
import {
  HEADER_MISMATCH,
  INVALID_PARAMS,
  isResponse,
  METHOD_NOT_FOUND,
  MISSING_CLIENT_CAPABILITY,
  memberOf,
  PARSE_ERROR,
  parseRpc,
  type RpcError,
  UNSUPPORTED_VERSION,
} from './mcp/rpc.ts';

/** The answer of a server of which it is not yet known whether it speaks the client's era. */
export interface FirstAnswer {
  /** Era of the request. */
  readonly era: Era;
  /** JSON-RPC method of the request, where it is one that opens a conversation. */
  readonly opens: 'initialize' | 'server/discover' | undefined;
  readonly status: number;
  /** Its body, where it is a single JSON message. */
  readonly text: string;
}

/**
 * What an answer shows.
 *
 * - `speaks`: the server speaks this era.
 * - `wrong-era`: it speaks only the other one.
 * - `declare-ema`: it wants the EMA extension declared.
 * - `unclear`: nothing; the answer is the client's in any case.
 */
export type Shown = 'speaks' | 'wrong-era' | 'declare-ema' | 'unclear';

/** Statuses with which servers refuse what they do not understand (MCP 2026-07-28, basic/versioning). */
const NOT_UNDERSTOOD: ReadonlySet<number> = new Set([400, 404, 405]);

/** Errors that only a server of the modern era gives, or that say nothing of eras. */
const NO_MATTER_OF_ERA: ReadonlySet<number> = new Set([
  HEADER_MISMATCH,
  MISSING_CLIENT_CAPABILITY,
  INVALID_PARAMS,
  PARSE_ERROR,
]);

function errorOf(text: string): RpcError | undefined {
  const message = parseRpc(text);
  return message && isResponse(message) && 'error' in message ? message.error : undefined;
}

function supportsModern({ data }: RpcError): boolean | undefined {
  const supported = memberOf(data, 'supported');
  return Array.isArray(supported) ? supported.includes(MODERN_REVISION) : undefined;
}

function shownToLegacy({ opens, status }: FirstAnswer, error: RpcError | undefined): Shown {
  if (opens !== 'initialize') return 'unclear';
  if (!error) return status === 200 ? 'speaks' : 'unclear';
  if (error.code === UNSUPPORTED_VERSION) return supportsModern(error) ? 'wrong-era' : 'unclear';
  return error.code === METHOD_NOT_FOUND ? 'wrong-era' : 'unclear';
}

function shownToModern({ opens, status }: FirstAnswer, error: RpcError | undefined): Shown {
  if (status === 200) return error?.code === METHOD_NOT_FOUND && opens ? 'wrong-era' : 'speaks';
  if (!NOT_UNDERSTOOD.has(status)) return 'unclear';
  if (error?.code === UNSUPPORTED_VERSION) return supportsModern(error) === false ? 'wrong-era' : 'unclear';
  // A method that is unknown has this form in the modern era too, but not the one that every server must have.
  if (error?.code === METHOD_NOT_FOUND) return opens ? 'wrong-era' : 'unclear';
  return error && NO_MATTER_OF_ERA.has(error.code) ? 'unclear' : 'wrong-era';
}

/**
 * Whether an answer has to be looked at before it is passed on: all that opens a conversation, and whatever may mean
 * that the server did not understand.
 */
export function deservesLook(status: number, opens: FirstAnswer['opens']): boolean {
  return NOT_UNDERSTOOD.has(status) || (opens !== undefined && status === 200);
}

/** Judges the first answers of a server. Servers of the legacy era have no common way of refusing what they do not know. */
export function judgeFirstAnswer(answer: FirstAnswer): Shown {
  const error = errorOf(answer.text);
  if (asksForEma(error)) return 'declare-ema';
  return answer.era === 'legacy' ? shownToLegacy(answer, error) : shownToModern(answer, error);
}
