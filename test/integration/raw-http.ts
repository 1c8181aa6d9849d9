import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { LOCAL_KEY_HEADER_NAME } from '../../shared/local-key-header.ts';

/** One HTTP request, exactly as it is to be sent. */
export interface RawRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** One HTTP answer, exactly as it came. */
export interface RawAnswer {
  readonly status: number;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Sends a request on a connection of its own and gives the answer as soon as its headers are there. */
export async function openRaw(url: URL | string, { method = 'GET', headers = {}, body }: RawRequest = {}) {
  const outgoing = request(url, { method, headers: { ...headers }, agent: false });
  outgoing.end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { outgoing, answer };
}

/** Sends a request and reads the whole answer. */
export async function raw(url: URL | string, what: RawRequest = {}): Promise<RawAnswer> {
  const { answer } = await openRaw(url, what);
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  const { statusCode: status = 0, rawHeaders, headers } = answer;
  return { status, rawHeaders, headers, body: Buffer.concat(chunks) };
}

/** Headers of a JSON-RPC request without an MCP session, as every client sends them. */
export function mcpHeaders(localKey: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    [LOCAL_KEY_HEADER_NAME]: localKey,
  };
}

/** An `initialize` of the era with MCP sessions. */
export function initializeBody(id: string | number = 1): string {
  const params = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'integration', version: '1.0.0' },
  };
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'initialize', params });
}

/** Posts a message to the relay; gives the status and the message that came back. */
export async function post(url: URL, localKey: string, body = initializeBody()) {
  const answer = await raw(url, { method: 'POST', headers: mcpHeaders(localKey), body });
  return { ...answer, text: answer.body.toString('utf8') };
}
