import {
  isNotification,
  isRequest,
  METHOD_NOT_FOUND,
  memberOf,
  type RpcMessage,
  type RpcNotification,
  refused,
} from '../mcp/rpc.ts';
import type { BackContext } from './context.ts';
import { answersQuestions } from './input-required.ts';
import { type ListeningStream, openListeningStream } from './listening-stream.ts';
import type { McpSession } from './mcp-session.ts';
import type { Recipient } from './upstream-call.ts';

/** What happens in an MCP session beside its requests: its GET stream, and the resources it is subscribed to. */
export interface SessionEvents {
  /** Hears every notification of the GET stream, which is open as long as somebody listens. Gives what ends that. */
  listen(listener: (notification: RpcNotification) => void): () => void;
  /** Resolves when the GET stream can be taken to be open, or not to come. */
  opened(): Promise<void>;
  /**
   * Opens the GET stream for as long as the MCP session lasts: many servers ask their questions there and not on the
   * stream of the request they belong to. Resolves as `opened`. Clients that answer questions get it from the start.
   */
  keepOpen(): Promise<void>;
  /** A call that may be meant by what comes on the GET stream. Gives what says that it is over. */
  join(call: Recipient): () => void;
  /** Subscribes to a resource, or counts one more subscriber; gives whether the server agreed within thirty seconds. */
  subscribe(uri: string): Promise<boolean>;
  unsubscribe(uri: string): void;
  close(): void;
}

/**
 * A stream counts as open after so many trips to the server: a new connection with TLS takes two or three, and some
 * servers say nothing on it until there is something to tell.
 */
const OPENING_TRIPS = 3;

/** No stream counts as open sooner, in ms: a server that is near may be busy. */
const SHORTEST_OPENING_MS = 25;

/** A server that has not agreed to a subscription by then is taken to refuse it, in ms. */
const SUBSCRIBE_LIMIT_MS = 30_000;

/** A call waits no longer for the stream, in ms. */
const LONGEST_OPENING_MS = 500;

/**
 * The call that a message of the GET stream belongs to. Progress says which. Of the calls within which a client may be
 * asked there is one at most; were there more, it would be the one that began last, before all one whose client is
 * there. A log message that may be of several calls is nobody's: they may be of several programs.
 */
export function recipientOf(message: RpcMessage, calls: Iterable<Recipient>): Recipient | undefined {
  const latest = [...calls].reverse();
  if (isRequest(message)) {
    const able = latest.filter((call) => call.mayAsk(message));
    return able.find(({ isHeard }) => isHeard) ?? able[0];
  }
  if (!isNotification(message)) return undefined;
  if (message.method === 'notifications/message')
    return latest.length === 1 && latest[0]?.isHeard ? latest[0] : undefined;
  if (message.method !== 'notifications/progress') return undefined;
  const token = memberOf(message.params, 'progressToken');
  return latest.find(({ id }) => id === token);
}

/**
 * The events of one MCP session. A server's question on the GET stream goes to a call under way; while there is none,
 * nothing in the modern era could carry it, and it is refused.
 */
export function createSessionEvents({ access, schedule }: BackContext, session: McpSession): SessionEvents {
  const listeners = new Set<(notification: RpcNotification) => void>();
  const subscribers = new Map<string, { count: number; agreed: Promise<boolean> }>();
  const calls = new Set<Recipient>();
  let stream: ListeningStream | undefined;
  let isKept = false;

  const ask = (method: string, uri: string): Promise<boolean> =>
    session.ask(method, { uri }, { limitMs: SUBSCRIBE_LIMIT_MS }).then(
      ({ outcome }) => outcome !== undefined && 'result' in outcome,
      () => false,
    );

  const meet = (message: RpcMessage) => {
    const recipient = recipientOf(message, calls);
    if (recipient) recipient.meet(message);
    else if (isRequest(message)) {
      const { id, method } = message;
      const isPing = method === 'ping';
      session.reply(
        id,
        isPing ? { result: {} } : refused(METHOD_NOT_FOUND, `${method} is answered within requests alone.`),
      );
    } else if (isNotification(message)) for (const listener of [...listeners]) listener(message);
  };

  const open = () => {
    stream?.close();
    stream = openListeningStream({
      access,
      schedule,
      openingMs: Math.min(Math.max(OPENING_TRIPS * session.tripMs(), SHORTEST_OPENING_MS), LONGEST_OPENING_MS),
      headers: () => session.headers(),
      onMessage: meet,
      onGone: () => void session.reopen().catch(() => {}),
    });
  };

  const close = () => {
    stream?.close();
    stream = undefined;
  };

  // The server has forgotten what it was told in the MCP session before.
  session.onOpen(({ mcpSessionId }) => {
    // Opened ahead, so that the first call need not wait for it.
    isKept ||= mcpSessionId !== undefined && answersQuestions(session.profile.capabilities);
    if (listeners.size > 0 || isKept) open();
    for (const [uri, subscriber] of subscribers) subscriber.agreed = ask('resources/subscribe', uri);
  });

  return {
    listen: (listener) => {
      listeners.add(listener);
      if (!stream) open();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && !isKept) close();
      };
    },
    opened: async () => stream?.opened,
    keepOpen: async () => {
      isKept = true;
      if (!stream) open();
      await stream?.opened;
    },
    join: (call) => {
      calls.add(call);
      return () => void calls.delete(call);
    },
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
