import { expect, test } from 'vitest';
import { legacyNotification, legacyOutcome, legacyResult } from '../../../../main/relay/front/legacy-results.ts';
import { META } from '../../../../main/relay/mcp/revisions.ts';
import { refused } from '../../../../main/relay/mcp/rpc.ts';

const request = (method: string, params: object) => ({ jsonrpc: '2.0', id: 1, method, params: { ...params } }) as const;

test('a result loses what its revision has no words for, and nothing else', () => {
  const result = { resultType: 'complete', ttlMs: 1, cacheScope: 'public', tools: [], nextCursor: 'x', odd: { a: 1 } };
  expect(legacyResult('tools/list', result)).toEqual({ tools: [], nextCursor: 'x', odd: { a: 1 } });
});

test.each([
  [
    { content: [], structuredContent: { a: 1 } },
    { content: [], structuredContent: { a: 1 } },
  ],
  [{ content: [], structuredContent: 7 }, { content: [{ type: 'text', text: '7' }] }],
  [{ content: [], structuredContent: null }, { content: [{ type: 'text', text: 'null' }] }],
  [
    { content: [{ type: 'text', text: 'seven' }], structuredContent: 7 },
    { content: [{ type: 'text', text: 'seven' }] },
  ],
])('the tool result %j', (result, expected) => {
  expect(legacyResult('tools/call', result)).toEqual(expected);
});

test.each([
  ['resources/read', { uri: 'a:b' }, -32602, -32002],
  ['resources/read', {}, -32602, -32602],
  ['resources/read', { uri: 'a:b' }, -32603, -32603],
  ['tools/call', { name: 'x' }, -32602, -32602],
])('%s %j with error %i becomes %i', (method, params, code, expected) => {
  const outcome = legacyOutcome(request(method, params), refused(code, 'No', { a: 1 }));
  expect(outcome).toEqual({ error: { code: expected, message: 'No', data: { a: 1 } } });
});

test('a result of an extension is an error', () => {
  const outcome = legacyOutcome(request('tools/call', { name: 'x' }), { result: { resultType: 'task' } });
  expect(outcome).toMatchObject({ error: { code: -32603 } });
});

test('a notification loses its subscription alone', () => {
  const of = (params: object) => ({ jsonrpc: '2.0', method: 'notifications/x', params: { ...params } }) as const;
  const _meta = { [META.subscriptionId]: 1 };
  expect(legacyNotification(of({ _meta }))).toEqual({ jsonrpc: '2.0', method: 'notifications/x' });
  expect(legacyNotification(of({ uri: 'a', _meta: { ..._meta, b: 1 } }))).toEqual(of({ uri: 'a', _meta: { b: 1 } }));
  expect(legacyNotification(of({ uri: 'a', _meta: { b: 1 } }))).toEqual(of({ uri: 'a', _meta: { b: 1 } }));
});
