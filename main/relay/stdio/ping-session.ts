import { messageHeaders, type OutgoingMessage } from '../message.ts';
import { callEnded } from '../server-faults.ts';
import type { LineContext } from './line-context.ts';
import type { McpSession } from './mcp-session.ts';

/** No client's id looks like this. */
const ID = 'lanyard-ping';

const PING: OutgoingMessage = { kind: 'request', id: ID, method: 'ping' };
const LINE = JSON.stringify({ jsonrpc: '2.0', id: ID, method: 'ping' });

/**
 * Whether the server still knows an MCP session.
 *
 * @throws {LanyardError} where it is not reached.
 */
export async function pingSession({ wire }: Pick<LineContext, 'wire'>, { negotiated }: McpSession): Promise<boolean> {
  const { status, fault } = await wire.post(PING, LINE, {
    headers: messageHeaders(PING, negotiated),
    onMessage: () => {},
  }).answered;
  if (fault || status === 0 || status >= 500) throw fault ?? callEnded();
  return status !== 404;
}
