import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { openOrigin, sendJson } from '../../../company/http.ts';
import { type Conversation, createConversation } from './conversation.ts';
import { beginStream, createExchange, writeEvent } from './exchange.ts';
import { type Message, readMessage, revisionOf } from './message.ts';
import { startShim } from './shim-process.ts';

/** The first revision without MCP sessions. */
const MODERN = '2026-07-28';

const NOT_FOUND = { jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } };
const UNREADABLE = { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'Parse error' } };

interface Connection {
  readonly conversation: Conversation;
  close(): Promise<void>;
}

/** An HTTP server whose every message goes through `lanyard stdio`. */
export interface StdioAdapter {
  readonly url: string;
  close(): Promise<void>;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function connect(home: string): Connection {
  const shim = startShim(home, (line) => conversation.receive(line));
  const conversation = createConversation(shim);
  return { conversation, close: () => shim.close() };
}

/**
 * Speaks Streamable HTTP to the suite and lines to real shims: one process for each MCP session of the legacy era, one
 * for all of the modern era. It adds nothing that lines cannot carry, other than MCP sessions, which a process stands for,
 * and the status of errors that have only one.
 */
export async function openStdioAdapter(home: string): Promise<StdioAdapter> {
  const sessions = new Map<string, Connection>();
  let modern: Connection | undefined;

  const post = (connection: Connection, message: Message, document: object, response: ServerResponse) => {
    if (message.method === undefined || message.id === undefined) {
      connection.conversation.tell(message, document);
      response.writeHead(202).end();
      return;
    }
    const exchange = createExchange(response, connection === modern);
    const abandon = connection.conversation.request(message, document, exchange);
    response.once('close', abandon);
  };

  const openSession = (response: ServerResponse): Connection => {
    const id = randomUUID();
    const connection = connect(home);
    sessions.set(id, connection);
    response.setHeader('mcp-session-id', id);
    return connection;
  };

  const origin = await openOrigin(0, (error) => void process.stderr.write(`${String(error)}\n`));
  origin.serve(async (request, response) => {
    const id = request.headers['mcp-session-id'];
    const session = typeof id === 'string' ? sessions.get(id) : undefined;
    if (id !== undefined && !session) return sendJson(response, 404, NOT_FOUND);
    if (request.method === 'DELETE' && session) {
      sessions.delete(String(id));
      await session.close();
      response.writeHead(200).end();
      return;
    }
    if (request.method === 'GET' && session) {
      beginStream(response);
      response.once(
        'close',
        session.conversation.listen((document) => writeEvent(response, document)),
      );
      return;
    }
    if (request.method !== 'POST') return sendJson(response, 405, UNREADABLE);
    const read = readMessage(await readText(request));
    if (!read) return sendJson(response, 400, UNREADABLE);
    const { message, document } = read;
    const revision = revisionOf(message) ?? request.headers['mcp-protocol-version'];
    if (session) return post(session, message, document, response);
    if (message.method === 'initialize' && !(typeof revision === 'string' && revision >= MODERN))
      return post(openSession(response), message, document, response);
    modern ??= connect(home);
    post(modern, message, document, response);
  });
  return {
    url: `http://localhost:${origin.port}/mcp`,
    close: async () => {
      await origin.close();
      await Promise.all([modern, ...sessions.values()].map((connection) => connection?.close()));
    },
  };
}
