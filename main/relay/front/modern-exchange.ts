import type { ServerResponse } from 'node:http';
import type { Schedule } from '../../../shared/schedule.ts';
import type { Conversation, Responder } from '../mcp/responder.ts';
import { META, metaOf } from '../mcp/revisions.ts';
import {
  HEADER_MISMATCH,
  METHOD_NOT_FOUND,
  type Members,
  MISSING_CLIENT_CAPABILITY,
  type Outcome,
  type RequestId,
  type RpcNotification,
  type RpcRequest,
  UNSUPPORTED_VERSION,
} from '../mcp/rpc.ts';
import { type EventStream, openEventStream } from './event-stream.ts';
import { answerJson } from './http-answer.ts';
import { outcomeOf } from './outcome-of.ts';

/** After that long without an answer a stream is opened for it, in ms: programs give up an answer without a head. */
const PATIENCE_MS = 15_000;

/** MCP 2026-07-28, basic/transports/streamable-http. Every other error comes with 200. */
const STATUS: ReadonlyMap<number, number> = new Map([
  [METHOD_NOT_FOUND, 404],
  [HEADER_MISMATCH, 400],
  [MISSING_CLIENT_CAPABILITY, 400],
  [UNSUPPORTED_VERSION, 400],
]);

/** HTTP status of an answer that is JSON. */
export function statusOf(outcome: Outcome): number {
  return 'error' in outcome ? (STATUS.get(outcome.error.code) ?? 200) : 200;
}

// What the client listens to is known to it by the id of its own request.
function withSubscription(params: Members | undefined, id: RequestId): Members | undefined {
  const meta = metaOf(params);
  if (meta[META.subscriptionId] === undefined) return params;
  return { ...params, _meta: { ...meta, [META.subscriptionId]: id } };
}

/** What one exchange works with. */
export interface ModernExchangeContext {
  readonly responder: Responder;
  readonly conversation: Conversation;
  readonly newId: () => string;
  readonly schedule: Schedule;
  /** Hears of the outcome before the client does. */
  readonly onOutcome?: (outcome: Outcome) => void;
}

/**
 * Answers one request of revision 2026-07-28: with JSON, or where something comes before the answer, with an event
 * stream. A client that leaves has cancelled. The responder knows the request by an id of ours, since several programs
 * with one local key are one conversation and choose theirs alike.
 */
export async function answerModern(
  request: RpcRequest,
  response: ServerResponse,
  { responder, conversation, newId, schedule, onOutcome }: ModernExchangeContext,
  signal: AbortSignal,
): Promise<void> {
  if (response.destroyed) return;
  const { id } = request;
  const gone = new AbortController();
  response.on('close', () => {
    cancelPatience();
    if (!response.writableFinished) gone.abort();
  });
  let stream: EventStream | undefined;
  let isOver = false;
  const open = () => {
    cancelPatience();
    stream ??= openEventStream(response, schedule);
    return stream;
  };
  const cancelPatience = schedule(PATIENCE_MS, () => void open());
  const either = AbortSignal.any([signal, gone.signal]);
  const notify = (notification: RpcNotification) => {
    if (isOver || either.aborted) return;
    const params = withSubscription(notification.params, id);
    open().send(JSON.stringify({ ...notification, ...(params && { params }) }));
  };
  const outcome = await outcomeOf(responder, { ...request, id: newId() }, { conversation, signal: either, notify });
  isOver = true;
  cancelPatience();
  if (gone.signal.aborted || response.destroyed) return;
  if (signal.aborted) {
    response.destroy();
    return;
  }
  onOutcome?.(outcome);
  const answer = 'result' in outcome ? { result: withSubscription(outcome.result, id) ?? outcome.result } : outcome;
  const isListening = request.method === 'subscriptions/listen' && 'result' in outcome;
  if (!stream && !isListening) return answerJson(response, statusOf(outcome), id, answer);
  const events = open();
  events.send(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
  events.end();
}
