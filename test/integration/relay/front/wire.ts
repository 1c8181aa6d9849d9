import type { IncomingMessage } from 'node:http';
import { createParser } from 'eventsource-parser';
import { META, MODERN_REVISION } from '../../../../main/relay/mcp/revisions.ts';
import type { Members } from '../../../../main/relay/mcp/rpc.ts';
import { openRaw, type RawAnswer, raw } from '../../raw-http.ts';

export const JSON_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};

/** A request of the legacy era, as its body. */
export function legacyBody(id: string | number, method: string, params?: Members): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, ...(params && { params }) });
}

export function initializeParams(protocolVersion = '2025-11-25', capabilities: Members = {}): Members {
  return { protocolVersion, capabilities, clientInfo: { name: 'wire', version: '1' } };
}

/** Opens an MCP session; gives its headers. */
export async function openSession(
  url: URL,
  {
    revision = '2025-11-25',
    client = 'first',
    capabilities = {},
  }: {
    readonly revision?: string;
    readonly client?: string;
    readonly capabilities?: Members;
  } = {},
): Promise<Record<string, string>> {
  const headers = { ...JSON_HEADERS, 'x-client': client };
  const body = legacyBody('init', 'initialize', initializeParams(revision, capabilities));
  const answer = await raw(url, { method: 'POST', headers, body });
  const id = answer.headers['mcp-session-id'];
  return { ...headers, 'mcp-session-id': String(id), 'mcp-protocol-version': revision };
}

/** A modern request: body and headers as they have to be, and as a test changes them. */
export function modern(
  method: string,
  params: Members = {},
  {
    id = 1,
    headers = {},
    meta = {},
  }: {
    readonly id?: string | number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly meta?: Members;
  } = {},
): { readonly method: string; readonly headers: Record<string, string>; readonly body: string } {
  const name = params.name ?? params.uri;
  const _meta = {
    [META.revision]: MODERN_REVISION,
    [META.clientInfo]: { name: 'wire', version: '1' },
    [META.clientCapabilities]: {},
    ...meta,
  };
  return {
    method: 'POST',
    headers: {
      ...JSON_HEADERS,
      'mcp-protocol-version': MODERN_REVISION,
      'mcp-method': method,
      ...(typeof name === 'string' && { 'mcp-name': name }),
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta } }),
  };
}

/** One event of a stream. */
export interface WireEvent {
  readonly id: string | undefined;
  readonly message: Members | undefined;
}

/** Reads the events of an answer one after the other. */
export async function* eventsOf(answer: IncomingMessage): AsyncGenerator<WireEvent> {
  const events: WireEvent[] = [];
  const parser = createParser({
    onEvent: ({ id, data }) => events.push({ id, message: data === '' ? undefined : (JSON.parse(data) as Members) }),
  });
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    parser.feed(chunk.toString('utf8'));
    for (let event = events.shift(); event; event = events.shift()) yield event;
  }
}

/** Opens a stream; `next` gives its next event. */
export async function openEvents(url: URL, what: Parameters<typeof openRaw>[1]) {
  const { outgoing, answer } = await openRaw(url, what);
  const events = eventsOf(answer);
  return {
    answer,
    leave: () => outgoing.destroy(),
    next: async () => (await events.next()).value as WireEvent | undefined,
  };
}

/** The JSON-RPC message in an answer, JSON or the last event. */
export function messageOf({ headers, body }: RawAnswer): Members {
  const said = body.toString('utf8');
  if (!headers['content-type']?.startsWith('text/event-stream')) return JSON.parse(said) as Members;
  const data = said.split('\n').filter((line) => line.startsWith('data: {'));
  return JSON.parse(data.at(-1)?.slice('data: '.length) ?? '{}') as Members;
}
