import { META, metaOf } from '../mcp/revisions.ts';
import { memberOf, type RpcNotification, type RpcRequest } from '../mcp/rpc.ts';
import { logLevelOf, progressTokenOf } from './legacy-message.ts';

/** Notifications that mean something to their receiver by themselves, whichever stream they came on. */
const NEVER_OWN: ReadonlySet<string> = new Set(['notifications/cancelled', 'notifications/elicitation/complete']);

/**
 * A notification on the stream of a modern request, as that request's client may see it, or `undefined` where it does
 * not belong there (MCP 2026-07-28, basic/utilities/progress, server/utilities/logging, basic/patterns/subscriptions).
 * Clients look a progress token or a subscription up for all of their requests, to whichever server they went: a server
 * names its own.
 */
export function ownNotification(
  notification: RpcNotification,
  { id, method, params: asked }: RpcRequest,
): RpcNotification | undefined {
  const { params } = notification;
  switch (notification.method) {
    case 'notifications/progress': {
      const token = progressTokenOf(asked);
      return token !== undefined && memberOf(params, 'progressToken') === token ? notification : undefined;
    }
    case 'notifications/message':
      return logLevelOf(asked) === undefined ? undefined : notification;
    default:
      if (method !== 'subscriptions/listen' || NEVER_OWN.has(notification.method)) return undefined;
      return { ...notification, params: { ...params, _meta: { ...metaOf(params), [META.subscriptionId]: id } } };
  }
}
