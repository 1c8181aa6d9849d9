import type { Schedule } from '../../../shared/schedule.ts';
import type { Exchange, Responder } from '../mcp/responder.ts';
import {
  METHOD_NOT_FOUND,
  type Members,
  MISSING_CLIENT_CAPABILITY,
  memberOf,
  type Outcome,
  type RpcRequest,
  refused,
} from '../mcp/rpc.ts';
import { discover, ownCacheable, ownResult } from './answers-at-once.ts';
import { type CatalogueContext, createCatalogue } from './catalogue.ts';
import { createListening, isListChange } from './listening.ts';
import { OWN_TOOLS } from './names.ts';
import { calledParams, findResult, statusResult, toolFailure } from './own-tools.ts';
import {
  declaresTasks,
  NEEDS_TASKS,
  type Routed,
  routeCompletion,
  routeNamed,
  routeResource,
  routeTask,
  TASK_METHODS,
  TASKS_REQUIRED,
} from './routed-requests.ts';
import { createSeenInConversations } from './seen-uris.ts';
import { shownTools } from './shown-tools.ts';
import { type Translation, translateNotification, translateOutcome } from './translate.ts';
import { shownUri } from './uri-routes.ts';

export type { GatewayServer } from './catalogue.ts';

/** What a gateway is made from. */
export interface GatewayContext extends CatalogueContext {
  /** The presence of a server, the tool rules, or what a client may reach may have changed. */
  readonly onPresenceChange: (listener: () => void) => () => void;
  /** A client that would see more tools gets two that search and call instead. */
  readonly toolLimit: number;
  /** How things stand, in words for the person. */
  readonly statusText: (client: string) => string;
  readonly schedule: Schedule;
}

/** Methods that always name something. */
const ROUTED_METHODS = ['prompts/get', 'resources/read', 'tasks/get', 'tasks/update', 'tasks/cancel'];

/** The member of `params` by which a family of methods names what it is about. */
const NAMING_MEMBERS: Readonly<Record<string, string>> = {
  'tools/': 'name',
  'prompts/': 'name',
  'resources/': 'uri',
  'tasks/': 'taskId',
};

/**
 * One MCP server made of all. Lists are answered at once from the last known copies, whatever the servers do; calls go
 * to the server they are for, and wait for no other.
 */
export function createGateway(context: GatewayContext): Responder {
  const { servers, toolLimit, statusText } = context;
  const catalogue = createCatalogue(context);
  const seen = createSeenInConversations();
  const listening = createListening({ ...context, catalogue, seen });

  const send = async (request: RpcRequest, exchange: Exchange, routed: Routed | Outcome): Promise<Outcome> => {
    if (!('route' in routed)) return routed;
    const { route, params, askedUri } = routed;
    const { conversation, signal } = exchange;
    const { server, target } = route;
    // Made when it is needed: lists may change while a call is under way.
    const translation = (): Translation => {
      const reachable = catalogue.reachable(conversation.client);
      const ofConversation = seen.of(conversation.id);
      return {
        server: server.name,
        target,
        isTask: request.method.startsWith('tasks/'),
        shownUri: (uri) =>
          askedUri !== undefined && uri === target ? askedUri : shownUri(reachable, ofConversation, server.name, uri),
      };
    };
    const outcome = await server.responder.answer(
      { ...request, params },
      {
        conversation,
        signal,
        notify: (notification) => {
          if (isListChange(notification)) listening.listsChanged(server.name);
          else exchange.notify(translateNotification(notification, translation()));
        },
      },
    );
    return translateOutcome(outcome, translation());
  };

  const toolNames = (client: string) => () => catalogue.tools(client).map(({ entry }) => entry.name);
  const promptNames = (client: string) => () => catalogue.prompts(client).map(({ name }) => String(name));

  const call = async (request: RpcRequest, exchange: Exchange): Promise<Outcome> => {
    const { client } = exchange.conversation;
    const { params = {} } = request;
    const route = (to: Members) => routeNamed(catalogue.reachable(client), 'tools', to, toolNames(client));
    if (params.name === OWN_TOOLS.status) return statusResult(statusText(client));
    if (params.name === OWN_TOOLS.find) return findResult(catalogue.tools(client), params.arguments);
    if (params.name !== OWN_TOOLS.call) return send(request, exchange, route(params));
    const called = calledParams(params);
    if (!called) return toolFailure('The arguments are the name of a tool, and an object with its arguments.');
    const routed = route(called);
    // The model chose that name, so the model has to hear what is wrong with it.
    return 'error' in routed ? toolFailure(routed.error.message) : send(request, exchange, routed);
  };

  const complete = async (request: RpcRequest, exchange: Exchange): Promise<Outcome> => {
    const { client, id } = exchange.conversation;
    const reachable = catalogue.reachable(client);
    const routed = routeCompletion(reachable, seen.of(id), request.params ?? {}, promptNames(client));
    if ('route' in routed) {
      // We declare completions for all servers; one that has none completes nothing.
      const owner = reachable.find(({ server }) => server === routed.route.server);
      const hasNone = owner?.index && memberOf(owner.index.lists.capabilities, 'completions') === undefined;
      if (hasNone) return ownResult({ completion: { values: [] } });
    }
    return send(request, exchange, routed);
  };

  const answer = async (request: RpcRequest, exchange: Exchange): Promise<Outcome> => {
    const { client, id } = exchange.conversation;
    const { method, params = {} } = request;
    const reachable = () => catalogue.reachable(client);
    switch (method) {
      case 'server/discover':
        return discover(reachable());
      case 'tools/list':
        return ownCacheable({ tools: shownTools(catalogue, toolLimit, client) });
      case 'prompts/list':
        return ownCacheable({ prompts: catalogue.prompts(client) });
      case 'resources/list':
        return ownCacheable({ resources: catalogue.resources(client) });
      case 'resources/templates/list':
        return ownCacheable({ resourceTemplates: catalogue.resourceTemplates(client) });
      case 'subscriptions/listen':
        return listening.answer(request, exchange);
      case 'tools/call':
        return call(request, exchange);
      case 'completion/complete':
        return complete(request, exchange);
    }
    // Methods of extensions go to the server of what they name; those that name nothing are nobody's.
    const family = method.slice(0, method.indexOf('/') + 1);
    const names = NAMING_MEMBERS[family];
    if (names === undefined || (params[names] === undefined && !ROUTED_METHODS.includes(method))) {
      return refused(METHOD_NOT_FOUND, `There is no method ${method.slice(0, 100)}.`);
    }
    if (family === 'resources/') return send(request, exchange, routeResource(reachable(), seen.of(id), params));
    if (family === 'tasks/') {
      if (!TASK_METHODS.has(method)) return refused(METHOD_NOT_FOUND, `There is no method ${method.slice(0, 100)}.`);
      if (!declaresTasks(params)) return refused(MISSING_CLIENT_CAPABILITY, NEEDS_TASKS, TASKS_REQUIRED);
      return send(request, exchange, routeTask(reachable(), params));
    }
    const [kind, known] =
      family === 'tools/' ? (['tools', toolNames(client)] as const) : (['prompts', promptNames(client)] as const);
    return send(request, exchange, routeNamed(reachable(), kind, params, known));
  };

  return {
    answer,
    end: (conversationId) => {
      listening.end(conversationId);
      seen.end(conversationId);
      for (const { responder } of servers) responder.end(conversationId);
    },
    reset: () => {
      listening.reset();
      seen.reset();
      for (const { responder } of servers) responder.reset();
    },
  };
}
