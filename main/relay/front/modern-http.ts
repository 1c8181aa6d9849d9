import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Conversation } from '../mcp/responder.ts';
import { MODERN_REVISION } from '../mcp/revisions.ts';
import { METHOD_NOT_FOUND, type Outcome, type RpcRequest, refused } from '../mcp/rpc.ts';
import { personChanged } from '../server-faults.ts';
import { createKnownHeaderArguments } from './header-arguments.ts';
import { answerJson } from './http-answer.ts';
import { headerOf, messageHeadersOf } from './http-checks.ts';
import type { HttpFrontContext } from './http-front-context.ts';
import { answerModern, statusOf } from './modern-exchange.ts';
import { isRemovedMethod } from './modern-methods.ts';
import { outcomeOf, outcomeOfFault } from './outcome-of.ts';
import { parameterHeaderFault } from './parameter-headers.ts';
import { standardHeaderFault } from './standard-headers.ts';

/** The modern half of an HTTP front: each POST stands for itself (MCP 2026-07-28, basic/transports/streamable-http). */
export interface ModernHttp {
  /** Answers a request whose `_meta` was found right. */
  post(message: RpcRequest, request: IncomingMessage, response: ServerResponse, client: string): Promise<void>;
  /** Another person is there: what is under way is not theirs. Listening goes on, and hears of it. */
  endCalls(): void;
  /** Ends every exchange. */
  close(): void;
}

/** See {@link ModernHttp}. */
export function createModernHttp({ responder, newId, schedule }: HttpFrontContext): ModernHttp {
  const headerArguments = createKnownHeaderArguments(schedule, newId);
  const conversations = new Map<string, Conversation>();
  const closing = new AbortController();
  let person = new AbortController();

  const conversationOf = (client: string): Conversation => {
    const known = conversations.get(client) ?? { id: `modern:${client}`, client, transport: 'http' };
    conversations.set(client, known);
    return known;
  };

  const faultOf = async (
    message: RpcRequest,
    request: IncomingMessage,
    conversation: Conversation,
    signal: AbortSignal,
  ): Promise<Outcome | undefined> => {
    const { method, params } = message;
    const fault = standardHeaderFault(message, messageHeadersOf(request));
    if (fault) return fault;
    if (isRemovedMethod(method))
      return refused(METHOD_NOT_FOUND, `${method} is not part of revision ${MODERN_REVISION}.`);
    if (method !== 'tools/call') return undefined;
    const exchange = { conversation, signal, notify: () => {} };
    const expected = await headerArguments.of(conversation.client, message, (list) =>
      outcomeOf(responder, list, exchange),
    );
    return parameterHeaderFault(expected, params?.arguments, (name) => headerOf(request, name));
  };

  return {
    post: async (message, request, response, client) => {
      const conversation = conversationOf(client);
      const isListening = message.method === 'subscriptions/listen';
      const signal = isListening ? closing.signal : AbortSignal.any([closing.signal, person.signal]);
      const fault = await faultOf(message, request, conversation, signal);
      if (signal.aborted) return answerJson(response, 200, message.id, outcomeOfFault(personChanged()));
      if (fault) return answerJson(response, statusOf(fault), message.id, fault);
      const onOutcome = (outcome: Outcome) => {
        if (message.method === 'tools/list' && 'result' in outcome) headerArguments.learn(client, outcome.result);
      };
      const context = { responder, conversation, newId, schedule, onOutcome };
      await answerModern(message, response, context, signal);
    },
    endCalls: () => {
      person.abort();
      person = new AbortController();
    },
    close: () => {
      closing.abort();
      headerArguments.close();
      for (const { id } of conversations.values()) responder.end(id);
      conversations.clear();
    },
  };
}
