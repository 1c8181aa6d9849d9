import { expect, test } from 'vitest';
import { mcpSessionIdOf } from '../../../main/relay/mcp-session-id.ts';

test.each<readonly [readonly string[], string | undefined]>([
  [[], undefined],
  [['Host', 'x', 'Mcp-Session-Id', 's-1', 'X-Mcp-Session-Id', 'no'], 's-1'],
  [['MCP-SESSION-ID', ''], ''],
  [['mcp-session-id', 'a', 'Mcp-Session-Id', 'b'], 'ambiguous'],
  [['mcp-session-id', 'a', 'mcp-session-id', 'a'], 'ambiguous'],
  [['Mcp_Session_Id', 'a'], 'ambiguous'],
  [['mcp-session_id', 'a', 'mcp-session-id', 'b'], 'ambiguous'],
])('%j names %s', (raw, id) => expect(mcpSessionIdOf(raw)).toBe(id));
