import { expect, test } from 'vitest';
import type { ToolRules } from '../../../../shared/tool-rules.ts';
import { until } from '../../fixtures.ts';
import { accessTo } from '../access-to.ts';
import { relayed } from '../relayed.ts';
import { event, events, legacyServer, result, type Script, send } from './legacy-server.ts';
import { connectLine, INITIALIZE, INITIALIZED, META } from './line-client.ts';

const RULES: ToolRules = { deny: ['drop_*'] };
const TOOLS = [{ name: 'add' }, { name: 'drop_all' }];
const PROGRESS = { method: 'notifications/message', params: { level: 'info', data: 'x' } };

async function ruled(script?: Script) {
  const server = await legacyServer((message, response, request) => {
    const scripted = script?.(message, response, request);
    if (scripted !== undefined) return scripted;
    return message.method === 'tools/list' ? send(response, 200, result(message.id, { tools: TOOLS })) : undefined;
  });
  const access = accessTo(server.origin);
  const client = connectLine(access, { server: relayed(access, { rules: RULES }) });
  client.write(INITIALIZE, INITIALIZED);
  await client.answer('init');
  await until(() => server.seen.some(({ method }) => method === 'GET'));
  return { server, client };
}

test('a call that policy does not allow never reaches its server, and is recorded', async () => {
  const { server, client } = await ruled();
  const before = client.records.length;
  client.write({ id: 1, method: 'tools/call', params: { name: 'drop_all', arguments: { secret: 'x' } } });
  expect(await client.answer(1)).toMatchObject({ result: { isError: true } });
  expect(server.posts('tools/call')).toEqual([]);
  expect(client.records.slice(before)).toMatchObject([
    {
      client: 'tester',
      server: 'notes',
      transport: 'stdio',
      verb: 'POST',
      method: 'tools/call',
      name: 'drop_all',
      status: 200,
      refused: 'denied',
    },
  ]);
  expect(JSON.stringify(client.records)).not.toContain('secret');
  client.write({ id: 2, method: 'tools/call', params: { name: 'add' } });
  expect(await client.answer(2)).toEqual(result(2, { session: 's-1' }));
});

test('the same in the modern era, in the form of that era', async () => {
  const { server, client } = await ruled();
  client.write({ id: 1, method: 'tools/call', params: { name: 'drop_all', _meta: META } });
  expect(await client.answer(1)).toMatchObject({ result: { resultType: 'complete', isError: true } });
  expect(server.posts('tools/call')).toEqual([]);
});

test('a call that hides in a notification is dropped, recorded, and not answered', async () => {
  const { server, client } = await ruled();
  client.write({ method: 'tools/call', params: { name: 'drop_all' } }, { id: 1, method: 'ping' });
  await client.answer(1);
  expect(server.posts('tools/call')).toEqual([]);
  expect(client.lines).toHaveLength(2);
  expect(client.records.filter(({ refused }) => refused)).toMatchObject([{ refused: 'denied', status: 400 }]);
});

test('what could be read in two ways does not go on', async () => {
  const { server, client } = await ruled();
  client.write('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","name":"drop_all"}}');
  expect(await client.answer(null)).toMatchObject({ error: {} });
  expect(server.posts('tools/call')).toEqual([]);
  expect(client.records.at(-1)).toMatchObject({ status: 400 });
  expect(client.records.at(-1)).not.toHaveProperty('refused');
});

test.each<readonly [string, Script]>([
  ['as JSON', () => undefined],
  [
    'in an event',
    ({ id, method }, response) =>
      method === 'tools/list' ? events(response).end(event(PROGRESS) + event(result(id, { tools: TOOLS }))) : undefined,
  ],
])('what policy hides is in no list, %s', async (_what, script) => {
  const { client } = await ruled(script);
  client.write({ id: 1, method: 'tools/list' });
  expect(await client.answer(1)).toEqual(result(1, { tools: [{ name: 'add' }] }));
});

test('refused lines keep their place: what follows is served', async () => {
  const { server, client } = await ruled();
  client.write(
    { id: 1, method: 'tools/call', params: { name: 'drop_all' } },
    { id: 2, method: 'tools/call', params: { name: 'add' } },
    { id: 3, method: 'tools/call', params: { name: 'drop_it' } },
  );
  for (const id of [1, 2, 3]) await client.answer(id);
  expect(server.posts('tools/call')).toMatchObject([{ id: 2 }]);
});
