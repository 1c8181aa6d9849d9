import { describe, expect, test } from 'vitest';
import type { Members } from '../../../../main/relay/mcp/rpc.ts';
import { callTool } from '../../mcp.ts';
import { until } from '../../until.ts';
import { complete, createScriptedResponder, needs, text } from './scripted-responder.ts';
import { connectBy, WAYS } from './served.ts';

const URL_QUESTION = {
  method: 'elicitation/create',
  params: { mode: 'url', message: 'Go there', url: 'https://example.com/' },
};
const FORM = {
  method: 'elicitation/create',
  params: { message: 'Who?', requestedSchema: { type: 'object', properties: { name: { type: 'string' } } } },
};
const BOTH = { elicitation: { form: {}, url: {} } };

describe.each(WAYS)('a client of the legacy era over %s', (way) => {
  test('is told what the server offers, and pings us alone', async () => {
    const responder = createScriptedResponder();
    await using connected = await connectBy(way, 'legacy', responder);
    const { client } = connected;
    expect(client.getServerCapabilities()).toEqual({
      tools: { listChanged: true },
      resources: { subscribe: true, listChanged: true },
      prompts: { listChanged: true },
      logging: {},
      completions: {},
    });
    expect(await client.ping()).toEqual({});
    expect(await client.setLoggingLevel('warning')).toEqual({});
    expect(await client.listTools()).toEqual({ tools: [expect.objectContaining({ name: 'echo' })] });
    const methods = responder.requests.map(({ method }) => method);
    expect(methods).not.toContain('ping');
    expect(methods).not.toContain('logging/setLevel');
    expect(responder.requests.at(-1)?.params?._meta).toMatchObject({ 'io.modelcontextprotocol/logLevel': 'warning' });
  });

  test('hears log messages on the stream of its call', async () => {
    const responder = createScriptedResponder();
    responder.on('tools/call:log', (_request, { notify }) => {
      notify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'one' } });
      notify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'two' } });
      return text('done');
    });
    await using connected = await connectBy(way, 'legacy', responder);
    const heard: unknown[] = [];
    connected.client.setNotificationHandler('notifications/message', ({ params }) => void heard.push(params.data));
    expect(await callTool(connected.client, 'log')).toBe('done');
    expect(heard).toEqual(['one', 'two']);
  });

  test('is asked by URL with an id of ours', async () => {
    const responder = createScriptedResponder();
    responder.on('tools/call:ask', ({ params }) =>
      params?.inputResponses ? text(JSON.stringify(params.inputResponses)) : needs({ go: URL_QUESTION }),
    );
    await using connected = await connectBy(way, 'legacy', responder, BOTH);
    let asked: Members | undefined;
    connected.client.setRequestHandler('elicitation/create', ({ params }) => {
      asked = params as Members;
      return { action: 'accept' as const };
    });
    expect(await callTool(connected.client, 'ask')).toBe('{"go":{"action":"accept"}}');
    expect(asked).toMatchObject({ url: 'https://example.com/', elicitationId: expect.stringMatching(/.{8,}/) });
  });

  test('is not asked what it did not declare', async () => {
    const responder = createScriptedResponder();
    responder.on('tools/call:ask', () => needs({ go: URL_QUESTION }));
    await using connected = await connectBy(way, 'legacy', responder, { elicitation: { form: {} } });
    await expect(connected.client.callTool({ name: 'ask', arguments: {} })).rejects.toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { elicitation: { url: {} } } },
    });
  });

  test('fails the whole request when it fails one question, and the other question is called off', async () => {
    const responder = createScriptedResponder();
    responder.on('tools/call:ask', () => needs({ bad: FORM, slow: URL_QUESTION }));
    await using connected = await connectBy(way, 'legacy', responder, BOTH);
    const calledOff = Promise.withResolvers<void>();
    const bothAsked = Promise.withResolvers<void>();
    connected.client.setRequestHandler('elicitation/create', async ({ params }, { mcpReq }) => {
      if ((params as Members).mode === 'url') {
        bothAsked.resolve();
        mcpReq.signal.addEventListener('abort', () => calledOff.resolve());
        await calledOff.promise;
        return { action: 'cancel' as const };
      }
      await bothAsked.promise;
      throw Object.assign(new Error('No form here'), { code: -32055 });
    });
    await expect(connected.client.callTool({ name: 'ask', arguments: {} })).rejects.toMatchObject({
      code: -32055,
      message: expect.stringContaining('No form here'),
    });
    await calledOff.promise;
    expect(responder.requests.filter(({ method }) => method === 'tools/call')).toHaveLength(1);
  });

  test('that cancels a call is not asked any more', async () => {
    const responder = createScriptedResponder();
    responder.on('tools/call:ask', () => needs({ who: FORM }));
    await using connected = await connectBy(way, 'legacy', responder, BOTH);
    const calledOff = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    connected.client.setRequestHandler('elicitation/create', async (_request, { mcpReq }) => {
      mcpReq.signal.addEventListener('abort', () => calledOff.resolve());
      asked.resolve();
      await calledOff.promise;
      return { action: 'cancel' as const };
    });
    const cancel = new AbortController();
    const call = connected.client.callTool({ name: 'ask', arguments: {} }, { signal: cancel.signal });
    const failed = expect(call).rejects.toThrow();
    await asked.promise;
    cancel.abort();
    await failed;
    await calledOff.promise;
  });

  test('gets an error for a server that asks without end', async () => {
    const responder = createScriptedResponder();
    responder.on('tools/call:ask', () => needs({ who: FORM }));
    await using connected = await connectBy(way, 'legacy', responder, BOTH);
    connected.client.setRequestHandler('elicitation/create', () => ({ action: 'decline' as const }));
    await expect(connected.client.callTool({ name: 'ask', arguments: {} })).rejects.toMatchObject({ code: -32603 });
    expect(responder.requests.filter(({ method }) => method === 'tools/call')).toHaveLength(17);
  });

  test('hears of changes by itself, and of the resources it subscribed to', async () => {
    const responder = createScriptedResponder();
    await using connected = await connectBy(way, 'legacy', responder);
    const { client } = connected;
    const heard: unknown[] = [];
    client.setNotificationHandler('notifications/tools/list_changed', (note) => void heard.push(note));
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => void heard.push(params));
    await until(() => responder.listening.length === 1);
    await client.subscribeResource({ uri: 'test://a' });
    await client.subscribeResource({ uri: 'test://b' });
    expect(responder.listening.map(({ request }) => request.params?.notifications)).toEqual([
      {
        toolsListChanged: true,
        promptsListChanged: true,
        resourcesListChanged: true,
        resourceSubscriptions: ['test://a', 'test://b'],
      },
    ]);
    // Over HTTP the listening stream is opened after `initialized`.
    while (heard.length === 0) {
      responder.tell('notifications/tools/list_changed');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(heard[0]).toEqual({ method: 'notifications/tools/list_changed' });
    heard.length = 0;
    responder.tell('notifications/resources/updated', { uri: 'test://a' });
    await until(() => heard.length > 0);
    expect(heard.at(-1)).toEqual({ uri: 'test://a' });
    await client.unsubscribeResource({ uri: 'test://a' });
    expect(responder.listening[0]?.request.params?.notifications).toMatchObject({
      resourceSubscriptions: ['test://b'],
    });
    expect(responder.listening).toHaveLength(1);
  });

  test('is not given schemas and values that its revision has no words for', async () => {
    const responder = createScriptedResponder();
    const outputSchema = { type: 'array', items: { type: 'number' } };
    responder.on('tools/list', () =>
      complete({ tools: [{ name: 'n', inputSchema: { type: 'object' }, outputSchema }] }),
    );
    responder.on('tools/call:n', () => complete({ content: [], structuredContent: [1, 2] }));
    await using connected = await connectBy(way, 'legacy', responder);
    expect((await connected.client.listTools()).tools).toEqual([{ name: 'n', inputSchema: { type: 'object' } }]);
    expect(await callTool(connected.client, 'n')).toBe('[1,2]');
  });

  test('is forgotten when it leaves', async () => {
    const responder = createScriptedResponder();
    const connected = await connectBy(way, 'legacy', responder);
    await until(() => responder.listening.length === 1);
    await connected[Symbol.asyncDispose]();
    await until(() => responder.ended.length === 1 && responder.listening.length === 0);
    expect(responder.ended[0]).toMatch(way === 'http' ? /^lanyard-/ : /^lines$/);
  });
});
