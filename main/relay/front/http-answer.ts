import type { ServerResponse } from 'node:http';
import type { Outcome, RequestId } from '../mcp/rpc.ts';

/** Answers with one JSON-RPC response as JSON. */
export function answerJson(
  response: ServerResponse,
  status: number,
  id: RequestId | null,
  outcome: Outcome,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const body = JSON.stringify({ jsonrpc: '2.0', id, ...outcome });
  const length = String(Buffer.byteLength(body));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': length, ...headers }).end(body);
}

/** Answers with a status alone. */
export function answerEmpty(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (!response.headersSent && !response.destroyed) response.writeHead(status, headers).end();
}
