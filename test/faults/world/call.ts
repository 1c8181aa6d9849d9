import { Agent, request } from 'node:http';
import { LOCAL_KEY_HEADER_NAME } from '../../../shared/local-key-header.ts';
import { readToolAnswer, type ToolAnswer } from '../../integration/raw-http.ts';

const REVISION = '2026-07-28';

/** Tools that take no arguments and change nothing; `whoami` elsewhere. */
const HARMLESS: Readonly<Record<string, string>> = { notes: 'list_notes', tickets: 'list_tickets' };

/** Where a call goes and as whom. */
export interface Caller {
  readonly relayUrl: string;
  readonly localKey: string;
}

/** What a client got for one call. Only one that its server answered, with a result that is no error, was served. */
export interface Seen extends ToolAnswer {
  /** 0 where the connection ended without an answer. */
  readonly status: number;
  /** Whether the answer would send a client into an OAuth flow of its own. */
  readonly isChallenged: boolean;
  readonly text: string;
}

/** Connections that are used again, as clients do. */
const connections = new Agent({ keepAlive: true, maxFreeSockets: Number.POSITIVE_INFINITY });

/** Ends the connections that were kept. */
export function forgetConnections(): void {
  connections.destroy();
}

const toolOf = (server: string) => HARMLESS[server] ?? 'whoami';

/** A tool call of the era without MCP sessions, as it goes over the wire. */
export function toolCallBody(server: string, id: number): string {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': REVISION,
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'faults', version: '1.0.0' },
  };
  const params = { name: toolOf(server), arguments: {}, _meta };
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params });
}

/** Calls a tool by one request of the era without MCP sessions. Never throws. */
export function callTool({ relayUrl, localKey }: Caller, server: string, signal?: AbortSignal): Promise<Seen> {
  const body = toolCallBody(server, 1);
  const tool = toolOf(server);
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': REVISION,
    'mcp-method': 'tools/call',
    'mcp-name': tool,
    [LOCAL_KEY_HEADER_NAME]: localKey,
  };
  return new Promise<Seen>((resolve) => {
    const ended = { status: 0, isChallenged: false, by: 'nobody', sentence: '' } as const;
    const url = `${relayUrl}/${server}/mcp`;
    const sent = request(url, { method: 'POST', headers, agent: connections, ...(signal && { signal }) }, (answer) => {
      let text = '';
      const done = (status: number) => {
        const isChallenged = answer.headers['www-authenticate'] !== undefined;
        resolve({ status, isChallenged, text, ...readToolAnswer(status, text) });
      };
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.once('end', () => done(answer.statusCode ?? 0));
      answer.once('error', () => done(0));
    });
    sent.once('error', ({ message }) => resolve({ ...ended, text: message }));
    sent.end(body);
  });
}
