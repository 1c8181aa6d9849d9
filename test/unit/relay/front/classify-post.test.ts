import { expect, test } from 'vitest';
import { classifyPost, isModern, type MessageHeaders } from '../../../../main/relay/front/classify-post.ts';
import { META, MODERN_REVISION } from '../../../../main/relay/mcp/revisions.ts';

const _meta = { [META.revision]: MODERN_REVISION, [META.clientCapabilities]: {} };
const request = (params?: object, method = 'tools/list') => ({
  jsonrpc: '2.0',
  id: 1,
  method,
  ...(params && { params }),
});
const notification = (params?: object) => ({ jsonrpc: '2.0', method: 'notifications/x', ...(params && { params }) });
const MODERN = { revision: MODERN_REVISION };

test.each<[string, unknown, MessageHeaders, string]>([
  ['a request without _meta', request(), {}, 'legacy'],
  ['initialize', request({}, 'initialize'), { revision: '2025-11-25' }, 'legacy'],
  ['a response', { jsonrpc: '2.0', id: 1, result: {} }, {}, 'legacy'],
  ['an error without an id', { jsonrpc: '2.0', error: { code: 1, message: '' } }, {}, 'legacy'],
  ['a notification', notification(), {}, 'legacy'],
  ['a batch', [request(), notification()], {}, 'legacy'],
  ['a request with its revision', request({ _meta }), {}, 'request'],
  ['initialize with a revision', request({ _meta }, 'initialize'), MODERN, 'request'],
  ['a notification with a modern header', notification(), MODERN, 'notification'],
  ['a notification with its revision', notification({ _meta }), {}, 'notification'],
  ['unknown members everywhere', { ...request({ _meta, odd: 1 }), odd: 2 }, MODERN, 'request'],
  ['a batch with initialize', [request({}, 'initialize')], {}, 'refused'],
  ['a batch of too many', Array.from({ length: 101 }, () => notification()), {}, 'refused'],
  ['an id that is null', { ...request(), id: null }, {}, 'refused'],
  ['params that are a list', { ...request(), params: [] }, {}, 'refused'],
  ['another method in the header', request({ _meta }), { ...MODERN, method: 'x' }, 'refused'],
  ['another revision in the header', notification({ _meta }), { revision: '2025-11-25' }, 'refused'],
  ['client info without a version', request({ _meta: { ..._meta, [META.clientInfo]: { name: 'x' } } }), {}, 'refused'],
])('%s', (_what, body, headers, kind) => {
  expect(classifyPost(body, headers).kind).toBe(kind);
});

test('a message is passed on whole', () => {
  const body = { ...request({ _meta, odd: [1] }), odd: { deep: null } };
  expect(classifyPost(body, MODERN)).toEqual({ kind: 'request', request: body });
});

test('only requests and notifications can be modern', () => {
  expect(isModern({ jsonrpc: '2.0', id: 1, result: { _meta } })).toBe(false);
});
