import type { IncomingHttpHeaders } from 'node:http';
import { faultAnswer } from '../answers.ts';
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
import { legacyAnswer, takesUrlErrors } from './legacy-answer.ts';
import { acknowledgement, changes, legacyChanges, listenEnd } from './listening.ts';
import { modernAnswer } from './modern-answer.ts';
import type { StandbyFacts } from './standby-facts.ts';
import { elicitationIdOf, standbySessionId } from './standby-sessions.ts';

/** A client's HTTP request; `body` is null where it has none, or was too large to be held. */
export interface InPlaceRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer | null;
}

/** What goes back: an answer, or a stream that stays open until the server is back. */
export type InPlaceReply =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | {
      readonly kind: 'stream';
      /** Sent at once. */
      readonly first: readonly RpcMessage[];
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

function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): InPlaceReply {
  return {
    kind: 'answer',
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value),
  };
}

const empty = (status: number): InPlaceReply => ({ kind: 'answer', status, headers: {}, body: '' });

const responseTo = (id: RequestId | null, outcome: Outcome) => ({ jsonrpc: '2.0' as const, id, ...outcome });

function mcpSessionIdOf(headers: IncomingHttpHeaders): string | undefined {
  const id = headers['mcp-session-id'];
  return typeof id === 'string' ? id : undefined;
}

const unreadable = (code: number, message: string) => json(400, responseTo(null, refused(code, message)));

function modernReply(request: RpcRequest, revision: string, facts: StandbyFacts): InPlaceReply {
  const { id } = request;
  const answer = modernAnswer(request, revision, facts);
  if (answer.kind === 'outcome') {
    const { outcome } = answer;
    const status = 'error' in outcome ? (STATUSES.get(outcome.error.code) ?? 200) : 200;
    return json(status, responseTo(id, outcome));
  }
  const { filter } = answer;
  return {
    kind: 'stream',
    first: [acknowledgement(id, filter)],
    last: [...changes(id, filter), responseTo(id, listenEnd(id))],
  };
}

function legacyReply(
  messages: readonly RpcMessage[],
  { headers }: InPlaceRequest,
  facts: StandbyFacts,
  newId: () => string,
): readonly [answers: readonly unknown[], headers: Readonly<Record<string, string>>] {
  const requests = messages.filter(isRequest);
  const elicitationId = elicitationIdOf(mcpSessionIdOf(headers));
  const answers = requests.map((request) => responseTo(request.id, legacyAnswer(request, facts, elicitationId)));
  const opening = requests.find(({ method }) => method === 'initialize');
  return [answers, opening ? { 'mcp-session-id': standbySessionId(newId(), takesUrlErrors(opening)) } : {}];
}

function postReply(request: InPlaceRequest, facts: StandbyFacts, newId: () => string): InPlaceReply {
  // Without its id, a message cannot be answered in its own terms.
  if (request.body === null) return { kind: 'answer', ...faultAnswer(facts.error, null) };
  let document: unknown;
  try {
    document = JSON.parse(request.body.toString('utf8'));
  } catch {
    return unreadable(PARSE_ERROR, 'The body is not JSON.');
  }
  const isBatch = Array.isArray(document);
  const documents: readonly unknown[] = isBatch ? (document as unknown[]) : [document];
  const messages = documents.map(toMessage).filter((message) => message !== undefined);
  const isWhole = messages.length === documents.length && messages.length > 0 && messages.length <= BATCH_LIMIT;
  const [first] = messages;
  if (!isWhole || !first) return unreadable(INVALID_REQUEST, 'The body is not a JSON-RPC message.');
  if (!isBatch && isRequest(first)) {
    const header = request.headers['mcp-protocol-version'];
    // A message says for itself what it is. Only one that lacks that is known by its header.
    const revision = revisionOf(memberOf(first, 'params')) ?? (header === MODERN_REVISION ? header : undefined);
    if (revision !== undefined) return modernReply(first, revision, facts);
  }
  const [answers, headers] = legacyReply(messages, request, facts, newId);
  return answers.length === 0 ? empty(202) : json(200, isBatch ? answers : answers[0], headers);
}

/** What answers one HTTP request of a client in the server's place, in the era it speaks. Nothing is kept of it. */
export function replyInPlace(request: InPlaceRequest, facts: StandbyFacts, newId: () => string): InPlaceReply {
  switch (request.method) {
    case 'GET':
      return { kind: 'stream', first: [], last: legacyChanges(elicitationIdOf(mcpSessionIdOf(request.headers))) };
    case 'DELETE':
      return empty(200);
    default:
      return postReply(request, facts, newId);
  }
}
