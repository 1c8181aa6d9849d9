import type { McpServer } from '@modelcontextprotocol/server';

const subscriptions = new WeakMap<McpServer, Set<string>>();

/** Lets the client of one MCP session subscribe to any resource (MCP 2025-11-25, resources). */
export function acceptSubscriptions(server: McpServer): void {
  const subscribed = new Set<string>();
  subscriptions.set(server, subscribed);
  server.server.setRequestHandler('resources/subscribe', ({ params: { uri } }) => {
    subscribed.add(uri);
    return {};
  });
  server.server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
    subscribed.delete(uri);
    return {};
  });
}

/** Whether the client of this MCP session wants to hear of the resource. */
export function isSubscribed(server: McpServer, uri: string): boolean {
  return subscriptions.get(server)?.has(uri) ?? false;
}
