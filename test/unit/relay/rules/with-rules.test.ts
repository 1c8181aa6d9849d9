import { expect, test } from 'vitest';
import type { CallRecord } from '../../../../main/journal/calls.ts';
import type { ListedTool } from '../../../../main/relay/lists/server-lists.ts';
import type { Exchange, Responder } from '../../../../main/relay/mcp/responder.ts';
import type { Outcome, RpcRequest } from '../../../../main/relay/mcp/rpc.ts';
import { judgeBodyAsking } from '../../../../main/relay/rules/judge-asking.ts';
import { withRules } from '../../../../main/relay/rules/with-rules.ts';
import type { ToolRules } from '../../../../shared/tool-rules.ts';

const READING = { annotations: { readOnlyHint: true } };

const exchange: Exchange = {
  conversation: { id: 'c', client: 'vscode', transport: 'http' },
  signal: new AbortController().signal,
  notify: () => {},
};

/** A server with rules that answers everything with the tools it has. */
function ruled(
  rules: ToolRules,
  { has = [], known = [], fails = false }: { has?: ListedTool[]; known?: ListedTool[]; fails?: boolean },
) {
  const asked: string[] = [];
  const ended: string[] = [];
  let seen = known;
  let refreshes = 0;
  const server: Responder = {
    answer: async ({ method, params }): Promise<Outcome> => {
      asked.push(method === 'tools/call' ? `call ${String(params?.name)}` : method);
      return { result: method === 'tools/list' ? { tools: has, nextCursor: 'n' } : { content: [] } };
    },
    end: (id) => void ended.push(id),
    reset: () => void ended.push('all'),
  };
  const context = {
    rules,
    title: 'The notes',
    toolOf: (name: string) => seen.find((tool) => tool.name === name),
    refreshTools: async () => {
      refreshes += 1;
      if (fails) throw new Error('out of reach');
      seen = has;
    },
  };
  const records: CallRecord[] = [];
  const responder = withRules(server, context, { server: 'notes', record: (call) => records.push(call) });
  const ask = (method: string, params?: Record<string, unknown>, more: object = {}) =>
    responder.answer({ jsonrpc: '2.0', id: 1, method, params, ...more } as RpcRequest, exchange);
  return { ask, asked, ended, responder, context, records, refreshes: () => refreshes };
}

test('hidden tools are in no list, and all else of it stays', async () => {
  const has = [{ name: 'get', title: 'Get' }, { name: 'delete' }];
  expect(await ruled({ deny: ['delete'] }, { has }).ask('tools/list')).toEqual({
    result: { tools: [has[0]], nextCursor: 'n' },
  });
});

test('with readOnly a tool is shown by what its list says, whatever was known', async () => {
  const has = [{ name: 'get', ...READING }, { name: 'put' }];
  const known = [{ name: 'put', ...READING }];
  const { ask, refreshes } = ruled({ readOnly: true }, { has, known });
  expect(await ask('tools/list')).toMatchObject({ result: { tools: [{ name: 'get' }] } });
  expect(refreshes()).toBe(0);
});

test('a call that is allowed reaches the server, a refused one does not', async () => {
  const { ask, asked, records } = ruled({ deny: ['delete'] }, {});
  expect(await ask('tools/call', { name: 'get' })).toEqual({ result: { content: [] } });
  expect(records).toEqual([]);
  expect(await ask('tools/call', { name: 'delete' })).toMatchObject({
    result: { isError: true, resultType: 'complete' },
  });
  expect(records).toMatchObject([
    { client: 'vscode', server: 'notes', transport: 'http', method: 'tools/call', name: 'delete', refused: 'denied' },
  ]);
  const answers = { name: 'delete', inputResponses: { a: { action: 'accept' } }, requestState: 's' };
  expect(await ask('tools/call', answers)).toMatchObject({ result: { isError: true } });
  expect(asked).toEqual(['call get']);
});

test.each([
  ['a name that is a number', 'tools/call', { name: 5 }],
  ['a second name in another case', 'tools/call', { name: 'get', Name: 'delete' }],
  ['no params', 'tools/call', undefined],
  ['a method in another case', 'Tools/Call', { name: 'get' }],
  ['a method of its own', 'tools/invoke', { name: 'get' }],
])('%s does not reach the server', async (_what, method, params) => {
  const { ask, asked } = ruled({ deny: ['delete'] }, {});
  expect(await ask(method, params)).toMatchObject({ error: { code: expect.any(Number) } });
  expect(asked).toEqual([]);
});

test('a method hidden beside another does not reach the server', async () => {
  const { ask, asked } = ruled({ deny: ['delete'] }, {});
  expect(await ask('ping', {}, { Method: 'tools/call' })).toHaveProperty('error');
  expect(asked).toEqual([]);
});

test('everything else passes', async () => {
  const { ask, asked, responder, ended } = ruled({ allow: [] }, {});
  for (const method of ['server/discover', 'prompts/get', 'tasks/get', 'tasks/update', 'subscriptions/listen'])
    await ask(method, { name: 'delete' });
  expect(asked).toEqual(['server/discover', 'prompts/get', 'tasks/get', 'tasks/update', 'subscriptions/listen']);
  responder.end('c');
  responder.reset();
  expect(ended).toEqual(['c', 'all']);
});

test.each<[string, ListedTool[], ListedTool[], boolean, number]>([
  ['known as read-only', [{ name: 'x', ...READING }], [], true, 0],
  ['known as one that writes', [{ name: 'x' }], [{ name: 'x', ...READING }], false, 0],
  ['not known and read-only', [], [{ name: 'x', ...READING }], true, 1],
  ['not known and one that writes', [], [{ name: 'x' }], false, 1],
  ['nowhere to be found', [], [], false, 1],
])('with readOnly a tool that is %s', async (_what, known, has, allowed, refreshes) => {
  const server = ruled({ readOnly: true }, { known, has });
  await server.ask('tools/call', { name: 'x' });
  expect(server.asked).toEqual(allowed ? ['call x'] : []);
  expect(server.refreshes()).toBe(refreshes);
  const bytes = ruled({ readOnly: true }, { known, has });
  const body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}';
  expect((await judgeBodyAsking(body, {}, bytes.context)).kind).toBe(allowed ? 'pass' : 'refused');
  expect(bytes.refreshes()).toBe(refreshes);
});

test('a server that cannot be asked has no read-only tools', async () => {
  const { ask, asked } = ruled({ readOnly: true }, { fails: true, has: [{ name: 'x', ...READING }] });
  expect(await ask('tools/call', { name: 'x' })).toMatchObject({ result: { isError: true } });
  expect(asked).toEqual([]);
});

test('for a tool that is denied anyway nobody is asked', async () => {
  const { ask, refreshes } = ruled({ readOnly: true, allow: ['get'], deny: ['get_all'] }, {});
  await ask('tools/call', { name: 'get_all' });
  await ask('tools/call', { name: 'put' });
  expect(refreshes()).toBe(0);
});
