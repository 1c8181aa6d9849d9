import type { LanyardError } from '../../shared/errors.ts';
import type { Log } from './log.ts';

/** What is recorded of a call: who, what and how it went; never arguments or results. */
export interface CallRecord {
  readonly client: string;
  readonly server: string;
  readonly transport: 'http' | 'stdio';
  /** HTTP method for the HTTP relay, `POST` for stdio. */
  readonly verb: string;
  /** JSON-RPC method, where the body was a single message. */
  readonly method?: string | undefined;
  /** Tool, prompt or resource that was named. */
  readonly name?: string | undefined;
  /** HTTP status the client saw. */
  readonly status: number;
  readonly durationMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Set where the tool rules of policy refused the call: which of them. */
  readonly refused?: string;
  /** What kept the server's answer away; its code alone is written down. */
  readonly fault?: LanyardError | undefined;
}

/** Bodies above this are not looked into for their method, in bytes: parsing must not delay other calls. */
const PARSE_LIMIT_BYTES = 256 * 1024;

/** No method or tool name is longer, in characters; what comes from outside is cut. */
const LONGEST_NAME = 128;

const short = (value: unknown) => (typeof value === 'string' ? value.slice(0, LONGEST_NAME) : undefined);

/** Method and name of a JSON-RPC message; nothing for batches, large bodies and what does not parse. */
export function describeMessage(body: Buffer | null): { method?: string | undefined; name?: string | undefined } {
  if (!body || body.length === 0 || body.length > PARSE_LIMIT_BYTES) return {};
  try {
    const { method, params } = JSON.parse(body.toString('utf8')) as {
      method?: unknown;
      params?: { name?: unknown; uri?: unknown };
    };
    return { method: short(method), name: short(params?.name) ?? short(params?.uri) };
  } catch {
    return {};
  }
}

/** Requests by which a client uses a server. Listing, listening and pinging clients do by themselves, all night long. */
const USES: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);

/**
 * Whether a call is somebody's use of a server. One whose body was too large to be looked into is taken for it: nothing
 * that clients do by themselves is that long.
 */
export function isUse({ method, verb, requestBytes }: CallRecord): boolean {
  return method === undefined ? verb === 'POST' && requestBytes > PARSE_LIMIT_BYTES : USES.has(method);
}

/** Writes the record into the journal. */
export function recordCall(log: Log, record: CallRecord): void {
  const durationMs = Math.round(record.durationMs * 10) / 10;
  log.debug('call', { ...record, durationMs, fault: record.fault?.code });
}
