import type { Schedule } from '../../../shared/schedule.ts';
import type { Conversation, Responder } from '../mcp/responder.ts';
import {
  INVALID_REQUEST,
  METHOD_NOT_FOUND,
  type Members,
  memberOf,
  type Outcome,
  type RpcNotification,
  type RpcRequest,
  refused,
} from '../mcp/rpc.ts';
import { legacyNotification } from './legacy-results.ts';
import { outcomeOf } from './outcome-of.ts';

/** Most resources one client watches. */
const URI_LIMIT = 1_000;

/** How long a server may take to acknowledge before it counts as done, in ms: a client waits for it. */
const ACKNOWLEDGE_LIMIT_MS = 10_000;

/** Pauses before a listening that ended is opened again, in ms; doubled until one has lasted. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const LASTED_MS = 10_000;

/** What a client of the legacy era hears of by itself, kept in step with one `subscriptions/listen` exchange. */
export interface LegacySubscriptions {
  /** The client is ready to hear of changes. */
  start(): void;
  /** Settles when the server has acknowledged. */
  subscribe(uri: string): Promise<Outcome>;
  unsubscribe(uri: string): Promise<Outcome>;
  /** Nothing goes out any more. */
  close(): void;
}

/** What the subscriptions of one client work with. */
export interface SubscriptionsContext {
  readonly responder: Responder;
  readonly conversation: Conversation;
  /** The server's, as discovered. */
  readonly capabilities: Members;
  /** Adds to a request who asks. */
  readonly modern: (request: RpcRequest) => RpcRequest;
  readonly forward: (notification: RpcNotification) => void;
  readonly newId: () => string;
  readonly schedule: Schedule;
}

interface Listening {
  /** `undefined` when acknowledged; otherwise what it ended with before that. */
  readonly acknowledged: Promise<Outcome | undefined>;
  readonly ended: Promise<Outcome>;
  /** Aborted by `end`. */
  readonly signal: AbortSignal;
  end(): void;
}

/** The filter of `subscriptions/listen`: what the server offers to tell, and the resources that are watched. */
export function listenFilter(capabilities: Members, uris: ReadonlySet<string>): Members {
  const changes = (name: string) => memberOf(capabilities[name], 'listChanged') === true;
  return {
    ...(changes('tools') && { toolsListChanged: true }),
    ...(changes('prompts') && { promptsListChanged: true }),
    ...(changes('resources') && { resourcesListChanged: true }),
    ...(uris.size > 0 && { resourceSubscriptions: [...uris] }),
  };
}

function listen(context: SubscriptionsContext, notifications: Members): Listening {
  const { responder, conversation, modern, forward, newId, schedule } = context;
  const abort = new AbortController();
  const acknowledged = Promise.withResolvers<Outcome | undefined>();
  const request = modern({ jsonrpc: '2.0', id: newId(), method: 'subscriptions/listen', params: { notifications } });
  const ended = outcomeOf(responder, request, {
    conversation,
    signal: abort.signal,
    notify: (notification) => {
      if (notification.method === 'notifications/subscriptions/acknowledged') acknowledged.resolve(undefined);
      else if (!abort.signal.aborted && notification.method !== 'notifications/cancelled')
        forward(legacyNotification(notification));
    },
  });
  const cancelLimit = schedule(ACKNOWLEDGE_LIMIT_MS, () => acknowledged.resolve(undefined));
  ended.then(acknowledged.resolve);
  acknowledged.promise.then(cancelLimit);
  abort.signal.addEventListener('abort', () => acknowledged.resolve(undefined));
  return { acknowledged: acknowledged.promise, ended, signal: abort.signal, end: () => abort.abort() };
}

/** Keeps what a client subscribed to in one exchange: a new one is acknowledged before the old one is ended. */
export function createLegacySubscriptions(context: SubscriptionsContext): LegacySubscriptions {
  const { capabilities, schedule } = context;
  const uris = new Set<string>();
  let current: Listening | undefined;
  let opening: Listening | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let pauseMs = FIRST_PAUSE_MS;
  let cancelReopen = () => {};
  let closed = false;

  const watch = (listening: Listening) => {
    const cancelLasted = schedule(LASTED_MS, () => {
      pauseMs = FIRST_PAUSE_MS;
    });
    listening.signal.addEventListener('abort', cancelLasted);
    listening.ended.then((outcome) => {
      cancelLasted();
      if (closed || current !== listening) return;
      current = undefined;
      if ('error' in outcome && outcome.error.code === METHOD_NOT_FOUND) return;
      cancelReopen = schedule(pauseMs, () => void inTurn(renew));
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    });
  };

  // What a server refuses leaves the listening that there was.
  const renew = async (): Promise<Outcome | undefined> => {
    cancelReopen();
    if (closed) return undefined;
    const before = current;
    const filter = listenFilter(capabilities, uris);
    if (Object.keys(filter).length === 0) {
      current = undefined;
      before?.end();
      return undefined;
    }
    const next = listen(context, filter);
    opening = next;
    const refusal = await next.acknowledged;
    opening = undefined;
    if (refusal && 'error' in refusal && before) return refusal;
    current = next;
    before?.end();
    watch(next);
    if (closed) next.end();
    return refusal && 'error' in refusal ? refusal : undefined;
  };

  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const done = turn.then(act);
    turn = done.catch(() => {});
    return done;
  };

  const change = (uri: string, wanted: boolean): Promise<Outcome> =>
    inTurn(async () => {
      if (uris.has(uri) === wanted) return { result: {} };
      if (wanted && uris.size >= URI_LIMIT) return refused(INVALID_REQUEST, `No more than ${URI_LIMIT} subscriptions.`);
      if (wanted) uris.add(uri);
      else uris.delete(uri);
      const refusal = await renew();
      if (!refusal || !wanted) return { result: {} };
      uris.delete(uri);
      return refusal;
    });

  return {
    start: () => void inTurn(async () => current ?? renew()),
    subscribe: (uri) => change(uri, true),
    unsubscribe: (uri) => change(uri, false),
    close: () => {
      closed = true;
      cancelReopen();
      opening?.end();
      current?.end();
    },
  };
}
