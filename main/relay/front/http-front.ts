import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Schedule } from '../../../shared/schedule.ts';
import type { Conversation, Exchange, Responder } from '../mcp/responder.ts';
import { MODERN_REVISION } from '../mcp/revisions.ts';
import {
  INVALID_REQUEST,
  isRequest,
  METHOD_NOT_FOUND,
  type Outcome,
  type RpcMessage,
  type RpcRequest,
  refused,
} from '../mcp/rpc.ts';
import { classifyPost } from './classify-post.ts';
import { createKnownHeaderArguments } from './header-arguments.ts';
import { answerEmpty, answerJson } from './http-answer.ts';
import { headerOf, isAcceptable, messageHeadersOf, postRefusal, readJson, revisionRefusal } from './http-checks.ts';
import { createKeptEvents } from './kept-events.ts';
import { createMcpSession, type McpSession } from './mcp-session.ts';
import { createMcpSessions } from './mcp-sessions.ts';
import { answerModern, statusOf } from './modern-http.ts';
import { isRemovedMethod } from './modern-methods.ts';
import { LANYARD_ERROR, outcomeOf } from './outcome-of.ts';
import { parameterHeaderFault } from './parameter-headers.ts';
import { standardHeaderFault } from './standard-headers.ts';

/** JSON-RPC error code of an MCP session that is not there, as SDKs of the legacy era have it. */
const NO_SUCH_SESSION = -32001;

/** What a front serves from. */
export interface HttpFrontContext {
  readonly responder: Responder;
  /** Unguessable: MCP sessions are named by it. */
  readonly newId: () => string;
  readonly schedule: Schedule;
}

/** Serves the clients of one address, of either era, over HTTP. */
export interface HttpFront {
  /**
   * Serves one admitted request of a client: guard and key are checked before. `body` is what was read of a POST, whole.
   * Resolves when the response is over. Never rejects.
   */
  handle(request: IncomingMessage, response: ServerResponse, body: Buffer | null, client: string): Promise<void>;
  /** Ends every MCP session: its next request is answered 404, so that clients initialise again. */
  endAll(): void;
  /** Ends everything; what comes after that is answered 503. */
  close(): void;
}

/** Makes a front; it holds no timers and no memory before its first request. */
export function createHttpFront({ responder, newId, schedule }: HttpFrontContext): HttpFront {
  const kept = createKeptEvents();
  const sessions = createMcpSessions(schedule);
  const headerArguments = createKnownHeaderArguments(schedule, newId);
  const modernConversations = new Map<string, Conversation>();
  const closing = new AbortController();

  const conversationOf = (client: string): Conversation => {
    const known = modernConversations.get(client) ?? { id: `modern:${client}`, client, transport: 'http' };
    modernConversations.set(client, known);
    return known;
  };

  const headerFault = async (
    message: RpcRequest,
    request: IncomingMessage,
    exchange: Exchange,
  ): Promise<Outcome | undefined> => {
    const fault = standardHeaderFault(message, messageHeadersOf(request));
    if (fault || message.method !== 'tools/call') return fault;
    const { client } = exchange.conversation;
    const expected = await headerArguments.of(client, message, (list) => outcomeOf(responder, list, exchange));
    return parameterHeaderFault(expected, message.params?.arguments, (name) => headerOf(request, name));
  };

  const serveModern = async (
    message: RpcRequest,
    request: IncomingMessage,
    response: ServerResponse,
    client: string,
  ): Promise<void> => {
    const conversation = conversationOf(client);
    const fault =
      (await headerFault(message, request, { conversation, signal: closing.signal, notify: () => {} })) ??
      (isRemovedMethod(message.method)
        ? refused(METHOD_NOT_FOUND, `${message.method} is not part of revision ${MODERN_REVISION}.`)
        : undefined);
    if (fault) return answerJson(response, statusOf(fault), message.id, fault);
    const onOutcome = (outcome: Outcome) => {
      if (message.method === 'tools/list' && 'result' in outcome) headerArguments.learn(client, outcome.result);
    };
    await answerModern(message, response, { responder, conversation, newId, schedule, onOutcome }, closing.signal);
  };

  const initialize = async (message: RpcRequest, response: ServerResponse, client: string): Promise<void> => {
    const session = createMcpSession({ id: `lanyard-${newId()}`, client, responder, newId, schedule, kept });
    if (!sessions.add(session)) {
      session.end();
      answerJson(response, 503, message.id, refused(LANYARD_ERROR, 'There are too many MCP sessions.'));
      return;
    }
    if (!(await session.initialize(message, response))) sessions.end(session);
  };

  const sessionOf = (request: IncomingMessage, response: ServerResponse, client: string): McpSession | undefined => {
    const refuse = (status: number, outcome: Outcome) => answerJson(response, status, null, outcome);
    const id = headerOf(request, 'mcp-session-id');
    if (id === undefined) {
      refuse(400, refused(INVALID_REQUEST, 'Mcp-Session-Id is missing. Start with initialize.'));
      return undefined;
    }
    const session = sessions.use(id, client);
    const wrong = revisionRefusal(headerOf(request, 'mcp-protocol-version'));
    if (!session) refuse(404, refused(NO_SUCH_SESSION, 'This MCP session is over. Start again with initialize.'));
    else if (wrong) refuse(wrong.status, wrong.outcome);
    return wrong ? undefined : session;
  };

  const serveLegacy = async (
    messages: readonly RpcMessage[],
    isBatch: boolean,
    request: IncomingMessage,
    response: ServerResponse,
    client: string,
  ): Promise<void> => {
    const [first] = messages;
    if (first && isRequest(first) && first.method === 'initialize') return initialize(first, response, client);
    sessionOf(request, response, client)?.post(messages, isBatch, response);
  };

  const post = async (request: IncomingMessage, response: ServerResponse, body: Buffer | null, client: string) => {
    const refusal = postRefusal(request);
    if (refusal) return answerJson(response, refusal.status, null, refusal.outcome);
    const read = readJson(body);
    if (!('document' in read)) return answerJson(response, read.status, null, read.outcome);
    const kind = classifyPost(read.document, messageHeadersOf(request));
    if (kind.kind === 'refused') return answerJson(response, kind.status, kind.id, kind.outcome);
    if (kind.kind === 'notification') return answerEmpty(response, 202);
    if (kind.kind === 'request') return serveModern(kind.request, request, response, client);
    return serveLegacy(kind.messages, kind.isBatch, request, response, client);
  };

  // Without an MCP session there is nothing to listen to or to end: the modern era posts, and nothing else.
  const serveSession = (request: IncomingMessage, response: ServerResponse, client: string): void => {
    const isModern = headerOf(request, 'mcp-protocol-version') === MODERN_REVISION;
    if (isModern || headerOf(request, 'mcp-session-id') === undefined) {
      answerJson(response, 405, null, refused(LANYARD_ERROR, 'Use POST.'), { allow: 'POST' });
      return;
    }
    const session = sessionOf(request, response, client);
    if (!session) return;
    if (request.method === 'DELETE') {
      sessions.end(session);
      answerEmpty(response, 200);
    } else if (isAcceptable(headerOf(request, 'accept'), ['text/event-stream'])) {
      session.listen(response, headerOf(request, 'last-event-id'));
    } else {
      answerJson(response, 406, null, refused(LANYARD_ERROR, 'The client must accept text/event-stream.'));
    }
  };

  const serve = async (request: IncomingMessage, response: ServerResponse, body: Buffer | null, client: string) => {
    if (closing.signal.aborted) return answerEmpty(response, 503);
    if (request.method === 'POST') return post(request, response, body, client);
    if (request.method === 'GET' || request.method === 'DELETE') return serveSession(request, response, client);
    const outcome = refused(LANYARD_ERROR, 'Use POST, GET or DELETE.');
    answerJson(response, 405, null, outcome, { allow: 'POST, GET, DELETE' });
  };

  return {
    handle: (request, response, body, client) =>
      new Promise((resolve) => {
        if (response.destroyed) return resolve();
        response.once('close', resolve);
        serve(request, response, body, client).catch(() => response.destroy());
      }),
    endAll: () => sessions.endAll(),
    close: () => {
      closing.abort();
      sessions.endAll();
      headerArguments.close();
      for (const { id } of modernConversations.values()) responder.end(id);
      modernConversations.clear();
    },
  };
}
