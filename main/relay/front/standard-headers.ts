import { decodeHeaderValue } from '../mcp/header-value.ts';
import { HEADER_MISMATCH, type Outcome, type RpcRequest, refused } from '../mcp/rpc.ts';
import type { MessageHeaders } from './classify-post.ts';

/** Method → the param that `Mcp-Name` repeats; the last three belong to the tasks extension (SEP-2663). */
const NAMED_BY: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

function mismatch(what: string): Outcome {
  return refused(HEADER_MISMATCH, `The headers say something else than the body: ${what}.`);
}

/**
 * What the standard headers of a modern request lack or have wrong; `undefined` where they are right. What is there of
 * revision and method was compared before (MCP 2026-07-28, basic/transports/streamable-http, SEP-2243).
 */
export function standardHeaderFault({ method, params }: RpcRequest, headers: MessageHeaders): Outcome | undefined {
  if (headers.revision === undefined) return mismatch('there is no MCP-Protocol-Version');
  if (headers.method === undefined) return mismatch('there is no Mcp-Method');
  const source = Object.hasOwn(NAMED_BY, method) ? NAMED_BY[method] : undefined;
  if (source === undefined) return undefined;
  const value = params?.[source];
  const inBody = typeof value === 'string' ? value : undefined;
  if (headers.name === undefined) return inBody === undefined ? undefined : mismatch('there is no Mcp-Name');
  const name = decodeHeaderValue(headers.name);
  if (name === undefined) return mismatch('Mcp-Name is not in the base64 form');
  return inBody === undefined || name === inBody ? undefined : mismatch(`Mcp-Name is not params.${source}`);
}
