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

/** Posts a message to the relay, `initialize` unless said otherwise; gives the raw answer and its text. */
export async function post(url: URL, localKey: string, body = initializeBody()) {
  const answer = await raw(url, { method: 'POST', headers: mcpHeaders(localKey), body });
  return { ...answer, text: answer.body.toString('utf8') };
}

const MODERN_REVISION = '2026-07-28';

/** A tool that every server of the company has, in both eras; it takes nothing and changes nothing. */
const ASKED_TOOL = 'whoami';

/** How standby begins what it says of a call that the server did not answer (main/relay/standby/sentences.ts). */
const IN_PLACE = /^(?:"[^"]+" was not carried out[.:]|Whether "[^"]+" was carried out is not known\.) /;

/** Who answered a `tools/call`, and what was said instead of a result. */
export interface ToolAnswer {
  /**
   * `server`: with a result that is no error; `standby`: in the server's place; `nobody`: anything else, as HTTP errors
   * and JSON-RPC errors are.
   */
  readonly by: 'server' | 'standby' | 'nobody';
  /** What standby says, or the message of a JSON-RPC error; empty where the server answered. */
  readonly sentence: string;
}

interface ToolMessage {
  readonly id?: unknown;
  readonly result?: { readonly isError?: unknown; readonly content?: readonly { readonly text?: unknown }[] };
  readonly error?: { readonly message?: unknown };
}

function messagesIn(text: string): readonly ToolMessage[] {
  const events = [...text.matchAll(/^data: (.+)$/gm)].map(([, data = '']) => data);
  try {
    const messages = (events.length > 0 ? events : [text]).map((one) => JSON.parse(one) as unknown);
    return messages.filter((message) => typeof message === 'object' && message !== null);
  } catch {
    return [];
  }
}

/** Reads the answer to a `tools/call`: JSON, a line of stdio, or a stream of events. */
export function readToolAnswer(status: number, text: string): ToolAnswer {
  const answer = messagesIn(text).findLast(({ result, error }) => result !== undefined || error !== undefined);
  const said = answer?.error?.message ?? answer?.result?.content?.[0]?.text;
  const isWhole = status === 200 && answer?.result !== undefined;
  if (isWhole && answer.result?.isError !== true) return { by: 'server', sentence: '' };
  const sentence = typeof said === 'string' ? said : '';
  return { by: isWhole && IN_PLACE.test(sentence) ? 'standby' : 'nobody', sentence };
}

/**
 * Posts one request of revision 2026-07-28, which begins no conversation: nobody asks for lists because of it, and nothing
 * is left of it.
 *
 * @param name of the tool or prompt that the method is about.
 */
export async function postModern(url: URL, localKey: string, method: string, name: string, params: object = {}) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': MODERN_REVISION,
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'integration', version: '1.0.0' },
  };
  const headers = {
    ...mcpHeaders(localKey),
    'mcp-protocol-version': MODERN_REVISION,
    'mcp-method': method,
    'mcp-name': name,
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { name, ...params, _meta } });
  const answer = await raw(url, { method: 'POST', headers, body });
  return { ...answer, text: answer.body.toString('utf8') };
}

/** Calls a tool that needs no arguments, see {@link postModern}; gives the raw answer and who gave it. */
export async function ask(url: URL, localKey: string, tool = ASKED_TOOL) {
  const answer = await postModern(url, localKey, 'tools/call', tool, { arguments: {} });
  return { ...answer, ...readToolAnswer(answer.status, answer.text) };
}
