import { expect, test } from 'vitest';
import { z } from 'zod';
import { fetchLists } from '../../../../main/relay/lists/fetch-lists.ts';
import { LISTS_LIMIT_BYTES } from '../../../../main/relay/lists/fit-lists.ts';
import type { ServerLists } from '../../../../main/relay/lists/server-lists.ts';
import type { Responder } from '../../../../main/relay/mcp/responder.ts';
import { refused } from '../../../../main/relay/mcp/rpc.ts';
import { problemFrom } from '../../fixtures.ts';
import { discovered, result, type Script, scriptedServer, sdkServer, withTools } from './listing-server.ts';

async function fetching(responder: Responder, known?: ServerLists) {
  const cuts: string[] = [];
  let ids = 0;
  const lists = await fetchLists({
    server: 'notes',
    responder,
    exchange: {
      conversation: { id: 'lanyard:lists', client: 'lanyard', transport: 'http' },
      signal: new AbortController().signal,
      notify: () => {},
    },
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    known,
    onCut: ({ list, reason }) => void cuts.push(`${list} ${reason}`),
  });
  return { lists, cuts };
}

const names = (entries: readonly { readonly [member: string]: unknown }[]) => entries.map(({ name }) => name);

test('everything that a server of the SDK lists is fetched, and kept whole', async () => {
  const server = sdkServer((mcp) => {
    mcp.registerTool(
      'create_note',
      {
        description: 'Writes a note',
        inputSchema: z.object({ text: z.string() }),
        annotations: { readOnlyHint: false },
      },
      async () => ({ content: [] }),
    );
    mcp.registerPrompt('summary', { description: 'Sums up' }, async () => ({ messages: [] }));
    mcp.registerResource('first', 'note://1', { mimeType: 'text/plain' }, async () => ({ contents: [] }));
  });
  const { lists, cuts } = await fetching(server);
  expect(lists).toMatchObject({
    serverInfo: { name: 'notes-server', version: '3.1.0' },
    instructions: 'Write short notes.',
    tools: [
      {
        name: 'create_note',
        description: 'Writes a note',
        inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
        annotations: { readOnlyHint: false },
      },
    ],
    prompts: [{ name: 'summary' }],
    resources: [{ uri: 'note://1', mimeType: 'text/plain' }],
    resourceTemplates: [],
  });
  expect(cuts).toEqual([]);
});

test('only lists that the server says it has are asked for, as requests of the modern era', async () => {
  const server = scriptedServer(withTools('a'));
  const { lists } = await fetching(server);
  expect(server.seen.map(({ method }) => method)).toEqual(['server/discover', 'tools/list']);
  expect(new Set(server.seen.map(({ id }) => id)).size).toBe(2);
  for (const { params } of server.seen)
    expect(params?._meta).toMatchObject({
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'lanyard' },
      'io.modelcontextprotocol/clientCapabilities': {},
    });
  expect(lists.resources).toEqual([]);
});

test('every page is fetched, and what comes twice is kept once', async () => {
  const pages: Record<string, object> = {
    first: { tools: [{ name: 'a' }, { name: 'b' }], nextCursor: 'second' },
    second: { tools: [{ name: 'b' }, { name: 'c' }], nextCursor: '' },
    '': { tools: [{ name: 'd' }] },
  };
  const server = scriptedServer({
    'server/discover': discovered({ tools: {} }),
    'tools/list': ({ params }) => result({ ...pages[String(params?.cursor ?? 'first')] }),
  });
  const { lists, cuts } = await fetching(server);
  expect(names(lists.tools)).toEqual(['a', 'b', 'c', 'd']);
  expect(cuts).toEqual([]);
});

const big = 'x'.repeat(LISTS_LIMIT_BYTES / 4);
const tools = (script: Script['tools/list']): Script => ({
  'server/discover': discovered({ tools: {} }),
  ...(script && { 'tools/list': script }),
});
let page = 0;

test.each<[string, Script, number, string]>([
  ['goes in a circle', tools(result({ tools: [{ name: 'a' }], nextCursor: 'again' })), 1, 'tools cursor'],
  [
    'never ends',
    tools(() => {
      page += 1;
      return result({ tools: [{ name: `tool-${page}` }], nextCursor: `${page}` });
    }),
    50,
    'tools pages',
  ],
  [
    'has too many entries',
    tools(result({ tools: Array.from({ length: 2_001 }, (_, index) => ({ name: `tool-${index}` })) })),
    2_000,
    'tools too-large',
  ],
  [
    'has too large entries',
    tools(result({ tools: Array.from({ length: 5 }, (_, index) => ({ name: `tool-${index}`, description: big })) })),
    3,
    'tools too-large',
  ],
  ['holds what is no tool', tools(result({ tools: [{ name: 'a' }, { title: 'nameless' }, 1] })), 1, 'tools malformed'],
  [
    'has a cursor that is too long',
    tools(result({ tools: [{ name: 'a' }], nextCursor: 'x'.repeat(10_000) })),
    1,
    'tools cursor',
  ],
])('a list that %s is cut', async (_, script, count, cut) => {
  const { lists, cuts } = await fetching(scriptedServer(script));
  expect(lists.tools).toHaveLength(count);
  expect(new Set(cuts)).toEqual(new Set([cut]));
});

test('where all lists together are too large, tools are what stays', async () => {
  const large = (key: string) => [1, 2, 3].map((index) => ({ [key]: `${key}-${index}`, description: big }));
  const { lists, cuts } = await fetching(
    scriptedServer({
      'server/discover': discovered({ tools: {}, prompts: {}, resources: {} }),
      'tools/list': result({ tools: large('name').slice(0, 2) }),
      'prompts/list': result({ prompts: large('name') }),
      'resources/list': result({ resources: large('uri') }),
    }),
  );
  expect(lists.tools).toHaveLength(2);
  expect(lists.prompts).toHaveLength(1);
  expect(cuts).toContain('prompts too-large');
});

test('where all lists together have too many entries, tools are what stays', async () => {
  const many = (key: string) => Array.from({ length: 1_500 }, (_, index) => ({ [key]: `${key}-${index}` }));
  const { lists, cuts } = await fetching(
    scriptedServer({
      'server/discover': discovered({ tools: {}, prompts: {} }),
      'tools/list': result({ tools: many('name') }),
      'prompts/list': result({ prompts: many('name') }),
    }),
  );
  expect([lists.tools.length, lists.prompts.length]).toEqual([1_500, 500]);
  expect(cuts).toEqual(['prompts too-large']);
});

test('a server without templates may say so by an error', async () => {
  const { lists, cuts } = await fetching(
    scriptedServer({
      'server/discover': discovered({ resources: {} }),
      'resources/list': result({ resources: [{ uri: 'note://1' }] }),
    }),
  );
  expect(lists).toMatchObject({ resources: [{ uri: 'note://1' }], resourceTemplates: [] });
  expect(cuts).toEqual([]);
});

test('a list that fails beside the tools is what it was', async () => {
  const known: ServerLists = {
    capabilities: {},
    tools: [{ name: 'old' }],
    resources: [],
    resourceTemplates: [],
    prompts: [{ name: 'known' }],
  };
  const script = {
    ...withTools('a'),
    'server/discover': discovered({ tools: {}, prompts: {} }),
    'prompts/list': refused(-32603, 'out of order'),
  };
  const { lists, cuts } = await fetching(scriptedServer(script), known);
  expect([names(lists.tools), names(lists.prompts)]).toEqual([['a'], ['known']]);
  expect(cuts).toEqual(['prompts refused']);
});

test.each<[string, Script]>([
  ['refuses to be discovered', { 'server/discover': refused(-32603, 'out of order') }],
  ['says nothing of its capabilities', { 'server/discover': result({}) }],
  ['says too much of itself', { 'server/discover': discovered({ tools: { text: big.repeat(5) } }) }],
  ['refuses its tools', { ...withTools(), 'tools/list': refused(-32603, 'out of order') }],
  ['has tools that are no list', { ...withTools(), 'tools/list': result({ tools: 'many' }) }],
])('a server that %s has no lists', async (_, script) => {
  const { code, recovery } = await problemFrom(fetching(scriptedServer(script)));
  expect([code, recovery?.kind]).toEqual(['lists-unusable', 'retry']);
});
