import type { CallToolResult, Client } from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { META, MODERN_REVISION } from '../../../../main/relay/mcp/revisions.ts';
import { INVALID_PARAMS, type Members, memberOf, refused } from '../../../../main/relay/mcp/rpc.ts';
import { LanyardError } from '../../../../shared/errors.ts';
import { callTool, ERAS } from '../../mcp.ts';
import { until } from '../../until.ts';
import { complete, createScriptedResponder, needs, text } from './scripted-responder.ts';
import { connectBy, WAYS } from './served.ts';

const MATRIX = WAYS.flatMap((way) => ERAS.map((era) => [way, era] as const));
const ALL = { elicitation: { form: {}, url: {} }, sampling: {}, roots: { listChanged: true } };

/** Answers whatever a server asks, and notes it. */
function answerQuestions(client: Client): { readonly method: string; readonly params: Members }[] {
  const asked: { method: string; params: Members }[] = [];
  client.setRequestHandler('elicitation/create', ({ params }) => {
    asked.push({ method: 'elicitation/create', params: params as Members });
    return { action: 'accept' as const, content: { name: 'Ada' } };
  });
  client.setRequestHandler('sampling/createMessage', ({ params }) => {
    asked.push({ method: 'sampling/createMessage', params: params as Members });
    return { model: 'tiny', role: 'assistant' as const, content: { type: 'text' as const, text: 'Hm.' } };
  });
  client.setRequestHandler('roots/list', () => {
    asked.push({ method: 'roots/list', params: {} });
    return { roots: [{ uri: 'file:///home' }] };
  });
  return asked;
}

const FORM = {
  method: 'elicitation/create',
  params: {
    mode: 'form',
    message: 'Who?',
    requestedSchema: { type: 'object', properties: { name: { type: 'string' } } },
  },
};
const SAMPLING = {
  method: 'sampling/createMessage',
  params: { maxTokens: 5, messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }] },
};

describe.each(MATRIX)('over %s, %s', (way, era) => {
  test('a client lists and calls, and every request says who asks', async () => {
    const responder = createScriptedResponder();
    await using connected = await connectBy(way, era, responder);
    const { client } = connected;
    expect(client.getServerVersion()).toMatchObject({ name: 'scripted', title: 'Scripted' });
    expect(client.getServerCapabilities()).toMatchObject({ tools: { listChanged: true }, completions: {} });
    expect(client.getInstructions()).toBe('Be kind.');
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['echo']);
    expect(await callTool(client, 'echo', { say: 'hello' })).toBe('{"say":"hello"}');
    for (const { params } of responder.requests)
      expect(params?._meta).toMatchObject({
        [META.revision]: MODERN_REVISION,
        [META.clientInfo]: { name: 'integration' },
        [META.clientCapabilities]: expect.any(Object),
      });
  });

  test('members that nobody knows cross both ways', async () => {
    const responder = createScriptedResponder();
    responder.on('tools/call:odd', () =>
      complete({ content: [{ type: 'text', text: 'x', 'example.com/part': 1 }], _meta: { 'example.com/a': [1] } }),
    );
    await using connected = await connectBy(way, era, responder);
    const result = await connected.client.callTool({
      name: 'odd',
      arguments: { deep: { odd: null } },
      _meta: { 'example.com/b': 'c' },
    });
    expect(result._meta).toMatchObject({ 'example.com/a': [1] });
    const call = responder.requests.find(({ method }) => method === 'tools/call');
    expect(call?.params).toMatchObject({ arguments: { deep: { odd: null } }, _meta: { 'example.com/b': 'c' } });
  });

  test('progress comes in order and before the result', async () => {
    const responder = createScriptedResponder();
    responder.on('tools/call:slow', ({ params }, { notify }) => {
      const progressToken = memberOf(params?._meta, 'progressToken');
      for (const progress of [1, 2, 3])
        notify({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress, total: 3 } });
      return text('done');
    });
    await using connected = await connectBy(way, era, responder);
    const heard: (number | string)[] = [];
    const result = (await connected.client.callTool(
      { name: 'slow', arguments: {} },
      { onprogress: ({ progress }) => heard.push(progress) },
    )) as CallToolResult;
    heard.push(result.content[0]?.type ?? '');
    expect(heard).toEqual([1, 2, 3, 'text']);
  });

  test('what a server asks reaches the client, and its answers the server, with the state as it was', async () => {
    const responder = createScriptedResponder();
    responder.on('tools/call:ask', ({ params }) => {
      if (params?.requestState === undefined)
        return needs({ who: FORM, say: SAMPLING, where: { method: 'roots/list' } }, 'state "1"');
      if (params.requestState === 'state "1"') return needs({ again: FORM }, 'state 2');
      return text('thanks');
    });
    await using connected = await connectBy(way, era, responder, ALL);
    const asked = answerQuestions(connected.client);
    expect(await callTool(connected.client, 'ask', { x: 1 })).toBe('thanks');
    expect(asked.map(({ method }) => method).sort()).toEqual([
      'elicitation/create',
      'elicitation/create',
      'roots/list',
      'sampling/createMessage',
    ]);
    const calls = responder.requests.filter(({ method }) => method === 'tools/call');
    expect(new Set(calls.map(({ id }) => id)).size).toBe(3);
    expect(calls[1]?.params).toMatchObject({
      name: 'ask',
      arguments: { x: 1 },
      requestState: 'state "1"',
      inputResponses: {
        who: { action: 'accept', content: { name: 'Ada' } },
        say: { model: 'tiny' },
        where: { roots: [{ uri: 'file:///home' }] },
      },
    });
    expect(calls[2]?.params).toMatchObject({ requestState: 'state 2', inputResponses: { again: expect.any(Object) } });
  });

  test('a request that only has to wait is asked again with its state', async () => {
    const responder = createScriptedResponder();
    responder.on('tools/call:wait', ({ params }) =>
      params?.requestState === 'later' ? text('now') : needs(undefined, 'later'),
    );
    await using connected = await connectBy(way, era, responder, ALL);
    expect(await callTool(connected.client, 'wait')).toBe('now');
  });

  test('a client that cancels stops the exchange', async () => {
    const responder = createScriptedResponder();
    const aborted = Promise.withResolvers<void>();
    responder.on('tools/call:hang', (_request, { signal }) => {
      signal.addEventListener('abort', () => aborted.resolve());
      return aborted.promise.then(() => text('late'));
    });
    await using connected = await connectBy(way, era, responder);
    const cancel = new AbortController();
    const call = connected.client.callTool({ name: 'hang', arguments: {} }, { signal: cancel.signal });
    const failed = expect(call).rejects.toThrow();
    await until(() => responder.requests.some(({ method }) => method === 'tools/call'));
    cancel.abort();
    await failed;
    await aborted.promise;
    expect(await callTool(connected.client, 'echo', {})).toBe('{}');
  });

  test('errors of the server and of ours come with code, words and data', async () => {
    const responder = createScriptedResponder();
    responder.on('tools/call:bad', () => refused(-32050, 'No such thing', { why: 1 }));
    responder.on('tools/call:offline', () => {
      throw new LanyardError({ code: 'signed-out', user: 'Sign in first.', administrator: 'Nobody is signed in.' });
    });
    responder.on('resources/read', () => refused(INVALID_PARAMS, 'Not found'));
    await using connected = await connectBy(way, era, responder);
    const { client } = connected;
    await expect(client.callTool({ name: 'bad', arguments: {} })).rejects.toMatchObject({
      code: -32050,
      message: expect.stringContaining('No such thing'),
      data: { why: 1 },
    });
    await expect(client.callTool({ name: 'offline', arguments: {} })).rejects.toMatchObject({
      code: -32000,
      message: expect.stringContaining('Sign in first.'),
      data: { code: 'signed-out' },
    });
    const code = era === 'legacy' ? -32002 : -32602;
    await expect(client.readResource({ uri: 'test://none' })).rejects.toMatchObject({ code });
  });
});
