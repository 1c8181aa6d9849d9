import { expect, test } from 'vitest';
import {
  encodeHeaderValue,
  messageHeaders,
  negotiatedRevision,
  parseMessage,
  sessionHeaders,
} from '../../../main/relay/message.ts';

const META = '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}';

test.each([
  ['{"jsonrpc":"2.0","id":1,"method":"tools/list"}', { kind: 'request', id: 1, method: 'tools/list' }],
  ['{"id":"a","method":"ping"}', { kind: 'request', id: 'a', method: 'ping' }],
  ['{"id":0,"method":"ping"}', { kind: 'request', id: 0 }],
  ['{"method":"notifications/initialized"}', { kind: 'notification', id: undefined }],
  ['{"id":1,"result":{}}', { kind: 'response', id: 1, method: undefined }],
  ['{"id":1,"error":{"code":1,"message":"m"}}', { kind: 'response', id: 1 }],
  ['{"id":1,"method":"tools/call","params":{"name":"search"}}', { name: 'search', revision: undefined }],
  ['{"id":1,"method":"resources/read","params":{"uri":"notes://1"}}', { name: 'notes://1' }],
  ['{"id":1,"method":"resources/read","params":{"uri":"notes://1","name":"other"}}', { name: 'notes://1' }],
  ['{"id":1,"method":"resources/subscribe","params":{"uri":"notes://1"}}', { name: 'notes://1' }],
  ['{"id":1,"method":"prompts/get","params":{"name":"greet","uri":"notes://1"}}', { name: 'greet' }],
  ['{"id":1,"method":"tasks/cancel","params":{"taskId":"t-1","name":"other"}}', { name: 't-1' }],
  ['{"id":1,"method":"tools/call","params":{"uri":"notes://1"}}', { name: undefined }],
  [`{"id":1,"method":"tools/call","params":{"name":"search",${META}}}`, { name: 'search', revision: '2026-07-28' }],
  ['{"method":"notifications/cancelled","params":{"requestId":7}}', { kind: 'notification', cancels: 7 }],
  ['{"method":"notifications/cancelled","params":{"requestId":"r"}}', { cancels: 'r' }],
  ['{"method":"notifications/progress","params":{"requestId":7}}', { cancels: undefined }],
  ['{"id":1,"method":"x","params":{"name":5,"_meta":"odd"}}', { name: undefined, revision: undefined }],
  ['{"id":1,"method":"x","params":[1,2]}', { kind: 'request', name: undefined }],
])('%s', (line, expected) => expect(parseMessage(line)).toMatchObject(expected));

test.each([
  '',
  'hello',
  '[]',
  '[{"id":1,"method":"a"}]',
  '"text"',
  '5',
  'null',
  'true',
  '{"method":5}',
  '{"id":{}}',
  '{"id":1',
])('%j is not a message', (line) => expect(parseMessage(line)).toBeUndefined());

test.each([
  ['tools/call', 'tools/call'],
  ['a b', 'a b'],
  ['!~', '!~'],
  ['', '=?base64??='],
  [' a', '=?base64?IGE=?='],
  ['a ', '=?base64?YSA=?='],
  ['å', '=?base64?w6U=?='],
  ['🔑', '=?base64?8J+UkQ==?='],
  ['a\tb', '=?base64?YQli?='],
  ['a\r\nX-Evil: 1', '=?base64?YQ0KWC1FdmlsOiAx?='],
  ['a\n', '=?base64?YQo=?='],
  ['\u007f', '=?base64?fw==?='],
  ['=?base64?YQ==?=', '=?base64?PT9iYXNlNjQ/WVE9PT89?='],
  ['=?base64?', '=?base64?PT9iYXNlNjQ/?='],
  ['=?BASE64?YQ==?=', '=?BASE64?YQ==?='],
  ['x=?base64?', 'x=?base64?'],
])('%j stands in a header as %s', (value, expected) => expect(encodeHeaderValue(value)).toBe(expected));

test('a header value of any kind comes back as it was', () => {
  for (let code = 0; code < 0x300; code += 1) {
    const value = `a${String.fromCharCode(code)}b${String.fromCharCode(code)}`;
    const header = encodeHeaderValue(value);
    expect(header).toMatch(/^[\x20-\x7e]+$/);
    const encoded = /^=\?base64\?(.*)\?=$/.exec(header)?.[1];
    expect(encoded === undefined ? header : Buffer.from(encoded, 'base64').toString('utf8')).toBe(value);
  }
});

const BASIC = ['content-type', 'application/json', 'accept', 'application/json, text/event-stream'];
const NEGOTIATED = { revision: '2025-11-25', mcpSessionId: 's-1' };

test.each([
  ['{"id":1,"method":"initialize"}', {}, []],
  ['{"id":1,"method":"tools/list"}', { revision: '2025-11-25' }, ['mcp-protocol-version', '2025-11-25']],
  ['{"id":1,"method":"tools/list"}', NEGOTIATED, ['mcp-protocol-version', '2025-11-25', 'mcp-session-id', 's-1']],
  ['{"id":1,"result":{}}', NEGOTIATED, ['mcp-protocol-version', '2025-11-25', 'mcp-session-id', 's-1']],
  [
    `{"id":1,"method":"tools/call","params":{"name":"søg",${META}}}`,
    NEGOTIATED,
    ['mcp-protocol-version', '2026-07-28', 'mcp-method', 'tools/call', 'mcp-name', '=?base64?c8O4Zw==?='],
  ],
  [
    `{"id":1,"method":"server/discover","params":{${META}}}`,
    {},
    ['mcp-protocol-version', '2026-07-28', 'mcp-method', 'server/discover'],
  ],
])('%s after %j gets the headers %j', (line, negotiated, headers) => {
  const message = parseMessage(line);
  if (!message) throw new Error('not a message');
  expect(messageHeaders(message, negotiated)).toEqual([...BASIC, ...headers]);
});

test('without anything negotiated there are no headers of an MCP session', () =>
  expect(sessionHeaders({})).toEqual([]));

test.each([
  ['{"id":1,"result":{"protocolVersion":"2025-06-18","capabilities":{}}}', '2025-06-18'],
  ['{"id":1,"result":{}}', undefined],
  ['{"id":1,"error":{"code":1}}', undefined],
  [`{"result":{"protocolVersion":"${'x'.repeat(41)}"}}`, undefined],
  ['not JSON', undefined],
])('%s settles on %s', (answer, revision) => expect(negotiatedRevision(answer)).toBe(revision));
