import { expect, test } from 'vitest';
import { headerOf, headersOf, requestHeaders, responseHeaders } from '../../../main/relay/headers.ts';

test('what is not ours to change keeps its case, its order and its repetitions', () => {
  const headers = ['MCP-Protocol-Version', '2025-11-25', 'x-two', '2', 'X-One', '1', 'x-two', 'again', 'Accept', '*/*'];
  expect(requestHeaders(headers)).toEqual(headers);
  expect(responseHeaders(headers)).toEqual(headers);
});

const HOP_BY_HOP = [
  'Connection',
  'Keep-Alive',
  'Proxy-Authenticate',
  'Proxy-Authorization',
  'Proxy-Connection',
  'TE',
  'Trailer',
  'Transfer-Encoding',
  'Upgrade',
];

test.each(HOP_BY_HOP)('%s ends at this hop, both ways and in any case', (name) => {
  for (const form of [name, name.toLowerCase(), name.toUpperCase()]) {
    expect(requestHeaders(['A', '1', form, 'x', 'B', '2'])).toEqual(['A', '1', 'B', '2']);
    expect(responseHeaders(['A', '1', form, 'x', 'B', '2'])).toEqual(['A', '1', 'B', '2']);
  }
});

test.each(['Host', 'Origin', 'Authorization', 'DPoP', 'Expect', 'Cookie', 'Lanyard-Key'])(
  '%s of a client does not reach the server',
  (name) => {
    for (const form of [name, name.toLowerCase(), name.toUpperCase()])
      expect(requestHeaders([form, 'x', 'B', '2', form, 'y'])).toEqual(['B', '2']);
  },
);

test('a challenge of the server does not reach the client, who would start a sign-in of its own', () => {
  expect(responseHeaders(['WWW-Authenticate', 'Bearer', 'B', '2', 'www-authenticate', 'Basic'])).toEqual(['B', '2']);
});

test('a nonce of the server is for our proofs alone', () => {
  expect(responseHeaders(['DPoP-Nonce', 'n-1', 'B', '2', 'dpop-nonce', 'n-2'])).toEqual(['B', '2']);
});

test('a header is found in any case, as text or bytes, once or each time', () => {
  const headers = ['X-A', '1', Buffer.from('x-a'), Buffer.from('2'), 'X-B', 'x-a'];
  expect(headersOf(headers, 'x-a')).toEqual(['1', '2']);
  expect(headerOf(headers, 'x-a')).toBe('1');
  expect(headersOf(headers, 'x-c')).toEqual([]);
  expect(headerOf(headers, 'x-c')).toBeUndefined();
});

test.each([
  [
    ['Connection', 'X-Hop', 'X-Hop', '1', 'X-Stay', '2'],
    ['X-Stay', '2'],
  ],
  [
    ['X-Hop', '1', 'Connection', 'close, x-hop ,X-Other', 'X-Other', '2', 'X-Stay', '3'],
    ['X-Stay', '3'],
  ],
  [
    ['Connection', 'a', 'connection', 'b', 'A', '1', 'B', '2', 'C', '3'],
    ['C', '3'],
  ],
  [
    ['Connection', '', 'A', '1'],
    ['A', '1'],
  ],
])('headers that Connection names end here too: %j', (headers, expected) => {
  expect(requestHeaders(headers)).toEqual(expected);
  expect(responseHeaders(headers)).toEqual(expected);
});

test('values that are bytes pass as the same bytes', () => {
  const bytes = Buffer.from([0x63, 0xe9, 0xff]);
  const [, value = ''] = responseHeaders([Buffer.from('X-Name'), bytes]);
  expect(Buffer.from(value, 'latin1')).toEqual(bytes);
});

test('MCP session, length and type pass', () => {
  const headers = [
    'Mcp-Session-Id',
    's',
    'Content-Length',
    '2',
    'Content-Type',
    'application/json',
    'Last-Event-ID',
    '7',
  ];
  expect(requestHeaders(headers)).toEqual(headers);
  expect(responseHeaders(headers)).toEqual(headers);
});
