import type { IncomingHttpHeaders } from 'node:http';
import { QUESTION } from './sign-in-round.ts';
import { STATUS_TOOL_NAME } from './status-tool.ts';

/**
 * Whether a modern client's HTTP request is about something that standby once said to it: its status tool, which the
 * server does not have, or the answer to its question, which is not the server's to see. By headers and a search in the
 * body: where it finds too much, the request only takes the longer way.
 */
export function isOwnBusiness(headers: IncomingHttpHeaders, body: Buffer | null): boolean {
  if (headers['mcp-method'] !== 'tools/call') return false;
  return headers['mcp-name'] === STATUS_TOOL_NAME || (body?.includes(`"${QUESTION}"`) ?? false);
}

/** The same of a stdio client's line, given what it is read as. */
export function isOwnLine(
  { method, name }: { readonly method?: string | undefined; readonly name?: string | undefined },
  line: string,
): boolean {
  return method === 'tools/call' && (name === STATUS_TOOL_NAME || line.includes(`"${QUESTION}"`));
}
