import { expect, test } from 'vitest';
import { answerLine, linesOnReturn, takesUrlErrors } from '../../../../main/relay/standby/line-standby.ts';
import { factsWith, LISTS, legacy, modern } from './standing-by.ts';

const initialize = (protocolVersion: string, capabilities = {}) =>
  legacy('initialize', { protocolVersion, capabilities, clientInfo: { name: 'tester', version: '1' } });

test.each([
  ['2025-11-25', '2025-11-25'],
  ['2025-03-26', '2025-03-26'],
  ['2024-11-05', '2024-11-05'],
  ['2031-01-01', '2025-11-25'],
])('a client that initialises with %s gets %s', (asked, agreed) => {
  expect(answerLine(initialize(asked), factsWith({ lists: LISTS }))).toEqual({
    jsonrpc: '2.0',
    id: 7,
    result: {
      protocolVersion: agreed,
      capabilities: { tools: { listChanged: true }, resources: { subscribe: true, listChanged: true }, logging: {} },
      serverInfo: LISTS.serverInfo,
      instructions: 'Write short notes.',
    },
  });
});

test.each(['ping', 'logging/setLevel', 'resources/subscribe', 'resources/unsubscribe'])('%s is settled', (method) => {
  expect(answerLine(legacy(method), factsWith())).toEqual({ jsonrpc: '2.0', id: 7, result: {} });
});

test('results of the legacy era have none of the modern members', () => {
  expect(answerLine(legacy('tools/list'), factsWith({ lists: LISTS }))).toEqual({
    jsonrpc: '2.0',
    id: 7,
    result: { tools: LISTS.tools },
  });
});

test.each(['server/discover', 'subscriptions/listen'])('%s is no method of the legacy era', (method) => {
  expect(answerLine(legacy(method), factsWith())).toMatchObject({ error: { code: -32601 } });
});

test('a message that names its revision is answered in the modern era', () => {
  expect(answerLine(modern('tools/list'), factsWith())).toMatchObject({ id: 7, result: { resultType: 'complete' } });
  const odd = modern('tools/list');
  const _meta = { 'io.modelcontextprotocol/protocolVersion': '2031-01-01' };
  expect(answerLine({ ...odd, params: { _meta } }, factsWith())).toMatchObject({
    error: { code: -32022, data: { requested: '2031-01-01' } },
  });
});

test('notifications and responses are answered by nothing', () => {
  expect(answerLine({ jsonrpc: '2.0', method: 'notifications/initialized' }, factsWith())).toBeUndefined();
  expect(answerLine({ jsonrpc: '2.0', id: 7, result: {} }, factsWith())).toBeUndefined();
});

test('a listening stream is acknowledged, and hears of the return what it asked for', () => {
  const listening = modern('subscriptions/listen', {
    notifications: { promptsListChanged: true, toolsListChanged: false, resourceSubscriptions: ['note://1'] },
  });
  const _meta = { 'io.modelcontextprotocol/subscriptionId': 7 };
  expect(answerLine(listening, factsWith())).toEqual({
    jsonrpc: '2.0',
    method: 'notifications/subscriptions/acknowledged',
    params: { notifications: { promptsListChanged: true, resourceSubscriptions: ['note://1'] }, _meta },
  });
  expect(linesOnReturn(listening)).toEqual([
    { jsonrpc: '2.0', method: 'notifications/prompts/list_changed', params: { _meta } },
    { jsonrpc: '2.0', id: 7, result: { resultType: 'complete', _meta } },
  ]);
});

test('in the legacy era all three lists may be other ones', () => {
  expect(linesOnReturn()).toEqual([
    { jsonrpc: '2.0', method: 'notifications/tools/list_changed' },
    { jsonrpc: '2.0', method: 'notifications/resources/list_changed' },
    { jsonrpc: '2.0', method: 'notifications/prompts/list_changed' },
  ]);
  expect(linesOnReturn(undefined, 'elicitation-1').at(-1)).toEqual({
    jsonrpc: '2.0',
    method: 'notifications/elicitation/complete',
    params: { elicitationId: 'elicitation-1' },
  });
});

test.each([
  ['2025-11-25', { elicitation: { url: {} } }, true],
  ['2025-11-25', { elicitation: { form: {} } }, false],
  ['2025-11-25', {}, false],
  // Has no such error, whatever the client declares.
  ['2025-06-18', { elicitation: { url: {} } }, false],
])('of %s with %j, whether it can be sent to an address is %s', (revision, capabilities, can) => {
  expect(takesUrlErrors(initialize(revision, capabilities))).toBe(can);
});

test('one that can is sent to the sign-in, if there is one to be had', () => {
  const call = legacy('tools/call', { name: 'create_note' });
  const facts = factsWith({ signInUrl: 'http://127.0.0.1:5693/sign-in/once' });
  expect(answerLine(call, facts, 'elicitation-1')).toMatchObject({
    error: {
      code: -32042,
      data: {
        elicitations: [{ mode: 'url', elicitationId: 'elicitation-1', url: 'http://127.0.0.1:5693/sign-in/once' }],
      },
    },
  });
  expect(answerLine(call, facts)).toMatchObject({ result: { isError: true } });
  expect(answerLine(call, factsWith(), 'elicitation-1')).toMatchObject({ result: { isError: true } });
  expect(answerLine(legacy('tools/call', { name: 'lanyard_status' }), facts, 'elicitation-1')).toMatchObject({
    result: { content: [{ type: 'text' }] },
  });
});
