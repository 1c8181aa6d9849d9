import { expect, test } from 'vitest';
import { ruledHeaders } from '../../../../main/relay/rules/ruled-headers.ts';

test('the headers are found whatever their case, and all others are left', () => {
  expect(ruledHeaders(['Host', 'x', 'MCP-Name', 'get', 'mcp-method', 'tools/call', 'Accept', '*/*'])).toEqual({
    mcpName: 'get',
    mcpMethod: 'tools/call',
    contentType: '',
    isRepeated: false,
  });
  expect(ruledHeaders(['Content-Encoding', 'br', 'Content-Type', 'text/plain'])).toEqual({
    contentEncoding: 'br',
    contentType: 'text/plain',
    isRepeated: false,
  });
});

test.each([
  [['Mcp-Name', 'get', 'mcp-name', 'delete']],
  [['Mcp-Name', 'get', 'Mcp_Name', 'delete']],
  [['Content-Type', 'application/json', 'Content-Type', 'application/json; charset=utf-16']],
])('a header that is there twice is noticed: %j', (raw) => expect(ruledHeaders(raw).isRepeated).toBe(true));

test('a name from a prototype is no header', () => {
  expect(ruledHeaders(['constructor', 'x', '__proto__', 'y'])).toEqual({ contentType: '', isRepeated: false });
});
