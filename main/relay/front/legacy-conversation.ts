import type { Schedule } from '../../../shared/schedule.ts';
import type { Conversation, Responder } from '../mcp/responder.ts';
import {
  INTERNAL_ERROR,
  INVALID_PARAMS,
  INVALID_REQUEST,
  isNotification,
  isRequest,
  METHOD_NOT_FOUND,
  type Members,
  memberOf,
  type Outcome,
  type RequestId,
  type RpcMessage,
  type RpcNotification,
  type RpcRequest,
  refused,
} from '../mcp/rpc.ts';
import { pause } from '../pause.ts';
import { answerInRounds } from './input-rounds.ts';
import {
  discoveredCapabilities,
  type Introduction,
  initializeResult,
  modernRequest,
  readIntroduction,
} from './legacy-handshake.ts';
import type { LegacyLink } from './legacy-link.ts';
import { createLegacyQuestions } from './legacy-questions.ts';
import { legacyNotification, legacyOutcome } from './legacy-results.ts';
import { createLegacySubscriptions, type LegacySubscriptions } from './legacy-subscriptions.ts';
import { outcomeOf } from './outcome-of.ts';

/** Most requests of one client that are under way at once. */
const IN_FLIGHT_LIMIT = 1_000;

/** What a client hears that never said what it wants: servers of the legacy era send by themselves. */
const DEFAULT_LOG_LEVEL = 'info';

/** RFC 5424 section 6.2.1, in the words of MCP. One that servers do not know would spoil every later request. */
const LOG_LEVELS: ReadonlySet<unknown> = new Set([
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
]);

/** Of the modern era alone. */
const MODERN_METHODS: ReadonlySet<string> = new Set(['server/discover', 'subscriptions/listen']);

/** For what cannot be written as JSON again: a client that hears nothing waits for ever. */
const NOT_PASSED_ON = refused(INTERNAL_ERROR, 'The answer could not be passed on.');

/** What one conversation works with. */
export interface LegacyConversationContext {
  readonly responder: Responder;
  readonly conversation: Conversation;
  readonly link: LegacyLink;
  readonly newId: () => string;
  readonly schedule: Schedule;
}

/** One client of the legacy era (MCP up to 2025-11-25), over whatever transport. */
export interface LegacyConversation {
  /** The revision agreed on; `undefined` before `initialize` was answered. */
  readonly revision: string | undefined;
  /** Whether requests of the client are under way. */
  readonly isBusy: boolean;
  /** Takes a message of the client. Every request gets one answer by way of the link, unless it is cancelled. */
  handle(message: RpcMessage): void;
  /**
   * Calls off everything; requests under way get `outcome`, where there is one, as their answer. The responder is not
   * told: it may know the conversation by other requests too.
   */
  close(outcome?: Outcome): void;
}

interface Agreed {
  readonly introduction: Introduction;
  readonly capabilities: Members;
  readonly subscriptions: LegacySubscriptions;
}

/** Serves one client of the legacy era from a responder. */
export function createLegacyConversation(context: LegacyConversationContext): LegacyConversation {
  const { responder, conversation, link, newId, schedule } = context;
  const inFlight = new Map<RequestId, AbortController>();
  const questions = createLegacyQuestions(link, newId);
  let agreed: Agreed | undefined;
  let agreeing: Promise<unknown> = Promise.resolve();
  let logLevel: string | undefined;
  let closed = false;

  const initialize = async (request: RpcRequest, signal: AbortSignal): Promise<Outcome> => {
    const introduction = readIntroduction(request.params);
    if (!introduction) return refused(INVALID_PARAMS, 'initialize needs protocolVersion, capabilities and clientInfo.');
    const discover = modernRequest({ jsonrpc: '2.0', id: newId(), method: 'server/discover' }, introduction);
    const discovered = await outcomeOf(responder, discover, { conversation, signal, notify: () => {} });
    if ('error' in discovered || closed) return discovered;
    const capabilities = discoveredCapabilities(discovered.result);
    agreed?.subscriptions.close();
    const subscriptions = createLegacySubscriptions({
      responder,
      conversation,
      capabilities,
      modern: (message) => modernRequest(message, introduction),
      forward: (notification) => link.send(notification),
      newId,
      schedule,
    });
    agreed = { introduction, capabilities, subscriptions };
    return { result: initializeResult(discovered.result, introduction) };
  };

  const setLevel = (level: unknown): Outcome => {
    if (!LOG_LEVELS.has(level)) return refused(INVALID_PARAMS, 'logging/setLevel needs a level that MCP knows.');
    logLevel = String(level);
    return { result: {} };
  };

  const pass = async (request: RpcRequest, { introduction, capabilities }: Agreed, signal: AbortSignal) => {
    const level = logLevel ?? (capabilities.logging === undefined ? undefined : DEFAULT_LOG_LEVEL);
    const outcome = await answerInRounds(modernRequest(request, introduction, level), {
      answer: (message) =>
        outcomeOf(responder, message, {
          conversation,
          signal,
          notify: (notification) => {
            if (inFlight.has(request.id)) link.send(legacyNotification(notification), request.id);
          },
        }),
      ask: (question, until) => questions.ask(question, request.id, introduction.revision, until),
      capabilities: introduction.clientCapabilities,
      newId,
      pause: (ms, signal) => pause(schedule, ms, signal),
      signal,
    });
    return legacyOutcome(request, outcome);
  };

  const answer = async (request: RpcRequest, signal: AbortSignal): Promise<Outcome> => {
    const { method, params } = request;
    if (method === 'ping') return { result: {} };
    if (method === 'initialize') {
      const answered = initialize(request, signal);
      agreeing = answered;
      return answered;
    }
    // A client may send what follows `initialize` without waiting for its answer.
    await agreeing;
    if (!agreed) return refused(INVALID_REQUEST, `${method} came before initialize.`);
    if (method === 'logging/setLevel') return setLevel(params?.level);
    if (method === 'resources/subscribe' || method === 'resources/unsubscribe') {
      if (memberOf(agreed.capabilities.resources, 'subscribe') !== true)
        return refused(METHOD_NOT_FOUND, `The server does not offer ${method}.`);
      if (typeof params?.uri !== 'string') return refused(INVALID_PARAMS, `${method} needs a uri.`);
      const { subscriptions } = agreed;
      return method === 'resources/subscribe'
        ? subscriptions.subscribe(params.uri)
        : subscriptions.unsubscribe(params.uri);
    }
    if (MODERN_METHODS.has(method)) return refused(METHOD_NOT_FOUND, `${method} is not part of this revision.`);
    return pass(request, agreed, signal);
  };

  const take = async (request: RpcRequest): Promise<void> => {
    const { id } = request;
    const refuse = (why: string) => link.send({ jsonrpc: '2.0', id, ...refused(INVALID_REQUEST, why) }, id);
    if (inFlight.has(id)) return refuse(`There is a request with the id ${JSON.stringify(id)} already.`);
    if (inFlight.size >= IN_FLIGHT_LIMIT) return refuse(`More than ${IN_FLIGHT_LIMIT} requests at once.`);
    const abort = new AbortController();
    inFlight.set(id, abort);
    const outcome = await answer(request, abort.signal).catch(() => NOT_PASSED_ON);
    if (inFlight.get(id) !== abort) return;
    inFlight.delete(id);
    try {
      link.send({ jsonrpc: '2.0', id, ...outcome }, id);
    } catch {
      link.send({ jsonrpc: '2.0', id, ...NOT_PASSED_ON }, id);
    }
  };

  const cancel = (id: unknown): void => {
    if (typeof id !== 'string' && typeof id !== 'number') return;
    const abort = inFlight.get(id);
    if (!abort) return;
    // Questions are called off on the request's stream, so it goes last.
    abort.abort();
    inFlight.delete(id);
    link.drop(id);
  };

  const hear = ({ method, params }: RpcNotification): void => {
    if (method === 'notifications/cancelled') cancel(params?.requestId);
    else if (method === 'notifications/initialized') void agreeing.then(() => agreed?.subscriptions.start());
  };

  return {
    get revision() {
      return agreed?.introduction.revision;
    },
    get isBusy() {
      return inFlight.size > 0;
    },
    handle: (message) => {
      if (closed) return;
      if (isRequest(message)) void take(message);
      else if (isNotification(message)) hear(message);
      else questions.settle(message);
    },
    close: (outcome) => {
      if (closed) return;
      closed = true;
      agreed?.subscriptions.close();
      for (const [id, abort] of inFlight) {
        abort.abort();
        if (outcome) link.send({ jsonrpc: '2.0', id, ...outcome }, id);
      }
      inFlight.clear();
    },
  };
}
