import { z } from 'zod';
import { META, metaOf } from '../mcp/revisions.ts';
import {
  INVALID_PARAMS,
  type Members,
  memberOf,
  type Outcome,
  type RequestId,
  type RpcNotification,
  type RpcRequest,
  refused,
} from '../mcp/rpc.ts';
import type { Errand } from './context.ts';
import { createKeptNotifications } from './kept-notifications.ts';
import { type Hello, toModernResult } from './legacy-message.ts';
import type { UsedSession } from './mcp-sessions.ts';

/** Resources that one subscription may name: each is a request of its own to a server of the legacy era. */
const RESOURCE_LIMIT = 256;

const filterSchema = z.object({
  toolsListChanged: z.boolean().optional(),
  promptsListChanged: z.boolean().optional(),
  resourcesListChanged: z.boolean().optional(),
  resourceSubscriptions: z.array(z.string()).max(RESOURCE_LIMIT).optional(),
});

/** What a subscription is about (MCP 2026-07-28, basic/patterns/subscriptions). */
export type SubscriptionFilter = z.infer<typeof filterSchema>;

/** The part of a filter that a server with these capabilities can give. */
export function grantable(wanted: SubscriptionFilter, capabilities: Members): SubscriptionFilter {
  const offers = (kind: string, what: string) => memberOf(capabilities[kind], what) === true;
  const uris = [...new Set(wanted.resourceSubscriptions)];
  return {
    ...(wanted.toolsListChanged && offers('tools', 'listChanged') && { toolsListChanged: true }),
    ...(wanted.promptsListChanged && offers('prompts', 'listChanged') && { promptsListChanged: true }),
    ...(wanted.resourcesListChanged && offers('resources', 'listChanged') && { resourcesListChanged: true }),
    ...(uris.length > 0 && offers('resources', 'subscribe') && { resourceSubscriptions: uris }),
  };
}

/** Whether a notification is what a subscription is about. */
export function concerns(filter: SubscriptionFilter, { method, params }: RpcNotification): boolean {
  switch (method) {
    case 'notifications/tools/list_changed':
      return filter.toolsListChanged === true;
    case 'notifications/prompts/list_changed':
      return filter.promptsListChanged === true;
    case 'notifications/resources/list_changed':
      return filter.resourcesListChanged === true;
    case 'notifications/resources/updated': {
      const uri = memberOf(params, 'uri');
      return typeof uri === 'string' && filter.resourceSubscriptions?.includes(uri) === true;
    }
    default:
      return false;
  }
}

function stamp(notification: RpcNotification, subscriptionId: RequestId): RpcNotification {
  const { params } = notification;
  return {
    ...notification,
    params: { ...params, _meta: { ...metaOf(params), [META.subscriptionId]: subscriptionId } },
  };
}

const untilAborted = (...signals: AbortSignal[]) =>
  new Promise<void>((resolve) => {
    const signal = AbortSignal.any(signals);
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/**
 * Answers `subscriptions/listen` by way of an MCP session: list changes from its GET stream, and `resources/subscribe`
 * for each resource. The acknowledgement names only what the server agreed to, and is the first of its notifications.
 */
export async function listenLegacy(
  request: RpcRequest,
  { signal, notify }: Errand,
  { session, events }: UsedSession,
  hello: Hello,
): Promise<Outcome> {
  const wanted = filterSchema.safeParse(memberOf(request.params, 'notifications'));
  if (!wanted.success)
    return refused(INVALID_PARAMS, `params.notifications must be a filter, with at most ${RESOURCE_LIMIT} resources.`);
  const offered = grantable(wanted.data, hello.capabilities);
  const early = createKeptNotifications();
  let filter: SubscriptionFilter = offered;
  let tell: (notification: RpcNotification) => void = early.add;
  const isAboutSomething = Object.keys(offered).length > 0;
  const stop = isAboutSomething
    ? events.listen((notification) => {
        if (concerns(filter, notification)) tell(stamp(notification, request.id));
      })
    : () => {};
  const uris = offered.resourceSubscriptions ?? [];
  try {
    const gone = untilAborted(signal, session.closed);
    const agreed = Promise.all([Promise.all(uris.map(events.subscribe)), events.opened()]);
    const [answers] = (await Promise.race([agreed, gone.then(() => [[]] as const)])) ?? [];
    const { resourceSubscriptions: _wanted, ...lists } = offered;
    const granted = uris.filter((_uri, index) => answers?.[index] === true);
    filter = granted.length > 0 ? { ...lists, resourceSubscriptions: granted } : lists;
    const params: Members = { notifications: filter };
    notify(stamp({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params }, request.id));
    for (const notification of early.take()) if (concerns(filter, notification)) notify(notification);
    tell = notify;
    if (Object.keys(filter).length > 0) await gone;
  } finally {
    stop();
    for (const uri of uris) events.unsubscribe(uri);
  }
  const result = toModernResult(request.method, { _meta: { [META.subscriptionId]: request.id } }, hello);
  return { result };
}
