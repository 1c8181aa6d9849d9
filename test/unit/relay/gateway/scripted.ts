import { createGateway, type GatewayContext, type GatewayServer } from '../../../../main/relay/gateway/gateway.ts';
import type { ServerLists } from '../../../../main/relay/lists/server-lists.ts';
import type { Conversation, Exchange, Responder } from '../../../../main/relay/mcp/responder.ts';
import type { Members, Outcome, RpcNotification, RpcRequest } from '../../../../main/relay/mcp/rpc.ts';
import { createVirtualTime } from '../../../virtual-time.ts';

/** A server whose answers a test writes, and that remembers what it was asked. */
export interface ScriptedServer extends GatewayServer {
  readonly asked: { readonly request: RpcRequest; readonly exchange: Exchange }[];
  /** Conversations that ended; "reset" for a reset. */
  readonly ended: string[];
  answer: (request: RpcRequest, exchange: Exchange) => Promise<Outcome>;
  isHidden: boolean;
}

export function complete(members: Members = {}): Outcome {
  return { result: { resultType: 'complete', ...members } };
}

export function scriptedServer(name: string, title = name.toUpperCase()): ScriptedServer {
  const asked: ScriptedServer['asked'] = [];
  const ended: string[] = [];
  const responder: Responder = {
    answer: (request, exchange) => {
      asked.push({ request, exchange });
      return server.answer(request, exchange);
    },
    end: (id) => void ended.push(id),
    reset: () => void ended.push('reset'),
  };
  const server: ScriptedServer = {
    name,
    title,
    responder,
    asked,
    ended,
    isHidden: false,
    presence: () => (server.isHidden ? 'hidden' : 'listed'),
    answer: async () => complete(),
  };
  return server;
}

/** Everything a server can do. */
export const FULL_CAPABILITIES = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  completions: {},
};

export function listsOf(lists: Partial<ServerLists> = {}): ServerLists {
  return { capabilities: FULL_CAPABILITIES, tools: [], resources: [], resourceTemplates: [], prompts: [], ...lists };
}

export function toolOf(name: string, members: Members = {}) {
  return { name, description: `Does ${name}`, inputSchema: { type: 'object' }, ...members };
}

/** Lists in memory that count how often they are refreshed. */
export function scriptedLists(initial: Readonly<Record<string, ServerLists>> = {}) {
  const known = new Map(Object.entries(initial));
  const listeners = new Set<(server: string) => void>();
  const refreshed: string[] = [];
  let next: Readonly<Record<string, ServerLists>> = {};
  const set = (server: string, lists: ServerLists | undefined) => {
    if (lists) known.set(server, lists);
    else known.delete(server);
    for (const listener of listeners) listener(server);
  };
  return {
    refreshed,
    listeners,
    set,
    /** What a refresh finds from now on. */
    serve: (lists: Readonly<Record<string, ServerLists>>) => {
      next = lists;
    },
    of: (server: string) => known.get(server),
    refresh: async (server: string) => {
      refreshed.push(server);
      const found = next[server];
      if (!found) throw new Error('unreachable');
      set(server, found);
      return found;
    },
    onChange: (listener: (server: string) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** A gateway with scripted servers, and a client that talks to it. */
export function scriptedGateway(
  servers: readonly ScriptedServer[],
  initial: Readonly<Record<string, ServerLists>> = {},
  others: Partial<GatewayContext> = {},
) {
  const time = createVirtualTime();
  const lists = scriptedLists(initial);
  const presenceListeners = new Set<() => void>();
  const gateway = createGateway({
    servers,
    mayReach: () => true,
    lists,
    visibleTools: (_server, tools) => tools,
    onPresenceChange: (listener) => {
      presenceListeners.add(listener);
      return () => void presenceListeners.delete(listener);
    },
    toolLimit: 80,
    statusText: (client) => `status of ${client}`,
    schedule: time.schedule,
    ...others,
  });
  let ids = 0;
  const start = (method: string, params: Members = {}, conversation: Partial<Conversation> = {}) => {
    ids += 1;
    const leaving = new AbortController();
    const notifications: RpcNotification[] = [];
    const request: RpcRequest = { jsonrpc: '2.0', id: ids, method, params };
    const outcome = gateway.answer(request, {
      conversation: { id: 'c1', client: 'claude', transport: 'http', ...conversation },
      signal: leaving.signal,
      notify: (notification) => void notifications.push(notification),
    });
    return { id: ids, outcome, notifications, leave: () => leaving.abort() };
  };
  return {
    gateway,
    time,
    lists,
    presenceListeners,
    presenceChanged: () => {
      for (const listener of presenceListeners) listener();
    },
    start,
    ask: (method: string, params: Members = {}, conversation: Partial<Conversation> = {}) =>
      start(method, params, conversation).outcome,
  };
}

/** The result of an outcome; fails the test where it is an error. */
export function resultOf(outcome: Outcome): Members {
  if ('error' in outcome) throw new Error(`answered ${outcome.error.code}: ${outcome.error.message}`);
  return outcome.result;
}

/** Numbers that look random and are the same in every run (mulberry32). */
export function createSeeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
