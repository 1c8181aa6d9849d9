import { randomUUID } from 'node:crypto';
import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  McpServer,
  type McpServerOptions,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { onTestFinished } from 'vitest';
import type { CallRecord } from '../../../../main/journal/calls.ts';
import { type BackContext, createServerBack } from '../../../../main/relay/back/server-back.ts';
import { META, MODERN_REVISION } from '../../../../main/relay/mcp/revisions.ts';
import type { Members, Outcome, RpcMessage, RpcNotification } from '../../../../main/relay/mcp/rpc.ts';
import { type Schedule, systemSchedule } from '../../../../shared/schedule.ts';
import { createEventStore } from '../../../company/server/event-store.ts';
import { serveRaw } from '../../fixtures.ts';
import { accessTo } from '../access-to.ts';

/** A request as an SDK server got it. */
export interface SeenMessage {
  readonly verb: string;
  readonly headers: Headers;
  readonly message: { readonly method?: string; readonly id?: string | number; readonly params?: Members };
}

type Register = (server: McpServer) => void;
type Fetch = (request: Request) => Promise<Response>;

const INFO = { name: 'notes', version: '2.1.0' };

async function serveFetch(fetch: Fetch, close: () => Promise<unknown>) {
  const seen: SeenMessage[] = [];
  const intercept = {
    answer: undefined as ((seen: SeenMessage) => Response | Promise<Response> | undefined) | undefined,
  };
  const handle = toNodeHandler({
    fetch: async (request: Request) => {
      const text = await request.clone().text();
      const entry = { verb: request.method, headers: request.headers, message: text === '' ? {} : JSON.parse(text) };
      seen.push(entry);
      return intercept.answer?.(entry) ?? fetch(request);
    },
  });
  const { origin } = await serveRaw((request, response) => void handle(request as NodeIncomingMessageLike, response));
  onTestFinished(async () => void (await close()));
  const methods = () => seen.map(({ verb, message }) => message.method ?? verb);
  return { origin, seen, methods, intercept };
}

/** An SDK server that speaks revision 2026-07-28 and nothing else. */
export async function serveModern(register: Register, options: McpServerOptions = {}) {
  const handler = createMcpHandler(
    () => {
      const server = new McpServer(INFO, options);
      register(server);
      return server;
    },
    { legacy: 'reject' },
  );
  return {
    ...(await serveFetch(
      (request) => handler.fetch(request),
      () => handler.close(),
    )),
    notify: handler.notify,
  };
}

/** What can be chosen about a server of the legacy era. */
export interface LegacyOptions extends McpServerOptions {
  /** Whether events are kept for `Last-Event-ID`. */
  readonly keepsEvents?: boolean;
}

/** An SDK server that speaks revision 2025-11-25 and nothing newer. */
export async function serveLegacy(register: Register, { keepsEvents = false, ...options }: LegacyOptions = {}) {
  const sessions = new Map<string, { server: McpServer; transport: WebStandardStreamableHTTPServerTransport }>();
  const servers: McpServer[] = [];
  const open = async () => {
    const server = new McpServer(INFO, options);
    register(server);
    servers.push(server);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      ...(keepsEvents && { eventStore: createEventStore(), retryInterval: 10 }),
      onsessioninitialized: (id) => void sessions.set(id, { server, transport }),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    await server.connect(transport);
    return transport;
  };
  const fetch: Fetch = async (request) => {
    const id = request.headers.get('mcp-session-id');
    const transport = id === null ? await open() : sessions.get(id)?.transport;
    if (transport) return transport.handleRequest(request);
    return Response.json({ jsonrpc: '2.0', id: null, error: { code: -32001, message: 'gone' } }, { status: 404 });
  };
  const served = await serveFetch(fetch, () => Promise.all(servers.map((server) => server.close())));
  return { ...served, sessions, servers };
}

/** Short timers run as they are; what is due after a minute or later, or the time given, when the test says so. */
export function testSchedule(longMs = 60_000) {
  const pending = new Set<{ delayMs: number; act: () => void }>();
  const schedule: Schedule = (delayMs, act) => {
    if (delayMs < longMs) return systemSchedule(delayMs, act);
    const entry = { delayMs, act };
    pending.add(entry);
    return () => void pending.delete(entry);
  };
  const elapse = () => {
    for (const entry of [...pending]) if (pending.delete(entry)) entry.act();
  };
  return { schedule, elapse, pending };
}

/** What a test asks with. */
export interface AskOptions {
  readonly conversation?: string;
  readonly client?: string;
  readonly capabilities?: Members;
  readonly meta?: Members;
  readonly signal?: AbortSignal;
  readonly id?: string | number;
  readonly heard?: RpcNotification[];
}

/** A back for a server at `origin`, and a client that asks it. */
export function backFor(origin: string, given: Partial<BackContext> = {}) {
  const access = accessTo(origin);
  const records: CallRecord[] = [];
  const clock = testSchedule();
  const context: BackContext = {
    access,
    toolOf: () => undefined,
    refreshTools: async () => {},
    record: (call) => void records.push(call),
    schedule: clock.schedule,
    newId: randomUUID,
    ...given,
  };
  const back = createServerBack(context);
  onTestFinished(() => back.reset());
  let ids = 0;
  const ask = (method: string, params: Members = {}, options: AskOptions = {}): Promise<Outcome> => {
    ids += 1;
    const {
      conversation = 'one',
      client = 'claude',
      capabilities = {},
      meta,
      signal = new AbortController().signal,
      heard,
    } = options;
    const envelope = {
      [META.revision]: MODERN_REVISION,
      [META.clientInfo]: { name: 'test', version: '1.0.0' },
      [META.clientCapabilities]: capabilities,
      ...meta,
    };
    return back.answer(
      { jsonrpc: '2.0', id: options.id ?? ids, method, params: { ...params, _meta: envelope } },
      {
        conversation: { id: conversation, client, transport: 'stdio' },
        signal,
        notify: (notification) => void heard?.push(notification),
      },
    );
  };
  return { back, ask, access, records, ...clock };
}

/** The result of an outcome; fails where it is an error. */
export function resultOf(outcome: Outcome): Members {
  if ('result' in outcome) return outcome.result;
  throw new Error(`Expected a result, got ${JSON.stringify(outcome.error)}`);
}

/** The error of an outcome; fails where it is a result. */
export function errorOf(outcome: Outcome) {
  if ('error' in outcome) return outcome.error;
  throw new Error(`Expected an error, got ${JSON.stringify(outcome.result)}`);
}

/** A text as tools give it. */
export const text = (content: string) => ({ content: [{ type: 'text' as const, text: content }] });

/** One event of an event stream. */
export const event = (message: RpcMessage | object, id?: string) =>
  `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(message)}\n\n`;
