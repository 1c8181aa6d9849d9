import { initializeBody, mcpHeaders, openRaw, post, raw } from '../../integration/raw-http.ts';
import type { Caller } from '../world/call.ts';

/** A client's listening stream. */
export interface Stream {
  readonly isOpen: () => boolean;
  end(): void;
}

const INITIALIZED = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });
const REVISION = '2025-11-25';

/** How often the server is asked to say something, in ms: its stream has no headers before its first event. */
const NUDGE_MS = 20;

/**
 * Begins an MCP session over the relay and opens its listening stream.
 *
 * @param nudge has the server say something on its streams.
 */
export async function openStream({ relayUrl, localKey }: Caller, server: string, nudge: () => void): Promise<Stream> {
  const url = new URL(`${relayUrl}/${server}/mcp`);
  const { headers, status, text } = await post(url, localKey, initializeBody());
  const id = headers['mcp-session-id'];
  if (typeof id !== 'string') throw new Error(`No MCP session: HTTP ${status} ${text}`);
  const withSession = { ...mcpHeaders(localKey), 'mcp-session-id': id, 'mcp-protocol-version': REVISION };
  await raw(url, { method: 'POST', headers: withSession, body: INITIALIZED });
  const nudging = setInterval(nudge, NUDGE_MS);
  const opening = openRaw(url, { headers: { ...withSession, accept: 'text/event-stream' } });
  const { answer, outgoing } = await opening.finally(() => clearInterval(nudging));
  if (answer.statusCode !== 200) throw new Error(`No listening stream: HTTP ${answer.statusCode}`);
  let isOpen = true;
  answer.on('error', () => {});
  answer.once('close', () => {
    isOpen = false;
  });
  answer.resume();
  return { isOpen: () => isOpen, end: () => outgoing.destroy() };
}
