import { PRODUCT } from '../../../shared/product.ts';
import type { Schedule } from '../../../shared/schedule.ts';
import type { Lists } from '../lists/server-lists.ts';
import type { Exchange } from '../mcp/responder.ts';
import { META, metaOf } from '../mcp/revisions.ts';
import {
  INTERNAL_ERROR,
  INVALID_PARAMS,
  type Outcome,
  type RpcNotification,
  type RpcRequest,
  refused,
} from '../mcp/rpc.ts';
import { ownResult } from './answers-at-once.ts';
import { setNewest } from './bounded-map.ts';
import type { Catalogue } from './catalogue.ts';
import { changedKinds, type Fingerprint, fingerprintOf } from './fingerprint.ts';
import {
  honoured,
  type ListenFilter,
  listenFilterSchema,
  type PlannedListen,
  planListens,
  wants,
} from './listen-plan.ts';
import { createRefreshing } from './refreshing.ts';
import type { SeenInConversations } from './seen-uris.ts';
import { createSettling } from './settle.ts';
import { keepListening } from './standing-listen.ts';
import { translateNotification } from './translate.ts';
import { shownUri } from './uri-routes.ts';

/** Listenings at a time, of one conversation and of all: what a client forgets to close is bounded. */
const CONVERSATION_LIMIT = 64;
const LISTENER_LIMIT = 1024;
/** So many conversations are remembered that listened once: far more than there are programs. */
const TOLD_LIMIT = 500;

/** What listening is made from. */
export interface ListeningContext {
  readonly catalogue: Catalogue;
  readonly lists: Lists;
  readonly onPresenceChange: (listener: () => void) => () => void;
  readonly toolLimit: number;
  readonly seen: SeenInConversations;
  readonly schedule: Schedule;
}

/** Everything about `subscriptions/listen`. */
export interface Listening {
  /** Acknowledges at once, and settles when it is over. */
  answer(request: RpcRequest, exchange: Exchange): Promise<Outcome>;
  /** A server said, wherever that was, that its lists changed. */
  listsChanged(server: string): void;
  end(conversationId: string): void;
  /** Another person is there: what the servers were listened to for the one before ends, and is begun anew. */
  reset(): void;
}

interface Listener {
  readonly request: RpcRequest;
  readonly exchange: Exchange;
  readonly filter: ListenFilter;
  /** By server: what it is listened to for, and what ends that. */
  readonly standing: Map<string, { readonly key: string; readonly stop: () => void }>;
  fingerprint: Fingerprint;
  readonly finish: () => void;
}

/** Whether a notification says that a server's lists changed. */
export function isListChange({ method }: RpcNotification): boolean {
  return /^notifications\/(?:tools|prompts|resources)\/list_changed$/.test(method);
}

function stamped(notification: RpcNotification, { request }: Listener): RpcNotification {
  const { params } = notification;
  const meta = { ...metaOf(params), [META.subscriptionId]: request.id };
  return { ...notification, params: { ...params, _meta: meta } };
}

/** See {@link Listening}. */
export function createListening(context: ListeningContext): Listening {
  const { catalogue, lists, onPresenceChange, toolLimit, seen, schedule } = context;
  const listeners = new Set<Listener>();
  // A client that listens anew, as after a reset, hears of what changed in between.
  const lastTold = new Map<string, Fingerprint>();
  const refreshing = createRefreshing(lists, schedule);
  let openings = 0;
  let unwatch = () => {};

  const tell = (listener: Listener, notification: RpcNotification) =>
    listener.exchange.notify(stamped(notification, listener));

  const hear = (listener: Listener, { server, askedUris }: PlannedListen, notification: RpcNotification) => {
    if (isListChange(notification)) return refreshing.changed(server.name);
    const { conversation } = listener.exchange;
    const shown = (uri: string) =>
      askedUris.get(uri) ??
      shownUri(catalogue.reachable(conversation.client), seen.of(conversation.id), server.name, uri);
    const translation = { server: server.name, target: '', isTask: false, shownUri: shown };
    tell(listener, translateNotification(notification, translation));
  };

  const listenTo = (listener: Listener, planned: PlannedListen): (() => void) =>
    keepListening({
      schedule,
      onStandingAgain: () => refreshing.missed(planned.server.name),
      open: async (signal, onStanding) => {
        openings += 1;
        const { progressToken: _ours, ...meta } = metaOf(listener.request.params);
        const params = { _meta: meta, notifications: planned.filter };
        const id = `${PRODUCT.command}-listen-${openings}`;
        return planned.server.responder.answer(
          { jsonrpc: '2.0', id, method: 'subscriptions/listen', params },
          {
            conversation: listener.exchange.conversation,
            signal,
            notify: (notification) => {
              if (signal.aborted) return;
              if (notification.method === 'notifications/subscriptions/acknowledged') onStanding();
              else hear(listener, planned, notification);
            },
          },
        );
      },
    });

  // What is listened to already, and still wanted, goes on.
  const reconcile = (listener: Listener) => {
    const { client, id } = listener.exchange.conversation;
    const plan = planListens(listener.filter, catalogue.reachable(client), seen.of(id));
    const keys = new Map(plan.map((planned) => [planned.server.name, JSON.stringify(planned.filter)]));
    for (const [server, { key, stop }] of listener.standing) {
      if (keys.get(server) === key) continue;
      stop();
      listener.standing.delete(server);
    }
    for (const planned of plan) {
      const { name } = planned.server;
      if (listener.standing.has(name)) continue;
      listener.standing.set(name, { key: keys.get(name) ?? '', stop: listenTo(listener, planned) });
    }
  };

  const compare = () => {
    const fingerprints = new Map<string, Fingerprint>();
    for (const listener of listeners) {
      reconcile(listener);
      const { client, id } = listener.exchange.conversation;
      const now = fingerprints.get(client) ?? fingerprintOf(catalogue, toolLimit, client);
      fingerprints.set(client, now);
      const changed = changedKinds(listener.fingerprint, now).filter((kind) => wants(listener.filter, kind));
      listener.fingerprint = now;
      setNewest(lastTold, id, now, TOLD_LIMIT);
      for (const kind of changed) tell(listener, { jsonrpc: '2.0', method: `notifications/${kind}/list_changed` });
    }
  };
  const settling = createSettling(schedule, compare);

  // Nobody listens: nothing is watched.
  const add = (listener: Listener) => {
    if (listeners.size === 0) {
      const offs = [lists.onChange(settling.touch), onPresenceChange(settling.touch)];
      unwatch = () => {
        for (const off of offs) off();
        settling.stop();
        refreshing.stop();
      };
    }
    listeners.add(listener);
  };
  const remove = (listener: Listener) => {
    if (!listeners.delete(listener)) return;
    for (const { stop } of listener.standing.values()) stop();
    if (listeners.size === 0) unwatch();
  };

  const listen = (request: RpcRequest, exchange: Exchange, filter: ListenFilter): Promise<Outcome> =>
    new Promise((resolve) => {
      const { signal, conversation } = exchange;
      const finish = () => {
        signal.removeEventListener('abort', finish);
        remove(listener);
        const { result } = ownResult({}) as { result: { _meta: object } };
        resolve({ result: { ...result, _meta: { ...result._meta, [META.subscriptionId]: request.id } } });
      };
      const now = fingerprintOf(catalogue, toolLimit, conversation.client);
      const fingerprint = lastTold.get(conversation.id) ?? now;
      const listener: Listener = { request, exchange, filter, standing: new Map(), fingerprint, finish };
      const method = 'notifications/subscriptions/acknowledged';
      tell(listener, { jsonrpc: '2.0', method, params: { notifications: filter } });
      if (signal.aborted || Object.keys(filter).length === 0) return finish();
      signal.addEventListener('abort', finish, { once: true });
      add(listener);
      setNewest(lastTold, conversation.id, fingerprint, TOLD_LIMIT);
      if (changedKinds(fingerprint, now).length > 0) settling.touch();
      reconcile(listener);
    });

  const endWhere = (isOver: (listener: Listener) => boolean) => {
    for (const listener of [...listeners]) if (isOver(listener)) listener.finish();
  };

  return {
    answer: async (request, exchange) => {
      const asked = listenFilterSchema.safeParse(request.params?.notifications);
      if (!asked.success) return refused(INVALID_PARAMS, 'params.notifications has to say what to listen for.');
      const own = [...listeners].filter((one) => one.exchange.conversation.id === exchange.conversation.id);
      if (listeners.size >= LISTENER_LIMIT || own.length >= CONVERSATION_LIMIT) {
        return refused(INTERNAL_ERROR, 'Too many subscriptions are open at once. Close one first.');
      }
      return listen(request, exchange, honoured(asked.data));
    },
    listsChanged: refreshing.changed,
    end: (conversationId) => {
      endWhere(({ exchange }) => exchange.conversation.id === conversationId);
      lastTold.delete(conversationId);
    },
    // Clients stay: they hear that the lists are other ones, and whoever saw a listening end may never listen again.
    reset: () => {
      for (const { standing } of listeners) {
        for (const { stop } of standing.values()) stop();
        standing.clear();
      }
      if (listeners.size > 0) settling.touch();
    },
  };
}
