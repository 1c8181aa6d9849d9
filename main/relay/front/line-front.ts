import type { Schedule } from '../../../shared/schedule.ts';
import type { Conversation, Responder } from '../mcp/responder.ts';
import { MODERN_REVISION } from '../mcp/revisions.ts';
import {
  INTERNAL_ERROR,
  INVALID_REQUEST,
  isRequest,
  METHOD_NOT_FOUND,
  type Outcome,
  type RequestId,
  type RpcMessage,
  type RpcRequest,
  refused,
} from '../mcp/rpc.ts';
import { envelopeFault, isModern } from './classify-post.ts';
import { createLegacyConversation } from './legacy-conversation.ts';
import { isRemovedMethod } from './modern-methods.ts';
import { outcomeOf } from './outcome-of.ts';

/** Most requests of the modern era that are under way at once on one pipe. */
const IN_FLIGHT_LIMIT = 1_000;

/** What one stdio client is served from. */
export interface LineFrontContext {
  readonly responder: Responder;
  readonly conversation: Conversation;
  /** Hands a message to the client; one line of it. */
  readonly write: (message: RpcMessage) => void;
  /** Unguessable. */
  readonly newId: () => string;
  readonly schedule: Schedule;
}

/** Serves one stdio client. */
export interface LineFront {
  /** Takes a message of the client. Every request gets one answer, unless it is cancelled. */
  handle(message: RpcMessage): void;
  /** The client is gone: everything is called off. */
  close(): void;
}

/**
 * Serves one stdio client of either era. Each message says itself which one it is of, so a client may ask
 * `server/discover` first and go on with `initialize`.
 */
export function createLineFront(context: LineFrontContext): LineFront {
  const { responder, conversation, write } = context;
  const inFlight = new Map<RequestId, AbortController>();
  let closed = false;
  const legacy = createLegacyConversation({
    ...context,
    link: {
      send: (message) => {
        if (!closed) write(message);
      },
      drop: () => {},
    },
  });

  const answer = (request: RpcRequest, signal: AbortSignal): Promise<Outcome> | Outcome => {
    const { method } = request;
    const fault = envelopeFault(request);
    if (fault) return fault;
    if (isRemovedMethod(method))
      return refused(METHOD_NOT_FOUND, `${method} is not part of revision ${MODERN_REVISION}.`);
    return outcomeOf(responder, request, {
      conversation,
      signal,
      notify: (notification) => {
        if (inFlight.get(request.id)?.signal === signal) write(notification);
      },
    });
  };

  const take = async (request: RpcRequest): Promise<void> => {
    const { id } = request;
    const refuse = (why: string) => write({ jsonrpc: '2.0', id, ...refused(INVALID_REQUEST, why) });
    if (inFlight.has(id)) return refuse(`There is a request with the id ${JSON.stringify(id)} already.`);
    if (inFlight.size >= IN_FLIGHT_LIMIT) return refuse(`More than ${IN_FLIGHT_LIMIT} requests at once.`);
    const abort = new AbortController();
    inFlight.set(id, abort);
    const outcome = await answer(request, abort.signal);
    if (inFlight.get(id) !== abort) return;
    inFlight.delete(id);
    try {
      write({ jsonrpc: '2.0', id, ...outcome });
    } catch {
      write({ jsonrpc: '2.0', id, ...refused(INTERNAL_ERROR, 'The answer could not be passed on.') });
    }
  };

  const cancel = (message: RpcMessage): boolean => {
    if (!('method' in message) || message.method !== 'notifications/cancelled') return false;
    const id = message.params?.requestId;
    if (typeof id !== 'string' && typeof id !== 'number') return false;
    const abort = inFlight.get(id);
    inFlight.delete(id);
    abort?.abort();
    return abort !== undefined;
  };

  return {
    handle: (message) => {
      if (closed || cancel(message)) return;
      if (!isModern(message)) legacy.handle(message);
      else if (isRequest(message)) void take(message);
    },
    close: () => {
      if (closed) return;
      closed = true;
      legacy.close();
      for (const abort of inFlight.values()) abort.abort();
      inFlight.clear();
      responder.end(conversation.id);
    },
  };
}
