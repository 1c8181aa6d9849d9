import { expect, test } from 'vitest';
import { answerLine, statusLine } from '../../../../main/relay/standby/line-standby.ts';
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

test('a call is told where to sign in', () => {
  const call = legacy('tools/call', { name: 'create_note' });
  const facts = factsWith({ signInUrl: 'http://127.0.0.1:5693/sign-in/once' });
  expect(answerLine(call, facts)).toMatchObject({
    result: { isError: true, content: [{ text: expect.stringContaining('http://127.0.0.1:5693/sign-in/once') }] },
  });
});

test.each([legacy, modern])('a call of the status is answered at any time, in its era', (era) => {
  const told = statusLine(era('tools/call', { name: 'lanyard_status' }), (error) => factsWith({ error, lists: LISTS }));
  expect(told).toMatchObject({ id: 7, result: { content: [{ text: 'The notes: signed out.\nSign in.' }] } });
  expect(told).not.toHaveProperty('result.isError');
});

test('no other line is, nor where the server has a tool of that name', () => {
  expect(statusLine(legacy('tools/call', { name: 'create_note' }), () => factsWith())).toBeUndefined();
  expect(statusLine(legacy('tools/list'), () => factsWith())).toBeUndefined();
  const named = { name: 'lanyard_status', inputSchema: { type: 'object' as const } };
  const facts = () => factsWith({ lists: { ...LISTS, tools: [named] } });
  expect(statusLine(legacy('tools/call', { name: 'lanyard_status' }), facts)).toBeUndefined();
});
