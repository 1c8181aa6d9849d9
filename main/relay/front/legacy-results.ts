import { META } from '../mcp/revisions.ts';
import {
  INTERNAL_ERROR,
  INVALID_PARAMS,
  type Members,
  memberOf,
  type Outcome,
  RESOURCE_NOT_FOUND,
  type RpcNotification,
  type RpcRequest,
  refused,
} from '../mcp/rpc.ts';

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Up to 2025-11-25 an output schema is that of an object; clients of those revisions refuse a whole list for another.
function withoutForeignSchemas(tools: readonly unknown[]): unknown[] {
  return tools.map((tool) => {
    const schema = memberOf(tool, 'outputSchema');
    if (schema === undefined || memberOf(schema, 'type') === 'object') return tool;
    const { outputSchema: _, ...rest } = tool as Members;
    return rest;
  });
}

// The same of structured content: another value goes as text, which those revisions want beside it anyway.
function withoutForeignContent(result: Members): Members {
  const { structuredContent, ...rest } = result;
  if (structuredContent === undefined || isObject(structuredContent)) return result;
  const content = Array.isArray(rest.content) ? rest.content : [];
  if (content.some((part) => memberOf(part, 'type') === 'text')) return rest;
  return { ...rest, content: [...content, { type: 'text', text: JSON.stringify(structuredContent) }] };
}

/** What a client of the legacy era gets for a result of revision 2026-07-28. Unknown members stay. */
export function legacyResult(method: string, result: Members): Members {
  const { resultType: _type, ttlMs: _ttl, cacheScope: _scope, ...rest } = result;
  if (method === 'tools/list' && Array.isArray(rest.tools))
    return { ...rest, tools: withoutForeignSchemas(rest.tools) };
  return method === 'tools/call' ? withoutForeignContent(rest) : rest;
}

/** What a client of the legacy era gets for an outcome of revision 2026-07-28. */
export function legacyOutcome({ method, params }: RpcRequest, outcome: Outcome): Outcome {
  if ('result' in outcome) {
    const { resultType = 'complete' } = outcome.result;
    if (resultType === 'complete') return { result: legacyResult(method, outcome.result) };
    // Of an extension, such as tasks, which no client of the legacy era can have asked for.
    return refused(INTERNAL_ERROR, `The server answered with "${resultType}", which this revision does not know.`);
  }
  // A resource that is not there has had a code of its own up to 2025-11-25.
  const isMissing =
    method === 'resources/read' && outcome.error.code === INVALID_PARAMS && typeof params?.uri === 'string';
  return isMissing ? { error: { ...outcome.error, code: RESOURCE_NOT_FOUND } } : outcome;
}

/** A notification without the subscription it came by, which the legacy era does not know. */
export function legacyNotification(notification: RpcNotification): RpcNotification {
  const meta = memberOf(notification.params, '_meta');
  if (memberOf(meta, META.subscriptionId) === undefined) return notification;
  const { [META.subscriptionId]: _, ...rest } = meta as Members;
  const { _meta, ...params } = notification.params ?? {};
  const kept = Object.keys(rest).length > 0 ? { ...params, _meta: rest } : params;
  const { params: _params, ...bare } = notification;
  return Object.keys(kept).length > 0 ? { ...bare, params: kept } : bare;
}
