import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import type { Responder } from '../../../../main/relay/mcp/responder.ts';
import {
  METHOD_NOT_FOUND,
  type Members,
  type Outcome,
  type RpcRequest,
  refused,
} from '../../../../main/relay/mcp/rpc.ts';

/** The SDK's own server of the modern era, asked by HTTP messages, as it would be over a socket. */
export function sdkServer(register: (server: McpServer) => void): Responder {
  const handler = createMcpHandler(
    () => {
      const server = new McpServer({ name: 'notes-server', version: '3.1.0' }, { instructions: 'Write short notes.' });
      register(server);
      return server;
    },
    { legacy: 'reject' },
  );
  return {
    answer: async (request, { signal }) => {
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': request.method,
      };
      const body = JSON.stringify(request);
      const response = await handler.fetch(
        new Request('http://127.0.0.1/mcp', { method: 'POST', headers, body, signal }),
      );
      const text = await response.text();
      const data = response.headers.get('content-type')?.startsWith('text/event-stream')
        ? text
            .split('\n')
            .findLast((line) => line.startsWith('data: '))
            ?.slice('data: '.length)
        : text;
      return JSON.parse(data ?? '') as Outcome;
    },
    end: () => {},
    reset: () => {},
  };
}

/** What a {@link scriptedServer} says to each method; a function gets the request. */
export type Script = Readonly<Record<string, Outcome | ((request: RpcRequest) => Outcome | Promise<Outcome>)>>;

/** A responder that says what the test wants, and records what it is asked. */
export interface ScriptedServer extends Responder {
  readonly seen: readonly RpcRequest[];
  readonly ended: readonly string[];
  /** Says other things from now on. */
  follow(script: Script): void;
}

export const result = (members: Members): Outcome => ({ result: { resultType: 'complete', ...members } });

export const discovered = (capabilities: Members): Outcome =>
  result({ supportedVersions: ['2026-07-28'], capabilities, ttlMs: 0, cacheScope: 'private' });

/** See {@link ScriptedServer}. */
export function scriptedServer(first: Script): ScriptedServer {
  const seen: RpcRequest[] = [];
  const ended: string[] = [];
  let script = first;
  return {
    seen,
    ended,
    follow: (next) => {
      script = next;
    },
    answer: async (request) => {
      seen.push(request);
      const said = script[request.method];
      if (said === undefined) return refused(METHOD_NOT_FOUND, 'Method not found');
      return typeof said === 'function' ? said(request) : said;
    },
    end: (id) => void ended.push(id),
    reset: () => {},
  };
}

/** A server with these tools alone. */
export const withTools = (...names: readonly string[]): Script => ({
  'server/discover': discovered({ tools: {} }),
  'tools/list': result({ tools: names.map((name) => ({ name, inputSchema: { type: 'object' } })) }),
});
