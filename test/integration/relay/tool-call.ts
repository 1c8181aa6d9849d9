import type { Fixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { mcpHeaders, raw } from '../raw-http.ts';

const REVISION = '2026-07-28';

/** Calls a tool through the relay with one request of the era without MCP sessions; gives the raw answer and its text. */
export async function postToolCall(fixture: Fixture, server: string, localKey: string, tool: string, args = {}) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': REVISION,
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'integration', version: '1.0.0' },
  };
  const params = { name: tool, arguments: args, _meta };
  const headers = {
    ...mcpHeaders(localKey),
    'mcp-protocol-version': REVISION,
    'mcp-method': 'tools/call',
    'mcp-name': tool,
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  const answer = await raw(relayUrl(fixture, server), { method: 'POST', headers, body });
  return { ...answer, text: answer.body.toString('utf8') };
}
