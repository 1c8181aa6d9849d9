import { z } from 'zod';

/** Members of a message that we do not look at. */
export type Members = Readonly<Record<string, unknown>>;

/** Id of a request (JSON-RPC 2.0 section 4, without null, which MCP forbids). */
export type RequestId = string | number;

/** A JSON-RPC request. Unknown members stay as they are. */
export interface RpcRequest {
  readonly jsonrpc: '2.0';
  readonly id: RequestId;
  readonly method: string;
  readonly params?: Members | undefined;
}

/** A JSON-RPC notification. */
export interface RpcNotification {
  readonly jsonrpc: '2.0';
  readonly method: string;
  readonly params?: Members | undefined;
}

/** The error of a response. */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** What a request came to. */
export type Outcome = { readonly result: Members } | { readonly error: RpcError };

/** A response; `id` is null where the request could not be read. */
export type RpcResponse = { readonly jsonrpc: '2.0'; readonly id: RequestId | null } & Outcome;

/** Any message of MCP. */
export type RpcMessage = RpcRequest | RpcNotification | RpcResponse;

/** The text is no JSON (JSON-RPC 2.0 section 5.1). */
export const PARSE_ERROR = -32700;
/** The JSON is no message. */
export const INVALID_REQUEST = -32600;
/** HTTP 404 in the modern era. */
export const METHOD_NOT_FOUND = -32601;
/** A missing resource too, since 2026-07-28. */
export const INVALID_PARAMS = -32602;
/** A fault of whoever answers. */
export const INTERNAL_ERROR = -32603;
/** Everything that Lanyard itself refuses, with a code of its own in `data` (section 5.1: server errors). */
export const LANYARD_ERROR = -32000;
/** MCP 2026-07-28, basic/transports: headers say something else than the body. HTTP 400. */
export const HEADER_MISMATCH = -32020;
/** MCP 2026-07-28: the client did not declare a capability that is needed. */
export const MISSING_CLIENT_CAPABILITY = -32021;
/** MCP 2026-07-28: `data.supported` and `data.requested` say which. HTTP 400. */
export const UNSUPPORTED_VERSION = -32022;
/** MCP up to 2025-11-25: a resource is not there (INVALID_PARAMS since). */
export const RESOURCE_NOT_FOUND = -32002;
/** MCP 2025-11-25 alone: `data.elicitations` have to be gone through first. */
export const URL_ELICITATION_REQUIRED = -32042;

const members = z.record(z.string(), z.unknown());
const id = z.union([z.string(), z.number()]);
const version = { jsonrpc: z.literal('2.0') };
const requestSchema = z.looseObject({ ...version, id, method: z.string(), params: members.optional() });
const notificationSchema = z.looseObject({
  ...version,
  id: z.undefined().optional(),
  method: z.string(),
  params: members.optional(),
});
const resultSchema = z.looseObject({ ...version, id, method: z.undefined().optional(), result: members });
const errorSchema = z.looseObject({
  ...version,
  id: id.nullish().transform((value) => value ?? null),
  method: z.undefined().optional(),
  error: z.looseObject({ code: z.number(), message: z.string(), data: z.unknown().optional() }),
});

// By the members that tell the kinds apart, and not by trying all: an answer may hold a million things that are none.
function schemaFor(document: unknown) {
  if (memberOf(document, 'jsonrpc') !== '2.0') return undefined;
  if (memberOf(document, 'method') !== undefined)
    return memberOf(document, 'id') === undefined ? notificationSchema : requestSchema;
  if (memberOf(document, 'result') !== undefined) return resultSchema;
  return memberOf(document, 'error') === undefined ? undefined : errorSchema;
}

/** Most messages of a batch (revision 2025-03-26) that are looked at; real ones have a handful. */
export const BATCH_LIMIT = 1_000;

/** Reads a message from what `JSON.parse` gave; `undefined` where it is none. Unknown members are kept. */
export function toMessage(document: unknown): RpcMessage | undefined {
  const result = schemaFor(document)?.safeParse(document);
  return result?.success ? (result.data as RpcMessage) : undefined;
}

/** Reads one message; `undefined` where the text is none. */
export function parseRpc(text: string): RpcMessage | undefined {
  try {
    return toMessage(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** A message that wants a response. */
export function isRequest(message: RpcMessage): message is RpcRequest {
  return 'method' in message && 'id' in message && message.id !== undefined;
}

/** A message that wants none. */
export function isNotification(message: RpcMessage): message is RpcNotification {
  return 'method' in message && !isRequest(message);
}

/** A result or an error. */
export function isResponse(message: RpcMessage): message is RpcResponse {
  return !('method' in message) || message.method === undefined;
}

/** A member of something that may or may not be an object. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Members)[name]
    : undefined;
}

/** An error outcome. */
export function refused(code: number, message: string, data?: unknown): Outcome {
  return { error: { code, message, ...(data !== undefined && { data }) } };
}
