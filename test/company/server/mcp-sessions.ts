import { randomUUID } from 'node:crypto';
import {
  type AuthInfo,
  type McpHandlerRequestOptions,
  type McpServer,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { ServerChange } from './eras.ts';
import { createEventStore } from './event-store.ts';
import { isSubscribed } from './subscriptions.ts';

/** Serves revision 2025-11-25 and older: MCP sessions with `initialize`, a GET stream and DELETE. */
export interface McpSessions {
  fetch(request: Request, options?: McpHandlerRequestOptions): Promise<Response>;
  /** Tells every MCP session of a changed list, and those that subscribed of a changed resource. */
  announce(change: ServerChange): void;
  /** Forgets every MCP session, as a restarted server would: their next request gets 404. */
  end(): Promise<void>;
}

interface McpSession {
  readonly server: McpServer;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  /** Whose it is; nobody else's token may use it (MCP security best practices, session hijacking). */
  readonly subject: unknown;
}

const SESSION_NOT_FOUND = {
  jsonrpc: '2.0',
  id: null,
  error: { code: -32001, message: 'Session not found' },
};

/** No MCP sessions yet; `newServer` makes the SDK instance of each. */
export function createMcpSessions(newServer: () => McpServer): McpSessions {
  const sessions = new Map<string, McpSession>();

  const open = async (auth: AuthInfo | undefined): Promise<McpSession> => {
    const server = newServer();
    const session: McpSession = {
      server,
      subject: auth?.extra?.subject,
      transport: new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        eventStore: createEventStore(),
        onsessioninitialized: (id) => void sessions.set(id, session),
        onsessionclosed: (id) => void sessions.delete(id),
      }),
    };
    await server.connect(session.transport);
    return session;
  };

  return {
    fetch: async (request, options) => {
      const id = request.headers.get('mcp-session-id');
      const known = id === null ? await open(options?.authInfo) : sessions.get(id);
      if (!known || known.subject !== options?.authInfo?.extra?.subject) {
        return Response.json(SESSION_NOT_FOUND, { status: 404 });
      }
      return known.transport.handleRequest(request, options);
    },
    announce: (change) => {
      for (const { server } of sessions.values()) tell(server, change);
    },
    end: async () => {
      const ending = [...sessions.values()];
      sessions.clear();
      await Promise.all(ending.map(({ server }) => server.close()));
    },
  };
}

function tell(server: McpServer, change: ServerChange): void {
  if (change === 'tools') server.sendToolListChanged();
  else if (change === 'prompts') server.sendPromptListChanged();
  else if (change === 'resources') server.sendResourceListChanged();
  // A session that ends meanwhile needs to hear nothing.
  else if (isSubscribed(server, change.updated)) {
    server.server.sendResourceUpdated({ uri: change.updated }).catch(() => undefined);
  }
}
