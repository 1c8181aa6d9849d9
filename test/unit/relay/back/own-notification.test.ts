import { expect, test } from 'vitest';
import { ownNotification } from '../../../../main/relay/back/own-notification.ts';
import { META } from '../../../../main/relay/mcp/revisions.ts';
import type { Members, RpcRequest } from '../../../../main/relay/mcp/rpc.ts';

const request = (method: string, meta: Members): RpcRequest => ({
  jsonrpc: '2.0',
  id: 'mine',
  method,
  params: { _meta: meta },
});
const notification = (method: string, params: Members = {}) =>
  ({ jsonrpc: '2.0', method: `notifications/${method}`, params }) as const;

const call = request('tools/call', { progressToken: 7, [META.logLevel]: 'info' });
const quiet = request('tools/call', {});
const listen = request('subscriptions/listen', {});
const progress = (progressToken: unknown) => notification('progress', { progressToken, progress: 1 });
const changed = notification('tools/list_changed', { _meta: { [META.subscriptionId]: 'of another' } });

test.each([
  ['progress of the request itself', progress(7), call, true],
  ['progress of another request', progress(8), call, false],
  ['progress under the same token, spelt otherwise', progress('7'), call, false],
  ['progress that nobody asked for', progress(undefined), quiet, false],
  ['a log message that was asked for', notification('message', { level: 'info' }), call, true],
  ['a log message that was not', notification('message', { level: 'info' }), quiet, false],
  ['a change of a list', changed, call, false],
  ['a cancellation', notification('cancelled', { requestId: 'other' }), call, false],
  ['a cancellation on a subscription', notification('cancelled', { requestId: 'other' }), listen, false],
  ['a subscription’s acknowledgement', notification('subscriptions/acknowledged'), call, false],
  ['what no revision knows', notification('example/chips', { grams: 12 }), call, true],
  ['a change on a subscription', changed, listen, true],
  ['an extension’s notification on a subscription', notification('tasks'), listen, true],
])('%s', (_what, given, asked, isOwn) => {
  expect(ownNotification(given, asked) !== undefined).toBe(isOwn);
});

test('what comes on a subscription is of that subscription, whatever the server says', () => {
  expect(ownNotification(changed, listen)?.params?._meta).toEqual({ [META.subscriptionId]: 'mine' });
});
