import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, faultAnswer } from '../answers.ts';
import { MODERN_REVISION, revisionOf } from '../mcp/revisions.ts';
import {
  INVALID_REQUEST,
  isRequest,
  METHOD_NOT_FOUND,
  memberOf,
  type Outcome,
  PARSE_ERROR,
  type RequestId,
  type RpcMessage,
  type RpcRequest,
  refused,
  toMessage,
  UNSUPPORTED_VERSION,
} from '../mcp/rpc.ts';
import { legacyAnswer } from './legacy-answer.ts';
import { LEGACY_CHANGES } from './listening.ts';
import { modernAnswer } from './modern-answer.ts';
import type { StandbyFacts } from './standby-facts.ts';

/** A client's HTTP request; `body` is null where it has none, or was too large to be held. */
export interface InPlaceRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer | null;
}

/** What goes back: an answer, or a stream that stays open until the server is back. */
export type InPlaceReply =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | {
      readonly kind: 'stream';
      /** Sent when the server is back; then the stream ends, and the client opens it again, at the server. */
      readonly last: readonly RpcMessage[];
    };

/** Faults of the transport itself have a status of their own (MCP 2026-07-28, basic/transports); all else is 200. */
const STATUSES: ReadonlyMap<number, number> = new Map([
  [PARSE_ERROR, 400],
  [INVALID_REQUEST, 400],
  [UNSUPPORTED_VERSION, 400],
  [METHOD_NOT_FOUND, 404],
]);

/** More messages than any client has put into one batch (MCP 2025-03-26 alone has them). */
const BATCH_LIMIT = 100;

const reply = (status: number, headers: Readonly<Record<string, string>>, body: string): InPlaceReply => ({
  kind: 'answer',
  answer: { status, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) }, body },
});

const json = (status: number, value: unknown) =>
  reply(status, { 'content-type': 'application/json' }, JSON.stringify(value));

const empty = (status: number, headers: Readonly<Record<string, string>> = {}) => reply(status, headers, '');

const responseTo = (id: RequestId | null, outcome: Outcome) => ({ jsonrpc: '2.0' as const, id, ...outcome });

const unreadable = (code: number, message: string) => json(400, responseTo(null, refused(code, message)));

function modernReply(request: RpcRequest, revision: string, facts: StandbyFacts): InPlaceReply {
  const outcome = modernAnswer(request, revision, facts);
  const status = 'error' in outcome ? (STATUSES.get(outcome.error.code) ?? 200) : 200;
  return json(status, responseTo(request.id, outcome));
}

function postReply(request: InPlaceRequest, facts: StandbyFacts): InPlaceReply {
  // Without its id, a message cannot be answered in its own terms.
  if (request.body === null) return { kind: 'answer', answer: faultAnswer(facts.error, null) };
  let document: unknown;
  try {
    document = JSON.parse(request.body.toString('utf8'));
  } catch {
    return unreadable(PARSE_ERROR, 'The body is not JSON.');
  }
  const isBatch = Array.isArray(document);
  const documents: readonly unknown[] = isBatch ? (document as unknown[]) : [document];
  if (documents.length > BATCH_LIMIT) return unreadable(INVALID_REQUEST, 'The batch is too long.');
  const messages = documents.map(toMessage).filter((message) => message !== undefined);
  const isWhole = messages.length === documents.length && messages.length > 0;
  const [first] = messages;
  if (!isWhole || !first) return unreadable(INVALID_REQUEST, 'The body is not a JSON-RPC message.');
  if (!isBatch && isRequest(first)) {
    const header = request.headers['mcp-protocol-version'];
    // A message says for itself what it is. Only one that lacks that is known by its header.
    const revision = revisionOf(memberOf(first, 'params')) ?? (header === MODERN_REVISION ? header : undefined);
    if (revision !== undefined) return modernReply(first, revision, facts);
  }
  const answers = messages.filter(isRequest).map((one) => responseTo(one.id, legacyAnswer(one, facts)));
  return answers.length === 0 ? empty(202) : json(200, isBatch ? answers : answers[0]);
}

/**
 * What answers one HTTP request of a client in the server's place, in the era it speaks. Nothing is kept of it, so what
 * begins something lasting, `initialize` and `subscriptions/listen`, belongs to a front.
 */
export function replyInPlace(request: InPlaceRequest, facts: StandbyFacts): InPlaceReply {
  if (request.method !== 'GET' && request.method !== 'DELETE') return postReply(request, facts);
  // Without an MCP session there is nothing to listen to or to end. Clients probe with such a GET, and wait for its end.
  if (request.headers['mcp-session-id'] === undefined) return empty(405, { allow: 'POST' });
  return request.method === 'GET' ? { kind: 'stream', last: LEGACY_CHANGES } : empty(200);
}
