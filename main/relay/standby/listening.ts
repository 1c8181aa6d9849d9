import { z } from 'zod';
import { META } from '../mcp/revisions.ts';
import {
  INVALID_PARAMS,
  type Members,
  type Outcome,
  type RequestId,
  type RpcNotification,
  type RpcRequest,
  refused,
} from '../mcp/rpc.ts';

const filterSchema = z.object({
  toolsListChanged: z.boolean().optional(),
  promptsListChanged: z.boolean().optional(),
  resourcesListChanged: z.boolean().optional(),
  resourceSubscriptions: z.array(z.string()).optional(),
});

/** What a client wants to hear of (MCP 2026-07-28, basic/patterns/subscriptions). */
export type ListenFilter = z.infer<typeof filterSchema>;

/** The filter of a `subscriptions/listen`; `undefined` where it has none. */
export function filterOf({ params }: RpcRequest): ListenFilter | undefined {
  return filterSchema.safeParse(params?.notifications).data;
}

/** For a `subscriptions/listen` without a filter. */
export const NO_FILTER: Outcome = refused(INVALID_PARAMS, '"notifications" is missing, or it is no filter.');

const CHANGES = [
  ['toolsListChanged', 'notifications/tools/list_changed'],
  ['resourcesListChanged', 'notifications/resources/list_changed'],
  ['promptsListChanged', 'notifications/prompts/list_changed'],
] as const;

/**
 * What a client of the legacy era hears when the server is back. It never said what it wants to hear of: all three
 * lists may be other ones.
 */
export const LEGACY_CHANGES: readonly RpcNotification[] = CHANGES.map(([, method]) => ({ jsonrpc: '2.0', method }));

const subscribed = (id: RequestId): Members => ({ [META.subscriptionId]: id });

/** The first message on a listening stream: everything that was asked for is heard of, sooner or later. */
export function acknowledgement(id: RequestId, filter: ListenFilter): RpcNotification {
  const asked = Object.entries(filter).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value));
  return {
    jsonrpc: '2.0',
    method: 'notifications/subscriptions/acknowledged',
    params: { notifications: Object.fromEntries(asked), _meta: subscribed(id) },
  };
}

/** What a listener hears when the server is back. */
export function changes(id: RequestId, filter: ListenFilter): readonly RpcNotification[] {
  return CHANGES.filter(([name]) => filter[name]).map(([, method]) => ({
    jsonrpc: '2.0',
    method,
    params: { _meta: subscribed(id) },
  }));
}
