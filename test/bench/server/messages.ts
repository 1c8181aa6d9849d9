import { answerBody, EVENTS_TOOL, LARGE_TOOL, TOOL } from './tool-call.ts';

/** Status and JSON body; no body for a message that has no answer; or as many events. */
export type ServerAnswer =
  | { readonly status: number; readonly body?: string | Buffer }
  | { readonly id: unknown; readonly events: number };

interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: {
    readonly protocolVersion?: unknown;
    readonly name?: unknown;
    readonly arguments?: { readonly text?: unknown; readonly bytes?: unknown; readonly events?: unknown };
  };
}

/** JSON-RPC 2.0 section 5.1. */
const METHOD_NOT_FOUND = -32601;

const schemaOf = (name: string, type: string) => ({
  type: 'object',
  properties: { [name]: { type } },
  required: [name],
});

const TOOLS = [
  { name: TOOL, description: 'Gives the text back unchanged', inputSchema: schemaOf('text', 'string') },
  { name: LARGE_TOOL, description: 'Gives so many bytes of text', inputSchema: schemaOf('bytes', 'integer') },
  { name: EVENTS_TOOL, description: 'Sends so many notifications', inputSchema: schemaOf('events', 'integer') },
];

let filler = Buffer.alloc(0);

/** The body of an answer with so much text; the text itself is made once. */
function largeBody(id: unknown, bytes: number): Buffer {
  if (filler.length !== bytes) filler = Buffer.alloc(bytes, 'x');
  const [before = '', after = ''] = answerBody(id, '\n').split('\\n');
  return Buffer.concat([Buffer.from(before), filler, Buffer.from(after)]);
}

function result(id: unknown, value: unknown): ServerAnswer {
  return { status: 200, body: JSON.stringify({ jsonrpc: '2.0', id, result: value }) };
}

function callTool({ id, params: { name, arguments: given } = {} }: Message): ServerAnswer {
  if (name === LARGE_TOOL) return { status: 200, body: largeBody(id, Number(given?.bytes)) };
  if (name === EVENTS_TOOL) return { id, events: Number(given?.events) };
  return { status: 200, body: answerBody(id, given?.text) };
}

/** Answers one MCP message of revision 2025-11-25 or older: as little as clients get by with, and fast. */
export function answerMessage(text: string): ServerAnswer {
  const message = JSON.parse(text) as Message;
  const { id, method, params } = message;
  if (method === 'tools/call') return callTool(message);
  if (id === undefined) return { status: 202 };
  if (method === 'initialize') {
    const serverInfo = { name: 'fast', version: '1.0.0' };
    return result(id, { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo });
  }
  if (method === 'tools/list') return result(id, { tools: TOOLS });
  if (method === 'ping') return result(id, {});
  const error = { code: METHOD_NOT_FOUND, message: 'Method not found' };
  return { status: 200, body: JSON.stringify({ jsonrpc: '2.0', id, error }) };
}
