import { z } from 'zod';

/** Key of a message's own revision in `_meta` (MCP 2026-07-28, basic/index). */
const PROTOCOL_VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';

// Only what routing needs; the message itself goes on as the bytes it came in.
const messageSchema = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string().optional(),
  params: z
    .looseObject({
      _meta: z
        .looseObject({ [PROTOCOL_VERSION_KEY]: z.string().optional() })
        .optional()
        .catch(undefined),
      name: z.string().optional().catch(undefined),
      uri: z.string().optional().catch(undefined),
      taskId: z.string().optional().catch(undefined),
      requestId: z.union([z.string(), z.number()]).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** What the relay must know of a JSON-RPC message that a stdio client sent. */
export interface OutgoingMessage {
  readonly kind: 'request' | 'notification' | 'response';
  readonly id?: string | number | undefined;
  readonly method?: string | undefined;
  /** The revision the message names itself; absent in the eras that negotiate by `initialize`. */
  readonly revision?: string | undefined;
  /** `params.name`, `params.uri` or `params.taskId`, whichever the method is about. */
  readonly name?: string | undefined;
  /** Of `notifications/cancelled`: the request that is cancelled. */
  readonly cancels?: string | number | undefined;
}

/** Methods about something that is not called `name` (MCP 2026-07-28, basic/transports, and the tasks extension). */
const NAMED_BY: ReadonlyMap<string | undefined, 'uri' | 'taskId'> = new Map([
  ['resources/read', 'uri'],
  ['resources/subscribe', 'uri'],
  ['resources/unsubscribe', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

/** Reads a line; `undefined` where it is not a JSON-RPC message. */
export function parseMessage(line: string): OutgoingMessage | undefined {
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch {
    return undefined;
  }
  const result = messageSchema.safeParse(document);
  if (!result.success) return undefined;
  const { id, method, params } = result.data;
  return {
    kind: method === undefined ? 'response' : id === undefined ? 'notification' : 'request',
    id,
    method,
    revision: params?._meta?.[PROTOCOL_VERSION_KEY],
    name: params?.[NAMED_BY.get(method) ?? 'name'],
    cancels: method === 'notifications/cancelled' ? params?.requestId : undefined,
  };
}

/** Whether a value can stand in a header as it is: visible ASCII, inner spaces, no look-alike of the encoding. */
const PLAIN_VALUE = /^(?!=\?base64\?)[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** A header value of revision 2026-07-28: as it is, or in the base64 form (basic/transports, "Value encoding"). */
export function encodeHeaderValue(value: string): string {
  return PLAIN_VALUE.test(value) ? value : `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`;
}

/** What `initialize` agreed on, and the MCP session it opened. */
export interface Negotiated {
  readonly revision?: string | undefined;
  readonly mcpSessionId?: string | undefined;
}

/** Headers that tie a request to its MCP session (MCP transports, revisions 2025-03-26 to 2025-11-25). */
export function sessionHeaders({ revision, mcpSessionId }: Negotiated): string[] {
  const headers: string[] = [];
  if (revision !== undefined) headers.push('mcp-protocol-version', revision);
  if (mcpSessionId !== undefined) headers.push('mcp-session-id', mcpSessionId);
  return headers;
}

/** Headers that a posted message needs on HTTP and does not have on stdio (MCP transports, both eras). */
export function messageHeaders(message: OutgoingMessage, negotiated: Negotiated): string[] {
  const headers = ['content-type', 'application/json', 'accept', 'application/json, text/event-stream'];
  if (message.revision === undefined) return [...headers, ...sessionHeaders(negotiated)];
  headers.push('mcp-protocol-version', message.revision);
  if (message.method !== undefined) headers.push('mcp-method', encodeHeaderValue(message.method));
  if (message.name !== undefined) headers.push('mcp-name', encodeHeaderValue(message.name));
  return headers;
}

const initializeResultSchema = z.object({ result: z.object({ protocolVersion: z.string().max(40) }) });

/** The revision that the answer to `initialize` settles on. */
export function negotiatedRevision(answer: string): string | undefined {
  try {
    return initializeResultSchema.parse(JSON.parse(answer)).result.protocolVersion;
  } catch {
    return undefined;
  }
}
