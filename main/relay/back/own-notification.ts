import { META, metaOf } from '../mcp/revisions.ts';
import { memberOf, type RpcNotification, type RpcRequest } from '../mcp/rpc.ts';
import { logLevelOf, progressTokenOf } from './legacy-message.ts';

/** What a server has to say on no stream: clients say it, or revision 2026-07-28 has no word of it. */
const NEVER_OWN: ReadonlySet<string> = new Set([
  'notifications/cancelled',
  'notifications/initialized',
  'notifications/roots/list_changed',
  'notifications/elicitation/complete',
]);

/** What belongs on the stream of `subscriptions/listen` alone. */
const OF_SUBSCRIPTIONS: ReadonlySet<string> = new Set([
  'notifications/subscriptions/acknowledged',
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
  'notifications/resources/updated',
]);

/**
 * A notification on the stream of a modern request, as that request's client may see it, or `undefined` where it does
 * not belong there (MCP 2026-07-28, basic/utilities/progress, server/utilities/logging, basic/patterns/subscriptions).
 * Clients look a progress token or a subscription up for all of their requests, to whichever server they went: a server
 * names its own. What no revision knows passes: it is an extension's.
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
      if (NEVER_OWN.has(notification.method)) return undefined;
      if (method !== 'subscriptions/listen')
        return OF_SUBSCRIPTIONS.has(notification.method) ? undefined : notification;
      return { ...notification, params: { ...params, _meta: { ...metaOf(params), [META.subscriptionId]: id } } };
  }
}
