import type { ServerResponse } from 'node:http';
import { type SeenRequest, sendJson, serve } from '../../fixtures.ts';
import type { Line } from './line-client.ts';

/** A message as a server gets it. */
export type Incoming = Line & { readonly id?: string | number };

/** What a scripted server does with one request; `undefined` leaves it to the server's own way. */
export type Script = (message: Incoming, response: ServerResponse, request: SeenRequest) => unknown;

/** A server of the legacy era with MCP sessions, whose listening streams and memory are in the test's hands. */
export interface LegacyServer {
  readonly origin: string;
  readonly seen: readonly SeenRequest[];
  /** What was posted, in order. */
  posts(method?: string): readonly (Incoming & { readonly mcpSessionId: string | undefined })[];
  /** Every listening stream that was opened. */
  readonly streams: readonly ServerResponse[];
  /** The MCP sessions that are known now. */
  readonly sessions: ReadonlySet<string>;
  /** Forgets all MCP sessions, as after a restart. */
  forget(): void;
}

/** Begins an event stream. */
export function events(response: ServerResponse): ServerResponse {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  return response;
}

/** One event. */
export function event(message: object, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`;
}

export const result = (id: unknown, value: unknown = {}) => ({ jsonrpc: '2.0', id, result: value });

/** Answers with JSON, as the last word of a {@link Script}. */
export function send(...answer: Parameters<typeof sendJson>): true {
  sendJson(...answer);
  return true;
}

/** Serves one; `script` answers whatever it does not leave alone by returning `undefined`. */
export async function legacyServer(
  script: Script = () => undefined,
  capabilities: object = { tools: { listChanged: true } },
): Promise<LegacyServer> {
  const sessions = new Set<string>();
  const streams: ServerResponse[] = [];
  let opened = 0;
  const { origin, seen } = await serve((request, response) => {
    const id = request.headers['mcp-session-id'];
    const message = (request.body ? JSON.parse(request.body) : {}) as Incoming;
    if (script(message, response, request) !== undefined) return;
    if (message.method === 'initialize') {
      opened += 1;
      sessions.add(`s-${opened}`);
      const answer = { protocolVersion: '2025-11-25', capabilities, serverInfo: { name: 'scripted', version: '1' } };
      return sendJson(response, 200, result(message.id, answer), { 'mcp-session-id': `s-${opened}` });
    }
    if (typeof id !== 'string' || !sessions.has(id))
      return sendJson(response, 404, { jsonrpc: '2.0', id: null, error: { code: -32001, message: 'no MCP session' } });
    if (request.method === 'GET') return void streams.push(events(response));
    if (request.method === 'DELETE') {
      sessions.delete(id);
      return response.writeHead(200).end();
    }
    if (message.id === undefined || message.method === undefined) return response.writeHead(202).end();
    return sendJson(response, 200, result(message.id, { session: id }));
  });
  return {
    origin,
    seen,
    streams,
    sessions,
    forget: () => sessions.clear(),
    posts: (method) =>
      seen
        .filter((request) => request.method === 'POST')
        .map(({ body, headers }) => ({
          ...(JSON.parse(body) as Incoming),
          mcpSessionId: headers['mcp-session-id'] as string | undefined,
        }))
        .filter((message) => method === undefined || message.method === method),
  };
}
