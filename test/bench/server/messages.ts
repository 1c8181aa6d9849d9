import { answerBody, TOOL } from './tool-call.ts';

/** Status and JSON body; no body for a message that has no answer. */
export interface ServerAnswer {
  readonly status: number;
  readonly body?: string;
}

interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: { readonly protocolVersion?: unknown; readonly arguments?: { readonly text?: unknown } };
}

/** JSON-RPC 2.0 section 5.1. */
const METHOD_NOT_FOUND = -32601;

const TOOLS = [
  {
    name: TOOL,
    description: 'Gives the text back unchanged',
    inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  },
];

function result(id: unknown, value: unknown): ServerAnswer {
  return { status: 200, body: JSON.stringify({ jsonrpc: '2.0', id, result: value }) };
}

/** Answers one MCP message of revision 2025-11-25 or older: as little as clients get by with, and fast. */
export function answerMessage(text: string): ServerAnswer {
  const { id, method, params } = JSON.parse(text) as Message;
  if (method === 'tools/call') return { status: 200, body: answerBody(id, params?.arguments?.text) };
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
