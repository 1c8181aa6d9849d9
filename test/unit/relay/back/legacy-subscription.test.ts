import type { McpServer } from '@modelcontextprotocol/server';
import { describe, expect, test } from 'vitest';
import { META } from '../../../../main/relay/mcp/revisions.ts';
import type { RpcNotification } from '../../../../main/relay/mcp/rpc.ts';
import { until } from '../../fixtures.ts';
import { backFor, errorOf, resultOf, serveLegacy, text } from './serving.ts';

const ALL = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
};
const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';
const CHANGED = 'notifications/tools/list_changed';
const UPDATED = 'notifications/resources/updated';

const register = (server: McpServer) => {
  server.registerTool('one', {}, () => text('1'));
  server.server.setRequestHandler('resources/subscribe', ({ params }) => {
    if (params.uri === 'notes://secret') throw new Error('No');
    return {};
  });
  server.server.setRequestHandler('resources/unsubscribe', () => ({}));
};

async function listening(capabilities: object = ALL) {
  const server = await serveLegacy(register, { capabilities });
  const client = backFor(server.origin);
  const listen = (id: string, notifications: object, capabilities = {}) => {
    const heard: RpcNotification[] = [];
    const abort = new AbortController();
    const ended = client.ask(
      'subscriptions/listen',
      { notifications },
      { id, heard, signal: abort.signal, capabilities },
    );
    return { heard, ended, abort, acknowledged: () => until(() => heard.length > 0) };
  };
  const sent = (method: string) => server.methods().filter((name) => name === method).length;
  return { server, ...client, listen, sent, mcp: () => server.servers.at(-1)?.server };
}

const methodsOf = (heard: readonly RpcNotification[]) => heard.map(({ method }) => method);

describe('a subscription', () => {
  test('is acknowledged with what the server can give, and hears of that under its own id', async () => {
    const { listen, mcp } = await listening({ tools: { listChanged: true } });
    const { heard, acknowledged } = listen('sub', { toolsListChanged: true, promptsListChanged: true });
    await acknowledged();
    expect(heard[0]?.params).toEqual({
      notifications: { toolsListChanged: true },
      _meta: { [META.subscriptionId]: 'sub' },
    });
    await mcp()?.sendToolListChanged();
    await until(() => heard.length === 2);
    expect(methodsOf(heard)).toEqual([ACKNOWLEDGED, CHANGED]);
    expect(heard[1]?.params?._meta).toEqual({ [META.subscriptionId]: 'sub' });
  });

  test('of which nothing can be given ends at once', async () => {
    const { listen, sent } = await listening({ tools: {} });
    const { heard, ended } = listen('sub', { promptsListChanged: true, resourceSubscriptions: ['notes://a'] });
    expect(resultOf(await ended)).toMatchObject({
      resultType: 'complete',
      _meta: { [META.subscriptionId]: 'sub' },
    });
    expect(heard[0]?.params?.notifications).toEqual({});
    expect(sent('GET')).toBe(0);
  });

  test.each([{}, { notifications: { toolsListChanged: 1 } }, many(257)])(
    'without a proper filter is refused',
    async (params) => {
      const { ask } = await listening();
      expect(errorOf(await ask('subscriptions/listen', params)).code).toBe(-32602);
    },
  );

  test('to resources hears of those alone that the server agreed to', async () => {
    const { listen, mcp } = await listening();
    const uris = ['notes://a', 'notes://secret'];
    const { heard, acknowledged } = listen('sub', { resourceSubscriptions: uris });
    await acknowledged();
    expect(heard[0]?.params?.notifications).toEqual({ resourceSubscriptions: ['notes://a'] });
    for (const uri of [...uris, 'notes://b', 'notes://a']) await mcp()?.sendResourceUpdated({ uri });
    await mcp()?.sendToolListChanged();
    await until(() => heard.length === 3);
    expect(heard.slice(1).map(({ method, params }) => [method, params?.uri])).toEqual([
      [UPDATED, 'notes://a'],
      [UPDATED, 'notes://a'],
    ]);
  });

  test('shares stream and resources with others, and leaves them to the last one', async () => {
    const { listen, sent, mcp, server } = await listening();
    const filter = { resourceSubscriptions: ['notes://a'], toolsListChanged: true };
    const first = listen('first', filter);
    const second = listen('second', filter);
    await first.acknowledged();
    await second.acknowledged();
    expect([sent('GET'), sent('resources/subscribe')]).toEqual([1, 1]);
    first.abort.abort();
    await first.ended;
    await mcp()?.sendResourceUpdated({ uri: 'notes://a' });
    await until(() => second.heard.length === 2);
    expect(first.heard).toHaveLength(1);
    expect(sent('resources/unsubscribe')).toBe(0);
    second.abort.abort();
    await until(() => sent('resources/unsubscribe') === 1);
    expect(server.sessions.size).toBe(1);
  });

  test('ends when another person signs in', async () => {
    const { listen, back, server } = await listening();
    const { ended, acknowledged } = listen('sub', { toolsListChanged: true });
    await acknowledged();
    back.reset();
    expect(resultOf(await ended).resultType).toBe('complete');
    expect(server.methods()).not.toContain('DELETE');
  });

  test('ends with its conversation', async () => {
    const { listen, back, server } = await listening();
    const { ended, acknowledged } = listen('sub', { toolsListChanged: true });
    await acknowledged();
    back.end('one');
    expect(resultOf(await ended).resultType).toBe('complete');
    await until(() => server.sessions.size === 0);
  });
});

function many(count: number) {
  return {
    notifications: { resourceSubscriptions: Array.from({ length: count }, (_, index) => `notes://${index}`) },
  };
}

describe('the listening stream', () => {
  test('is done without where the server has none', async () => {
    const { listen, server, ask } = await listening();
    server.intercept.answer = ({ verb }) => (verb === 'GET' ? new Response(null, { status: 405 }) : undefined);
    const { heard, acknowledged } = listen('sub', { toolsListChanged: true });
    await acknowledged();
    expect(methodsOf(heard)).toEqual([ACKNOWLEDGED]);
    expect(resultOf(await ask('tools/list')).tools).toHaveLength(1);
    expect(server.methods().filter((method) => method === 'GET')).toHaveLength(1);
  });

  test('is opened again from its last event when it ends', async () => {
    const { listen, server } = await listening();
    const event = { jsonrpc: '2.0', method: CHANGED };
    let streams = 0;
    server.intercept.answer = ({ verb }) => {
      if (verb !== 'GET') return undefined;
      streams += 1;
      const body = `id: event-${streams}\nretry: 1\ndata: ${JSON.stringify(event)}\n\n`;
      return streams > 2 ? undefined : new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    };
    const { heard } = listen('sub', { toolsListChanged: true });
    await until(() => streams === 3);
    const asked = server.seen.filter(({ verb }) => verb === 'GET');
    expect(asked.map(({ headers }) => headers.get('last-event-id'))).toEqual([null, 'event-1', 'event-2']);
    await until(() => heard.length === 3);
    expect(methodsOf(heard)).toEqual([ACKNOWLEDGED, CHANGED, CHANGED]);
  });

  test('and what it is about come back with a new MCP session', async () => {
    const { listen, server, ask, sent, mcp } = await listening();
    const filter = { toolsListChanged: true, resourceSubscriptions: ['notes://a'] };
    const { heard, acknowledged } = listen('sub', filter);
    await acknowledged();
    server.sessions.clear();
    await ask('tools/list');
    await until(() => sent('GET') === 2 && sent('resources/subscribe') === 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await mcp()?.sendToolListChanged();
    await until(() => heard.length === 2);
    expect(methodsOf(heard)).toEqual([ACKNOWLEDGED, CHANGED]);
  });

  test('brings questions that are refused while no call is under way', async () => {
    const { listen, server, mcp } = await listening();
    const { acknowledged } = listen('sub', { toolsListChanged: true }, { roots: {} });
    await acknowledged();
    await expect(mcp()?.listRoots()).rejects.toMatchObject({ code: -32601 });
    expect(await mcp()?.ping()).toEqual({});
    expect(server.methods().filter((method) => method === 'GET')).toHaveLength(1);
  });
});
