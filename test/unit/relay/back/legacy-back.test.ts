import { type McpServer, ResourceTemplate, UrlElicitationRequiredError } from '@modelcontextprotocol/server';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { MESSAGE_LIMIT_BYTES } from '../../../../main/relay/mcp/message-limit.ts';
import { META, MODERN_REVISION } from '../../../../main/relay/mcp/revisions.ts';
import { type Members, memberOf, type RpcNotification } from '../../../../main/relay/mcp/rpc.ts';
import { EMA_EXTENSION } from '../../../company/server/ema.ts';
import { problemFrom, until } from '../../fixtures.ts';
import { backFor, errorOf, resultOf, serveLegacy, text } from './serving.ts';

const registerEcho = (server: McpServer) => {
  server.registerTool('echo', { inputSchema: z.object({ words: z.string() }) }, ({ words }) => text(words));
};

const HELLO = { name: 'echo', arguments: { words: 'hello' } };
const SERVER_INFO = { name: 'notes', version: '2.1.0' };

describe('a server of the legacy era', () => {
  test('is found out, and answers in one MCP session', async () => {
    const server = await serveLegacy(registerEcho);
    const { ask, access } = backFor(server.origin);
    const result = resultOf(await ask('tools/call', HELLO));
    expect(result).toMatchObject({ resultType: 'complete', content: [{ text: 'hello' }] });
    expect(result._meta).toEqual({ [META.serverInfo]: SERVER_INFO });
    await ask('tools/call', HELLO);
    expect(server.methods()).toEqual([
      'server/discover',
      'initialize',
      'notifications/initialized',
      'tools/call',
      'tools/call',
    ]);
    expect([access.traits.speaks('modern'), access.traits.speaks('legacy')]).toEqual([false, true]);
    expect(server.sessions.size).toBe(1);
  });

  test('gets headers of its era, and none of the modern envelope', async () => {
    const server = await serveLegacy(registerEcho);
    const { ask } = backFor(server.origin);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await ask('tools/call', HELLO, { meta: { traceparent } });
    const { headers, message } = server.seen.at(-1) ?? {};
    expect(headers?.get('mcp-protocol-version')).toBe('2025-11-25');
    expect(headers?.get('mcp-session-id')).toBe([...server.sessions.keys()][0]);
    expect(headers?.has('mcp-method')).toBe(false);
    expect(message?.params).toEqual({ ...HELLO, _meta: { traceparent } });
  });

  test('is told the client’s name and capabilities', async () => {
    const server = await serveLegacy(registerEcho);
    await backFor(server.origin).ask('tools/list', {}, { capabilities: { roots: {} } });
    const initialize = server.seen.find(({ message }) => message.method === 'initialize');
    expect(initialize?.message.params).toEqual({
      protocolVersion: '2025-11-25',
      capabilities: { roots: {} },
      clientInfo: { name: 'test', version: '1.0.0' },
    });
  });

  test('is discovered by what it said at the beginning', async () => {
    const capabilities = { tools: { listChanged: true }, logging: {}, tasks: {} };
    const server = await serveLegacy(registerEcho, { capabilities: capabilities as object, instructions: 'Be kind.' });
    expect(resultOf(await backFor(server.origin).ask('server/discover'))).toEqual({
      resultType: 'complete',
      supportedVersions: [MODERN_REVISION],
      capabilities: { tools: { listChanged: true }, logging: {} },
      instructions: 'Be kind.',
      ttlMs: 0,
      cacheScope: 'private',
      _meta: { [META.serverInfo]: SERVER_INFO },
    });
  });

  test('has lists, prompts, resources and completions carried over', async () => {
    const server = await serveLegacy((mcp) => {
      registerEcho(mcp);
      mcp.registerPrompt('greet', { description: 'Greets' }, () => ({
        messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }],
      }));
      mcp.registerResource('book', 'notes://book', {}, ({ href }) => ({ contents: [{ uri: href, text: 'Once' }] }));
      const list = undefined;
      const complete = { name: () => ['ada', 'alan'] };
      mcp.registerResource('person', new ResourceTemplate('notes://{name}', { list, complete }), {}, ({ href }) => ({
        contents: [{ uri: href, text: 'A person' }],
      }));
    });
    const { ask } = backFor(server.origin);
    const cacheable = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
    expect(resultOf(await ask('tools/list'))).toMatchObject({ ...cacheable, tools: [{ name: 'echo' }] });
    expect(resultOf(await ask('prompts/list'))).toMatchObject({ ...cacheable, prompts: [{ name: 'greet' }] });
    expect(resultOf(await ask('resources/list'))).toMatchObject({ ...cacheable, resources: [{ name: 'book' }] });
    expect(resultOf(await ask('resources/templates/list'))).toMatchObject({
      ...cacheable,
      resourceTemplates: [{ uriTemplate: 'notes://{name}' }],
    });
    expect(resultOf(await ask('resources/read', { uri: 'notes://book' }))).toMatchObject({
      ...cacheable,
      contents: [{ text: 'Once' }],
    });
    const got = resultOf(await ask('prompts/get', { name: 'greet' }));
    expect(got).toMatchObject({ resultType: 'complete', messages: [{ content: { text: 'Hi' } }] });
    expect(got.ttlMs).toBeUndefined();
    const ref = { type: 'ref/resource', uri: 'notes://{name}' };
    const completion = await ask('completion/complete', { ref, argument: { name: 'name', value: 'a' } });
    expect(resultOf(completion).completion).toMatchObject({ values: ['ada', 'alan'] });
  });

  test('has its error for a missing resource renamed', async () => {
    const server = await serveLegacy((mcp) => {
      mcp.server.registerCapabilities({ resources: {} });
      mcp.server.setRequestHandler('resources/read', () => {
        throw Object.assign(new Error('Not there'), { code: -32002, data: { uri: 'notes://none' } });
      });
    });
    const error = errorOf(await backFor(server.origin).ask('resources/read', { uri: 'notes://none' }));
    expect(error).toMatchObject({ code: -32602, data: { uri: 'notes://none' } });
  });

  test.each(['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'tasks/list'])(
    'is not asked for %s, which the modern era has not',
    async (method) => {
      const server = await serveLegacy(registerEcho);
      const { ask } = backFor(server.origin);
      await ask('tools/list');
      expect(errorOf(await ask(method)).code).toBe(-32601);
      expect(server.methods().slice(3)).toEqual(['tools/list']);
    },
  );
});

describe('progress and log messages', () => {
  const register = (server: McpServer) => {
    server.registerTool('work', {}, async (context) => {
      const { progressToken } = context.mcpReq._meta ?? {};
      if (progressToken !== undefined)
        await context.mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress: 1, message: String(progressToken) },
        });
      await context.mcpReq.log('info', 'small');
      await context.mcpReq.log('error', 'large');
      return text('done');
    });
  };
  const work = { name: 'work' };
  const logging = { capabilities: { logging: {} } };

  test('come under the client’s token, while the server gets one that no other request has', async () => {
    const server = await serveLegacy(register, logging);
    const { ask } = backFor(server.origin);
    const heard: RpcNotification[][] = [[], []];
    await Promise.all(heard.map((list) => ask('tools/call', work, { heard: list, meta: { progressToken: 'p' } })));
    const shown = heard.map(([first]) => first?.params?.message);
    expect(heard.map(([first]) => first?.params?.progressToken)).toEqual(['p', 'p']);
    expect(new Set(shown).size).toBe(2);
  });

  test('do not come to a client that asked for neither', async () => {
    const server = await serveLegacy(register, logging);
    const { ask } = backFor(server.origin);
    const heard: RpcNotification[] = [];
    await ask('tools/call', work, { heard });
    expect(heard).toEqual([]);
    expect(server.methods()).not.toContain('logging/setLevel');
  });

  test('come from the level on that was asked for, which the server is told when it changes', async () => {
    const server = await serveLegacy(register, logging);
    const { ask } = backFor(server.origin);
    const levels = ['error', 'error', 'info'];
    const heard: RpcNotification[] = [];
    for (const level of levels) await ask('tools/call', work, { heard, meta: { [META.logLevel]: level } });
    expect(heard.map(({ params }) => params?.data)).toEqual(['large', 'large', 'small', 'large']);
    expect(server.methods().filter((method) => method === 'logging/setLevel')).toHaveLength(2);
  });
});

describe('MCP sessions', () => {
  test('are one for each conversation and set of capabilities', async () => {
    const server = await serveLegacy(registerEcho);
    const { ask } = backFor(server.origin);
    const sets: Members[] = [{ roots: {}, sampling: {} }, { sampling: {}, roots: {} }, {}];
    for (const conversation of ['one', 'two'])
      for (const capabilities of sets) await ask('tools/list', {}, { conversation, capabilities });
    expect(server.sessions.size).toBe(4);
  });

  test('are opened once for requests side by side', async () => {
    const server = await serveLegacy(registerEcho);
    const { ask } = backFor(server.origin);
    await Promise.all(Array.from({ length: 5 }, () => ask('tools/list')));
    expect(server.sessions.size).toBe(1);
  });

  test('are ended with their conversation', async () => {
    const server = await serveLegacy(registerEcho);
    const { ask, back } = backFor(server.origin);
    await ask('tools/list', {}, { conversation: 'one' });
    await ask('tools/list', {}, { conversation: 'two' });
    back.end('one');
    await until(() => server.sessions.size === 1);
    await ask('tools/list', {}, { conversation: 'two' });
    expect(server.methods().filter((method) => method === 'initialize')).toHaveLength(2);
  });

  test('are ended when nobody used them for ten minutes', async () => {
    const server = await serveLegacy(registerEcho);
    const { ask, elapse, pending } = backFor(server.origin);
    await ask('tools/list');
    expect([...pending].map(({ delayMs }) => delayMs)).toContain(600_000);
    elapse();
    await until(() => server.sessions.size === 0);
  });

  test('are at most sixty-four for one client, and the one used least recently goes', async () => {
    const server = await serveLegacy(registerEcho);
    const { ask } = backFor(server.origin);
    const use = (conversation: string) => ask('tools/list', {}, { conversation });
    await use('first');
    await use('second');
    for (let index = 0; index < 62; index += 1) await use(`other ${index}`);
    await use('first');
    await use('one more');
    await until(() => server.sessions.size === 64);
    const opened = () => server.methods().filter((method) => method === 'initialize').length;
    expect(opened()).toBe(65);
    await use('first');
    expect(opened()).toBe(65);
    await use('second');
    expect(opened()).toBe(66);
  });

  test('are forgotten without a word when another person signs in', async () => {
    const server = await serveLegacy(registerEcho);
    const { ask, back } = backFor(server.origin);
    await ask('tools/list');
    back.reset();
    await ask('tools/list');
    expect(server.methods()).not.toContain('DELETE');
    expect(server.methods().filter((method) => method === 'initialize')).toHaveLength(2);
  });

  test('that the server lost are opened again, and the request is sent once more', async () => {
    const server = await serveLegacy(registerEcho);
    const { ask } = backFor(server.origin);
    await ask('tools/list');
    server.sessions.clear();
    const outcomes = await Promise.all([ask('tools/call', HELLO), ask('tools/call', HELLO)]);
    for (const outcome of outcomes) expect(resultOf(outcome)).toMatchObject({ content: [{ text: 'hello' }] });
    expect(server.sessions.size).toBe(1);
  });

  test('that the server loses every time end with an error', async () => {
    const server = await serveLegacy(registerEcho);
    server.intercept.answer = ({ message }) =>
      message.method === 'tools/list' ? new Response(null, { status: 404 }) : undefined;
    expect(errorOf(await backFor(server.origin).ask('tools/list')).message).toContain('HTTP 404');
    expect(server.methods().filter((method) => method === 'tools/list')).toHaveLength(2);
  });
});

describe('a server that does not open an MCP session', () => {
  test('in a minute is given up', async () => {
    const server = await serveLegacy(registerEcho);
    const { ask, elapse, pending } = backFor(server.origin);
    server.intercept.answer = ({ message }) =>
      message.method === 'initialize' ? new Promise<Response>(() => {}) : undefined;
    const outcome = ask('tools/list');
    await until(() => server.methods().includes('initialize'));
    expect([...pending].map(({ delayMs }) => delayMs)).toContain(60_000);
    elapse();
    expect(errorOf(await outcome).message).toBe('The notes did not answer in time.');
  });

  test('but says why has that passed on', async () => {
    const server = await serveLegacy(registerEcho);
    const error = { code: -32603, message: 'Full up' };
    server.intercept.answer = ({ message }) =>
      message.method === 'initialize' ? Response.json({ jsonrpc: '2.0', id: message.id, error }) : undefined;
    expect(errorOf(await backFor(server.origin).ask('tools/list'))).toEqual(error);
  });

  test('of a revision that is known is an error', async () => {
    const server = await serveLegacy(registerEcho);
    server.intercept.answer = ({ message }) => {
      if (message.method !== 'initialize') return undefined;
      const result = { protocolVersion: '2031-01-01', capabilities: {}, serverInfo: SERVER_INFO };
      return Response.json({ jsonrpc: '2.0', id: message.id, result });
    };
    expect(errorOf(await backFor(server.origin).ask('tools/list')).message).toContain('no revision of MCP');
  });
});

describe('cancelling', () => {
  test('reaches the server', async () => {
    const began = Promise.withResolvers<AbortSignal>();
    const server = await serveLegacy((mcp) => {
      mcp.registerTool('wait', {}, async (context) => {
        began.resolve(context.mcpReq.signal);
        await new Promise((resolve) => context.mcpReq.signal.addEventListener('abort', resolve));
        return text('never');
      });
    });
    const abort = new AbortController();
    const outcome = backFor(server.origin).ask('tools/call', { name: 'wait' }, { signal: abort.signal });
    const signal = await began.promise;
    abort.abort();
    await outcome;
    await until(() => signal.aborted);
  });

  test('before the MCP session is open leaves the server alone', async () => {
    const server = await serveLegacy(registerEcho);
    const { ask } = backFor(server.origin);
    await ask('server/discover', {}, { signal: AbortSignal.abort() });
    await ask('tools/call', HELLO, { signal: AbortSignal.abort() });
    expect(server.methods()).not.toContain('tools/call');
  });
});

describe('a stream that breaks off before the response', () => {
  test('is resumed where the server keeps events', async () => {
    const server = await serveLegacy(
      (mcp) => {
        mcp.registerTool('poll', {}, async (context) => {
          context.http?.closeSSE?.();
          await new Promise((resolve) => setTimeout(resolve, 50));
          return text('after all');
        });
      },
      { keepsEvents: true },
    );
    const { ask } = backFor(server.origin);
    expect(resultOf(await ask('tools/call', { name: 'poll' })).content).toEqual([{ type: 'text', text: 'after all' }]);
    const resumed = server.seen.find(({ verb }) => verb === 'GET');
    expect(resumed?.headers.get('last-event-id')).toBeTruthy();
  });

  test('is an error where it keeps none', async () => {
    const server = await serveLegacy(registerEcho);
    server.intercept.answer = ({ message }) =>
      message.method === 'tools/call'
        ? new Response(': nothing\n\n', { headers: { 'content-type': 'text/event-stream' } })
        : undefined;
    expect(errorOf(await backFor(server.origin).ask('tools/call', HELLO)).message).toContain('gave no answer');
    expect(server.methods()).not.toContain('GET');
  });
});

describe('a server that wants EMA to be declared', () => {
  test('gets the declaration in its MCP session too', async () => {
    const server = await serveLegacy(registerEcho);
    const { ask, access } = backFor(server.origin);
    server.intercept.answer = ({ message }) => {
      if (message.method !== 'initialize') return undefined;
      if (memberOf(memberOf(message.params?.capabilities, 'extensions'), EMA_EXTENSION)) return undefined;
      const data = { requiredCapabilities: { extensions: { [EMA_EXTENSION]: {} } } };
      const error = { code: -32021, message: 'EMA, please', data };
      return Response.json({ jsonrpc: '2.0', id: message.id, error }, { status: 400 });
    };
    expect(resultOf(await ask('tools/list')).tools).toHaveLength(1);
    expect(access.traits.wantsEma).toBe(true);
    expect(server.methods().filter((method) => method === 'initialize')).toHaveLength(2);
  });
});

describe('an answer that is too large', () => {
  test('rejects, and holds up nothing else', async () => {
    const server = await serveLegacy(registerEcho);
    const { ask } = backFor(server.origin);
    server.intercept.answer = ({ message }) => {
      if (message.method !== 'tools/call') return undefined;
      const result = text('x'.repeat(MESSAGE_LIMIT_BYTES));
      return Response.json({ jsonrpc: '2.0', id: message.id, result });
    };
    expect((await problemFrom(ask('tools/call', HELLO))).code).toBe('answer-too-large');
    expect(resultOf(await ask('tools/list')).tools).toHaveLength(1);
  });
});

describe('questions of the server', () => {
  const capabilities = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };
  const requestedSchema = { type: 'object' as const, properties: { sure: { type: 'boolean' as const } } };
  const ANSWER = { action: 'accept', content: { sure: true } };
  const register = (server: McpServer) => {
    server.registerTool('remove', {}, async (context) => {
      await context.mcpReq.log('info', 'before');
      const answer = await context.mcpReq.elicitInput({ message: 'Sure?', requestedSchema });
      await context.mcpReq.log('info', 'after');
      return text(JSON.stringify(answer));
    });
    server.registerTool('both', {}, async (context) => {
      const { mcpReq } = context;
      const [sample, roots] = await Promise.all([
        mcpReq.requestSampling({
          messages: [{ role: 'user', content: { type: 'text', text: 'Say hi' } }],
          maxTokens: 10,
        }),
        mcpReq.send({ method: 'roots/list' }),
      ]);
      return text(JSON.stringify([sample.model, roots.roots]));
    });
  };
  const options = { capabilities: { logging: {} } };
  const remove = { name: 'remove' };
  const keyOf = (result: Members) => Object.keys(result.inputRequests as object);

  test('end the request, whose retry brings the answer and goes on', async () => {
    const server = await serveLegacy(register, options);
    const { ask } = backFor(server.origin);
    const heard: RpcNotification[][] = [[], []];
    const meta = { [META.logLevel]: 'info' };
    const first = resultOf(await ask('tools/call', remove, { capabilities, meta, heard: heard[0] as never }));
    expect(first).toMatchObject({ resultType: 'input_required', requestState: expect.any(String) });
    const [key = ''] = keyOf(first);
    expect(first.inputRequests).toEqual({
      [key]: { method: 'elicitation/create', params: expect.objectContaining({ message: 'Sure?', requestedSchema }) },
    });
    const retry = { ...remove, requestState: first.requestState, inputResponses: { [key]: ANSWER } };
    const second = resultOf(await ask('tools/call', retry, { capabilities, meta, heard: heard[1] as never }));
    expect(second).toMatchObject({ resultType: 'complete', content: [{ text: JSON.stringify(ANSWER) }] });
    expect(heard.map((list) => list.map(({ params }) => params?.data))).toEqual([['before'], ['after']]);
    expect(server.methods().filter((method) => method === 'tools/call')).toHaveLength(1);
  });

  test('that come side by side are asked in one round; those without an answer are asked again', async () => {
    const server = await serveLegacy(register, options);
    const { ask } = backFor(server.origin);
    const first = resultOf(await ask('tools/call', { name: 'both' }, { capabilities }));
    const requests = Object.entries(first.inputRequests as Record<string, { method: string }>);
    expect(requests.map(([, { method }]) => method).sort()).toEqual(['roots/list', 'sampling/createMessage']);
    const answers: Record<string, Members> = {
      'roots/list': { roots: [{ uri: 'file:///home' }] },
      'sampling/createMessage': { role: 'assistant', content: { type: 'text', text: 'hi' }, model: 'm' },
    };
    let result = first;
    for (const [key, { method }] of requests) {
      const inputResponses = { [key]: answers[method] };
      const retry = { name: 'both', requestState: result.requestState, inputResponses };
      result = resultOf(await ask('tools/call', retry, { capabilities }));
    }
    expect(result.content).toEqual([{ type: 'text', text: '["m",[{"uri":"file:///home"}]]' }]);
  });

  test('are not put to a client that declared nothing of the kind', async () => {
    const server = await serveLegacy((mcp) => {
      mcp.registerTool('roots', {}, async (context) => {
        const answer = context.mcpReq.send({ method: 'roots/list' }).catch(({ code }) => code);
        return text(String(await answer));
      });
    });
    const { ask } = backFor(server.origin);
    const result = resultOf(await ask('tools/call', { name: 'roots' }, { capabilities: { elicitation: {} } }));
    expect(result.content).toEqual([{ type: 'text', text: expect.any(String) }]);
    expect(result.resultType).toBe('complete');
  });

  test('wait for the same conversation, method and name alone, and once', async () => {
    const server = await serveLegacy(register, options);
    const { ask } = backFor(server.origin);
    const first = resultOf(await ask('tools/call', remove, { capabilities }));
    const inputResponses = Object.fromEntries(keyOf(first).map((key) => [key, ANSWER]));
    const retry = { ...remove, requestState: first.requestState, inputResponses };
    const strangers = [
      ask('tools/call', retry, { capabilities, conversation: 'two' }),
      ask('tools/call', { ...retry, name: 'both' }, { capabilities }),
      ask('prompts/get', retry, { capabilities }),
      ask('tools/call', { ...retry, requestState: 'guess' }, { capabilities }),
    ];
    for (const outcome of await Promise.all(strangers))
      expect(errorOf(outcome)).toEqual({ code: -32602, message: expect.stringContaining('Ask again') });
    expect(resultOf(await ask('tools/call', retry, { capabilities })).resultType).toBe('complete');
    expect(errorOf(await ask('tools/call', retry, { capabilities })).code).toBe(-32602);
  });

  test('are given up after ten minutes, and the server is told', async () => {
    const server = await serveLegacy(register, options);
    const { ask, elapse } = backFor(server.origin);
    const first = resultOf(await ask('tools/call', remove, { capabilities }));
    elapse();
    await until(() => server.methods().includes('notifications/cancelled'));
    const retry = { ...remove, requestState: first.requestState, inputResponses: {} };
    expect(errorOf(await ask('tools/call', retry, { capabilities })).code).toBe(-32602);
  });

  test('leave an MCP session that ends when nobody uses it, answered or not', async () => {
    for (const isAnswered of [true, false]) {
      const server = await serveLegacy(register, options);
      const { ask, elapse, pending } = backFor(server.origin);
      const first = resultOf(await ask('tools/call', remove, { capabilities }));
      expect(pending.size).toBe(1);
      if (isAnswered) {
        const inputResponses = Object.fromEntries(keyOf(first).map((key) => [key, ANSWER]));
        await ask('tools/call', { ...remove, requestState: first.requestState, inputResponses }, { capabilities });
      } else elapse();
      expect(server.sessions.size).toBe(1);
      await until(() => pending.size === 1);
      elapse();
      await until(() => server.sessions.size === 0);
    }
  });

  test('wait thirty-two at a time for one client; its oldest is given up', async () => {
    const server = await serveLegacy(register, options);
    const { ask } = backFor(server.origin);
    const results = [];
    for (let index = 0; index < 33; index += 1)
      results.push(resultOf(await ask('tools/call', remove, { capabilities })));
    await until(() => server.methods().includes('notifications/cancelled'));
    const goOn = (result: Members | undefined) => {
      const inputResponses = Object.fromEntries(keyOf(result ?? {}).map((key) => [key, ANSWER]));
      return ask('tools/call', { ...remove, requestState: result?.requestState, inputResponses }, { capabilities });
    };
    expect(errorOf(await goOn(results[0])).code).toBe(-32602);
    expect(resultOf(await goOn(results[1])).resultType).toBe('complete');
  });

  test('of url mode lose what only the legacy era has', async () => {
    const server = await serveLegacy((mcp) => {
      mcp.registerTool('pay', {}, async (context) => {
        const url = 'https://pay.example.com/';
        const params = { mode: 'url' as const, message: 'Pay', url, elicitationId: 'e1' };
        return text((await context.mcpReq.elicitInput(params)).action);
      });
    });
    const { ask } = backFor(server.origin);
    const first = resultOf(await ask('tools/call', { name: 'pay' }, { capabilities }));
    const params = { mode: 'url', message: 'Pay', url: 'https://pay.example.com/' };
    expect(Object.values(first.inputRequests as object)).toEqual([{ method: 'elicitation/create', params }]);
  });

  test('behind error -32042 are asked, and the call is sent again', async () => {
    let paid = false;
    const server = await serveLegacy((mcp) => {
      mcp.registerTool('pay', {}, () => {
        if (paid) return text('paid');
        const url = 'https://pay.example.com/';
        throw new UrlElicitationRequiredError([{ mode: 'url', message: 'Pay', url, elicitationId: 'e1' }]);
      });
    });
    const { ask } = backFor(server.origin);
    const pay = { name: 'pay' };
    const first = resultOf(await ask('tools/call', pay, { capabilities }));
    const [key = ''] = keyOf(first);
    const params = { mode: 'url', message: 'Pay', url: 'https://pay.example.com/' };
    expect(first.inputRequests).toEqual({ [key]: { method: 'elicitation/create', params } });
    paid = true;
    const inputResponses = { [key]: { action: 'accept' } };
    const second = await ask(
      'tools/call',
      { ...pay, requestState: first.requestState, inputResponses },
      { capabilities },
    );
    expect(resultOf(second).content).toEqual([{ type: 'text', text: 'paid' }]);
    paid = false;
    const third = resultOf(await ask('tools/call', pay, { capabilities }));
    const declined = { [keyOf(third)[0] ?? '']: { action: 'decline' } };
    const retry = { ...pay, requestState: third.requestState, inputResponses: declined };
    expect(errorOf(await ask('tools/call', retry, { capabilities })).code).toBe(-32603);
    expect(errorOf(await ask('tools/call', pay, { capabilities: {} })).code).toBe(-32042);
  });

  test('are forgotten with their conversation', async () => {
    const server = await serveLegacy(register, options);
    const { ask, back } = backFor(server.origin);
    await ask('tools/call', remove, { capabilities });
    back.end('one');
    await until(() => server.sessions.size === 0);
  });

  test('of the kind “are you there” are answered by us', async () => {
    const server = await serveLegacy((mcp) => {
      mcp.registerTool('check', {}, async (context) => {
        await context.mcpReq.send({ method: 'ping' });
        return text('there');
      });
    });
    const { ask } = backFor(server.origin);
    expect(resultOf(await ask('tools/call', { name: 'check' })).content).toEqual([{ type: 'text', text: 'there' }]);
  });
});
