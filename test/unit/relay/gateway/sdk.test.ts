import { inputRequired, McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { createGateway } from '../../../../main/relay/gateway/gateway.ts';
import { ownUri } from '../../../../main/relay/gateway/own-uris.ts';
import type { Lists } from '../../../../main/relay/lists/server-lists.ts';
import type { Era } from '../../../../main/relay/mcp/revisions.ts';
import { systemSchedule } from '../../../../shared/schedule.ts';
import { listsOf, scriptedLists } from './scripted.ts';
import { sdkClient, sdkResponder } from './sdk-fixture.ts';

const ERAS: readonly Era[] = ['modern', 'legacy'];

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });

function createNotes(name: string): McpServer {
  const server = new McpServer(
    { name, version: '1.0.0' },
    { capabilities: { tools: { listChanged: true }, resources: { subscribe: true, listChanged: true } } },
  );
  server.registerTool('echo.it', { inputSchema: z.object({ word: z.string() }) }, async ({ word }, ctx) => {
    const token = ctx.mcpReq._meta?.progressToken;
    if (token !== undefined) {
      await ctx.mcpReq.notify({ method: 'notifications/progress', params: { progressToken: token, progress: 1 } });
    }
    return text(`${name}: ${word}`);
  });
  server.registerTool('ask', {}, async (ctx) => {
    const answers = ctx.mcpReq.inputResponses as { who?: { content?: { name?: string } } } | undefined;
    if (answers?.who) return text(`${name}: ${answers.who.content?.name}`);
    const requestedSchema = { type: 'object' as const, properties: { name: { type: 'string' as const } } };
    return inputRequired({
      inputRequests: { who: inputRequired.elicit({ message: 'Who?', requestedSchema }) },
      requestState: 'asked',
    });
  });
  server.registerResource('n', 'note://1', {}, async (uri) => ({ contents: [{ uri: uri.href, text: name }] }));
  server.registerResource(
    't',
    new ResourceTemplate('page://{id}', { list: undefined, complete: { id: () => [`${name}-1`] } }),
    {},
    async (uri) => ({ contents: [{ uri: uri.href, text: name }] }),
  );
  server.registerPrompt('hello', {}, async () => ({
    messages: [{ role: 'user', content: { type: 'text', text: name } }],
  }));
  return server;
}

const LISTS = listsOf({
  tools: ['echo.it', 'ask'].map((name) => ({ name, inputSchema: { type: 'object' } })),
  resources: [{ uri: 'note://1', name: 'n' }],
  resourceTemplates: [{ uriTemplate: 'page://{id}', name: 't' }],
  prompts: [{ name: 'hello' }],
});

async function setUp(era: Era, toolLimit = 80) {
  const [one, two] = [sdkResponder(() => createNotes('one')), sdkResponder(() => createNotes('two'))];
  const lists = scriptedLists({ one: LISTS, two: LISTS });
  const gateway = createGateway({
    servers: [
      { name: 'one', title: 'One', responder: one.responder, presence: () => 'listed' },
      { name: 'two', title: 'Two', responder: two.responder, presence: () => 'listed' },
    ],
    mayReach: () => true,
    lists: lists satisfies Lists,
    visibleTools: (_server, tools) => tools,
    onPresenceChange: () => () => {},
    toolLimit,
    statusText: () => '',
    schedule: systemSchedule,
  });
  const client = await sdkClient(gateway, era, { elicitation: {} });
  client.setRequestHandler('elicitation/create', async () => ({ action: 'accept', content: { name: 'Ann' } }));
  onTestFinished(async () => {
    await client.close();
    await Promise.all([one.handler.close(), two.handler.close()]);
  });
  return { client, lists, one, two };
}

it.each(ERAS)('a %s SDK client sees two SDK servers as one, and every answer fits the schemas', async (era) => {
  const { client } = await setUp(era);
  expect(client.getServerVersion()).toMatchObject({ name: 'lanyard' });
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    expect.stringMatching(/^one_echo_it_[0-9a-f]{8}$/),
    'one_ask',
    expect.stringMatching(/^two_echo_it_[0-9a-f]{8}$/),
    'two_ask',
  ]);
  const progress: number[] = [];
  const called = await client.callTool(
    { name: String(tools[2]?.name), arguments: { word: 'hi' } },
    { onprogress: (told) => void progress.push(told.progress) },
  );
  expect(called.content).toEqual([{ type: 'text', text: 'two: hi' }]);
  expect(progress).toEqual([1]);
  const { resources } = await client.listResources();
  expect(resources.map(({ uri }) => uri)).toEqual(['note://1', ownUri('two', 'note://1')]);
  for (const [uri, name] of [
    ['note://1', 'one'],
    [ownUri('two', 'note://1'), 'two'],
  ] as const) {
    expect((await client.readResource({ uri })).contents).toEqual([{ uri, text: name }]);
  }
  const { resourceTemplates } = await client.listResourceTemplates();
  const template = String(resourceTemplates[1]?.uriTemplate);
  const page = template.replace('{id}', '7');
  expect((await client.readResource({ uri: page })).contents).toMatchObject([{ text: 'two' }]);
  const ref = { type: 'ref/resource' as const, uri: template };
  const { completion } = await client.complete({ ref, argument: { name: 'id', value: '' } });
  expect(completion.values).toEqual(['two-1']);
  expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(['one_hello', 'two_hello']);
  expect((await client.getPrompt({ name: 'two_hello' })).messages).toMatchObject([{ content: { text: 'two' } }]);
});

it.each(ERAS)('an SDK server asks a %s client back, directly and behind call_tool', async (era) => {
  const { client } = await setUp(era);
  expect((await client.callTool({ name: 'two_ask' })).content).toEqual([{ type: 'text', text: 'two: Ann' }]);
  const behind = await setUp(era, 3);
  const { tools } = await behind.client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(['find_tools', 'call_tool']);
  const found = await behind.client.callTool({ name: 'find_tools', arguments: { query: 'ask' } });
  expect(JSON.stringify(found.structuredContent)).toContain('two_ask');
  const called = await behind.client.callTool({ name: 'call_tool', arguments: { name: 'two_ask' } });
  expect(called.content).toEqual([{ type: 'text', text: 'two: Ann' }]);
});

it.each(ERAS)('a %s SDK client hears of changed lists and resources of SDK servers', async (era) => {
  const { client, lists, two } = await setUp(era);
  const told: string[] = [];
  client.setNotificationHandler('notifications/tools/list_changed', () => void told.push('tools'));
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => void told.push(params.uri));
  const uri = ownUri('two', 'note://1');
  if (era === 'legacy') await client.subscribeResource({ uri });
  else await client.listen({ toolsListChanged: true, resourceSubscriptions: [uri] });
  lists.serve({ two: listsOf({ ...LISTS, tools: [] }) });
  await vi.waitFor(() => {
    two.handler.notify.resourceUpdated('note://1');
    expect(told).toContain(uri);
  });
  two.handler.notify.toolsChanged();
  await vi.waitFor(() => expect(told).toContain('tools'), { timeout: 5000 });
  expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain('two_ask');
  await client.close();
  expect(lists.listeners.size).toBe(0);
});
