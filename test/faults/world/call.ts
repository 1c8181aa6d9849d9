import { Agent, request } from 'node:http';
import { LOCAL_KEY_HEADER_NAME } from '../../../shared/local-key-header.ts';

const REVISION = '2026-07-28';

/** Tools that take no arguments and change nothing; `whoami` elsewhere. */
const HARMLESS: Readonly<Record<string, string>> = { notes: 'list_notes', tickets: 'list_tickets' };

/** Where a call goes and as whom. */
export interface Caller {
  readonly relayUrl: string;
  readonly localKey: string;
}

/** What a client got for one call. */
export interface Seen {
  /** 0 where the connection ended without an answer. */
  readonly status: number;
  /** Whether the answer would send a client into an OAuth flow of its own. */
  readonly isChallenged: boolean;
  readonly text: string;
  /** The sentence of a JSON-RPC error, if the answer is one. */
  readonly sentence: string | undefined;
}

/** Connections that are used again, as clients do. */
const connections = new Agent({ keepAlive: true, maxFreeSockets: Number.POSITIVE_INFINITY });

/** Ends the connections that were kept. */
export function forgetConnections(): void {
  connections.destroy();
}

function sentenceOf(text: string): string | undefined {
  const data = /^data: (.*)$/m.exec(text)?.[1] ?? text;
  try {
    const { error } = JSON.parse(data) as { error?: { message?: unknown } };
    return typeof error?.message === 'string' ? error.message : undefined;
  } catch {
    return undefined;
  }
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
    const ended = { status: 0, isChallenged: false, text: '', sentence: undefined };
    const url = `${relayUrl}/${server}/mcp`;
    const sent = request(url, { method: 'POST', headers, agent: connections, ...(signal && { signal }) }, (answer) => {
      let text = '';
      const done = (status: number) => {
        const isChallenged = answer.headers['www-authenticate'] !== undefined;
        resolve({ status, isChallenged, text, sentence: sentenceOf(text) });
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
