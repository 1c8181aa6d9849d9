import type { IncomingMessage, ServerResponse } from 'node:http';
import { OWN_MCP_SESSION } from '../mcp/own-sessions.ts';
import {
  INVALID_REQUEST,
  isRequest,
  LANYARD_ERROR,
  type Outcome,
  type RpcMessage,
  type RpcRequest,
  refused,
} from '../mcp/rpc.ts';
import { answerEmpty, answerJson } from './http-answer.ts';
import { headerOf, isAcceptable, revisionRefusal } from './http-checks.ts';
import type { HttpFrontContext } from './http-front-context.ts';
import { createKeptEvents } from './kept-events.ts';
import { createMcpSession, type McpSession } from './mcp-session.ts';
import { createMcpSessions } from './mcp-sessions.ts';

/** JSON-RPC error code of an MCP session that is not there, as SDKs of the legacy era have it. */
const NO_SUCH_SESSION = -32001;

/** The legacy half of an HTTP front: MCP sessions (MCP 2025-03-26 to 2025-11-25, transports). */
export interface LegacyHttp {
  post(
    messages: readonly RpcMessage[],
    isBatch: boolean,
    request: IncomingMessage,
    response: ServerResponse,
    client: string,
  ): Promise<void>;
  /** Serves a GET or DELETE of an MCP session. */
  serve(request: IncomingMessage, response: ServerResponse, client: string): void;
  /** Ends every MCP session. */
  endAll(): void;
}

/** See {@link LegacyHttp}. */
export function createLegacyHttp({ responder, newId, schedule }: HttpFrontContext): LegacyHttp {
  const kept = createKeptEvents();
  const sessions = createMcpSessions(schedule);

  const initialize = async (message: RpcRequest, response: ServerResponse, client: string): Promise<void> => {
    const session = createMcpSession({ id: `${OWN_MCP_SESSION}${newId()}`, client, responder, newId, schedule, kept });
    if (!sessions.add(session)) {
      session.end();
      answerJson(
        response,
        503,
        message.id,
        refused(LANYARD_ERROR, 'Too many MCP sessions are in use. End some, or try again later.'),
      );
      return;
    }
    if (!(await session.initialize(message, response))) sessions.end(session);
  };

  /** The MCP session of a request; where there is none for it, it is answered with the reason. */
  const sessionOf = (request: IncomingMessage, response: ServerResponse, client: string): McpSession | undefined => {
    const refuse = (status: number, outcome: Outcome): undefined => {
      answerJson(response, status, null, outcome);
    };
    const id = headerOf(request, 'mcp-session-id');
    if (id === undefined)
      return refuse(400, refused(INVALID_REQUEST, 'Mcp-Session-Id is missing. Start with initialize.'));
    const session = sessions.use(id, client);
    if (!session)
      return refuse(404, refused(NO_SUCH_SESSION, 'This MCP session is over. Start again with initialize.'));
    const wrong = revisionRefusal(headerOf(request, 'mcp-protocol-version'));
    return wrong ? refuse(wrong.status, wrong.outcome) : session;
  };

  return {
    post: async (messages, isBatch, request, response, client) => {
      const [first] = messages;
      if (first && isRequest(first) && first.method === 'initialize') return initialize(first, response, client);
      sessionOf(request, response, client)?.post(messages, isBatch, response);
    },
    serve: (request, response, client) => {
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
    },
    endAll: () => sessions.endAll(),
  };
}
