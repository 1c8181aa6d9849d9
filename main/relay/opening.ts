import { isRequest, parseRpc, type RpcRequest } from './mcp/rpc.ts';

/** Longer messages open nothing, in bytes. */
const OPENING_LIMIT_BYTES = 64 * 1024;

/** Either method in a body's bytes; whatever else looks so is told apart by parsing. */
const LOOKS_OPENING = /"(?:initialize|server\/discover)"/;

/** The request with which a client begins to talk to a server. */
export type Opening = RpcRequest & { readonly method: 'initialize' | 'server/discover' };

/** Reads a body as one; `undefined` for everything else, at the cost of a search in a short text. */
export function readOpening(body: Buffer | null): Opening | undefined {
  if (!body || body.length > OPENING_LIMIT_BYTES) return undefined;
  const text = body.toString('latin1');
  if (!LOOKS_OPENING.test(text)) return undefined;
  const message = parseRpc(body.toString('utf8'));
  if (!message || !isRequest(message)) return undefined;
  return message.method === 'initialize' || message.method === 'server/discover' ? (message as Opening) : undefined;
}
