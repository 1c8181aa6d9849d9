import { z } from 'zod';
import { META, MODERN_REVISION, metaOf, revisionOf } from '../mcp/revisions.ts';
import {
  HEADER_MISMATCH,
  INVALID_PARAMS,
  INVALID_REQUEST,
  isNotification,
  isRequest,
  isResponse,
  type Outcome,
  type RequestId,
  type RpcMessage,
  type RpcNotification,
  type RpcRequest,
  refused,
  toMessage,
  UNSUPPORTED_VERSION,
} from '../mcp/rpc.ts';

/** Most messages of a batch (which revision 2025-03-26 alone has). */
const BATCH_LIMIT = 100;

/** Headers that a posted message is held against; `undefined` where there is none. */
export interface MessageHeaders {
  readonly revision?: string | undefined;
  readonly method?: string | undefined;
  readonly name?: string | undefined;
}

/** A posted body is refused: the HTTP status, and the answer in the name of the request. */
export interface PostRefusal {
  readonly kind: 'refused';
  readonly status: number;
  readonly id: RequestId | null;
  readonly outcome: Outcome;
}

/** What a posted body is: something of the legacy or of the modern era, or nothing that can be answered. */
export type PostKind =
  | { readonly kind: 'legacy'; readonly messages: readonly RpcMessage[]; readonly isBatch: boolean }
  | { readonly kind: 'request'; readonly request: RpcRequest }
  | { readonly kind: 'notification'; readonly notification: RpcNotification }
  | PostRefusal;

const envelopeSchema = z.looseObject({
  [META.clientCapabilities]: z.record(z.string(), z.unknown()),
  [META.clientInfo]: z.looseObject({ name: z.string(), version: z.string() }).optional(),
  [META.logLevel]: z.string().optional(),
  progressToken: z.union([z.string(), z.number()]).optional(),
});

/** What is wrong with the `_meta` of a modern request, which names its revision already; `undefined` if nothing is. */
export function envelopeFault({ params }: RpcRequest): Outcome | undefined {
  const requested = revisionOf(params);
  if (requested === undefined) return refused(INVALID_PARAMS, `_meta needs ${META.revision}, a string.`);
  const result = envelopeSchema.safeParse(metaOf(params));
  if (!result.success) {
    const { path, message } = result.error.issues[0] ?? { path: [], message: '' };
    return refused(INVALID_PARAMS, `_meta is not as revision ${MODERN_REVISION} has it: ${path.join('.')}: ${message}`);
  }
  if (requested === MODERN_REVISION) return undefined;
  const data = { supported: [MODERN_REVISION], requested };
  return refused(UNSUPPORTED_VERSION, `Revision ${requested} is not supported.`, data);
}

/** Whether a message claims to be of the modern era. */
export function isModern(message: RpcMessage): message is RpcRequest | RpcNotification {
  return !isResponse(message) && Object.hasOwn(metaOf(message.params), META.revision);
}

function refusedPost(status: number, id: RequestId | null, outcome: Outcome): PostRefusal {
  return { kind: 'refused', status, id, outcome };
}

function mismatch(id: RequestId | null, what: string): PostRefusal {
  return refusedPost(400, id, refused(HEADER_MISMATCH, `The headers say something else than the body: ${what}.`));
}

function classifyBatch(body: readonly unknown[]): PostKind {
  const messages = body.map(toMessage);
  const isSound =
    messages.length > 0 &&
    messages.length <= BATCH_LIMIT &&
    messages.every(
      (message) => message && !isModern(message) && !(isRequest(message) && message.method === 'initialize'),
    );
  if (isSound) return { kind: 'legacy', messages: messages as RpcMessage[], isBatch: true };
  return refusedPost(400, null, refused(INVALID_REQUEST, 'This batch cannot be served.'));
}

function classifyRequest(request: RpcRequest, headers: MessageHeaders): PostKind {
  const { id, method, params } = request;
  if (!isModern(request)) {
    if (headers.revision !== MODERN_REVISION) return { kind: 'legacy', messages: [request], isBatch: false };
    if (method === 'initialize') return mismatch(id, `initialize is not part of revision ${MODERN_REVISION}`);
    const missing = params?._meta === undefined ? '_meta' : META.revision;
    return refusedPost(400, id, refused(INVALID_PARAMS, `A request of revision ${MODERN_REVISION} needs ${missing}.`));
  }
  const named = revisionOf(params);
  if (headers.revision !== undefined && named !== undefined && headers.revision !== named)
    return mismatch(id, `MCP-Protocol-Version is ${headers.revision}, the body is of ${named}`);
  const fault = envelopeFault(request);
  if (fault) return refusedPost(400, id, fault);
  if (headers.method !== undefined && headers.method !== method)
    return mismatch(id, `Mcp-Method is ${headers.method}, the method ${method}`);
  return { kind: 'request', request };
}

// The specification gives notifications no headers of their own; what is there has to be right all the same.
function classifyNotification(notification: RpcNotification, headers: MessageHeaders): PostKind {
  const { method, params } = notification;
  const named = revisionOf(params);
  if (!isModern(notification) && headers.revision !== MODERN_REVISION)
    return { kind: 'legacy', messages: [notification], isBatch: false };
  if (named !== undefined && headers.revision !== undefined && headers.revision !== named)
    return mismatch(null, `MCP-Protocol-Version is ${headers.revision}, the body is of ${named}`);
  if (headers.method !== undefined && headers.method !== method)
    return mismatch(null, `Mcp-Method is ${headers.method}, the method ${method}`);
  return { kind: 'notification', notification };
}

/**
 * Tells the era of a posted body, by what it says itself: a message with its revision in `_meta` is modern, `initialize`
 * and what has none is legacy. The headers only have to agree (MCP 2026-07-28, basic/transports/streamable-http).
 */
export function classifyPost(body: unknown, headers: MessageHeaders): PostKind {
  if (Array.isArray(body)) return classifyBatch(body);
  const message = toMessage(body);
  if (!message) return refusedPost(400, null, refused(INVALID_REQUEST, 'The body is no JSON-RPC message.'));
  if (isRequest(message)) return classifyRequest(message, headers);
  if (isNotification(message)) return classifyNotification(message, headers);
  return { kind: 'legacy', messages: [message], isBatch: false };
}
