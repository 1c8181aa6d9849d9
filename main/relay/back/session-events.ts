import { isNotification, isRequest, METHOD_NOT_FOUND, type RpcNotification, refused } from '../mcp/rpc.ts';
import type { BackContext } from './context.ts';
import { type ListeningStream, openListeningStream } from './listening-stream.ts';
import type { McpSession } from './mcp-session.ts';

/** What happens in an MCP session beside its requests: its GET stream, and the resources it is subscribed to. */
export interface SessionEvents {
  /** Hears every notification of the GET stream, which is open as long as somebody listens. Gives what ends that. */
  listen(listener: (notification: RpcNotification) => void): () => void;
  /** Resolves when the server has answered to the GET stream, whatever it said. */
  opened(): Promise<void>;
  /** Subscribes to a resource, or counts one more subscriber; gives whether the server agreed. */
  subscribe(uri: string): Promise<boolean>;
  unsubscribe(uri: string): void;
  close(): void;
}

/**
 * The events of one MCP session. Requests of the server on the GET stream belong to no request of the client, so there
 * is nothing in the modern era that could carry them: they are refused, but for `ping`.
 */
export function createSessionEvents({ access, schedule }: BackContext, session: McpSession): SessionEvents {
  const listeners = new Set<(notification: RpcNotification) => void>();
  const subscribers = new Map<string, { count: number; agreed: Promise<boolean> }>();
  let stream: ListeningStream | undefined;

  const ask = (method: string, uri: string): Promise<boolean> =>
    session.ask(method, { uri }).then(
      ({ outcome }) => outcome !== undefined && 'result' in outcome,
      () => false,
    );

  const open = () => {
    stream?.close();
    stream = openListeningStream({
      access,
      schedule,
      headers: () => session.headers(),
      onMessage: (message) => {
        if (isNotification(message)) for (const listener of [...listeners]) listener(message);
        else if (isRequest(message)) {
          const { id, method } = message;
          const answer =
            method === 'ping'
              ? { result: {} }
              : refused(METHOD_NOT_FOUND, `${method} is answered within requests alone.`);
          session.post({ jsonrpc: '2.0', id, ...answer }).catch(() => {});
        }
      },
      onGone: () => void session.reopen().catch(() => {}),
    });
  };

  const close = () => {
    stream?.close();
    stream = undefined;
  };

  // The server has forgotten what it was told in the MCP session before.
  session.onOpen(() => {
    if (listeners.size > 0) open();
    for (const [uri, subscriber] of subscribers) subscriber.agreed = ask('resources/subscribe', uri);
  });

  return {
    listen: (listener) => {
      listeners.add(listener);
      if (!stream) open();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) close();
      };
    },
    opened: async () => stream?.opened,
    subscribe: (uri) => {
      const known = subscribers.get(uri);
      if (known) {
        known.count += 1;
        return known.agreed;
      }
      const agreed = ask('resources/subscribe', uri);
      subscribers.set(uri, { count: 1, agreed });
      return agreed;
    },
    unsubscribe: (uri) => {
      const known = subscribers.get(uri);
      if (!known) return;
      known.count -= 1;
      if (known.count > 0) return;
      subscribers.delete(uri);
      if (!session.closed.aborted) void ask('resources/unsubscribe', uri);
    },
    close,
  };
}
