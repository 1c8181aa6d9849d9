import { inputRequired, type McpServer } from '@modelcontextprotocol/server';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { META, MODERN_REVISION } from '../../../../main/relay/mcp/revisions.ts';
import type { RpcNotification } from '../../../../main/relay/mcp/rpc.ts';
import { EMA_EXTENSION, refuseWithoutEma } from '../../../company/server/ema.ts';
import { problemFrom, sendJson, serve, until } from '../../fixtures.ts';
import { backFor, errorOf, event, resultOf, serveModern, text } from './serving.ts';

const registerEcho = (server: McpServer) => {
  server.registerTool('echo', { inputSchema: z.object({ words: z.string() }) }, ({ words }) => text(words));
};

const DISCOVERY = { resultType: 'complete', supportedVersions: [MODERN_REVISION], capabilities: {} };

/** A server of our own making that knows `server/discover`; the rest is the test's. */
const serveScripted = (answer: (message: { id: string; method: string; params: never }) => [number, object] | string) =>
  serve(({ body }, response) => {
    const message = JSON.parse(body);
    if (message.method === 'server/discover')
      return sendJson(response, 200, { jsonrpc: '2.0', id: message.id, result: DISCOVERY });
    const given = answer(message);
    if (typeof given === 'string') response.writeHead(200, { 'content-type': 'text/event-stream' }).end(given);
    else sendJson(response, given[0], { jsonrpc: '2.0', id: message.id, ...given[1] });
  });

describe('a server of the modern era', () => {
  test('answers, and is asked once what it speaks', async () => {
    const server = await serveModern(registerEcho);
    const { ask, access } = backFor(server.origin);
    const call = () => ask('tools/call', { name: 'echo', arguments: { words: 'hello' } });
    expect(resultOf(await call())).toMatchObject({ resultType: 'complete', content: [{ text: 'hello' }] });
    await call();
    expect(server.methods()).toEqual(['server/discover', 'tools/call', 'tools/call']);
    expect(access.traits.speaks('modern')).toBe(true);
  });

  test('gets its discovery asked once by requests side by side', async () => {
    const server = await serveModern(registerEcho);
    const { ask } = backFor(server.origin);
    await Promise.all(Array.from({ length: 5 }, () => ask('tools/list')));
    expect(server.methods().filter((method) => method === 'server/discover')).toHaveLength(1);
  });

  test('gets the headers of the transport, and ids of our own', async () => {
    const server = await serveModern(registerEcho);
    const { ask } = backFor(server.origin);
    await ask('tools/call', { name: 'echo', arguments: { words: 'a' } }, { id: 'mine' });
    const seen = server.seen.at(-1);
    expect(seen?.headers.get('mcp-method')).toBe('tools/call');
    expect(seen?.headers.get('mcp-name')).toBe('echo');
    expect(seen?.headers.get('mcp-protocol-version')).toBe(MODERN_REVISION);
    expect(seen?.message.id).not.toBe('mine');
  });

  test('has its notifications passed on in their order, with the client’s progress token', async () => {
    const server = await serveModern((mcp) => {
      mcp.registerTool('count', {}, async (context) => {
        const progressToken = context.mcpReq._meta?.progressToken ?? 'none';
        for (const progress of [1, 2, 3])
          await context.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress } });
        return text('done');
      });
    });
    const { ask } = backFor(server.origin);
    const heard: RpcNotification[] = [];
    await ask('tools/call', { name: 'count' }, { heard, meta: { progressToken: 'mine' } });
    expect(heard.map(({ params }) => [params?.progressToken, params?.progress])).toEqual([
      ['mine', 1],
      ['mine', 2],
      ['mine', 3],
    ]);
  });

  test('moves the progress of no other request', async () => {
    const progress = (progressToken: string) =>
      event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress: 1 } });
    const server = await serveScripted(
      ({ id }) => progress('theirs') + progress('mine') + event({ jsonrpc: '2.0', id, result: {} }),
    );
    const { ask } = backFor(server.origin);
    const heard: RpcNotification[] = [];
    await ask('tools/call', { name: 'echo' }, { heard, meta: { progressToken: 'mine' } });
    await ask('tools/call', { name: 'echo' }, { heard });
    expect(heard.map(({ params }) => params?.progressToken)).toEqual(['mine']);
  });

  test('has its questions and their state passed on untouched', async () => {
    const server = await serveModern((mcp) => {
      mcp.registerTool('ask', {}, (context) =>
        context.mcpReq.inputResponses
          ? text(`${context.mcpReq.requestState()} ${JSON.stringify(context.mcpReq.inputResponses)}`)
          : inputRequired({
              requestState: 'server-state',
              inputRequests: { q: inputRequired.elicit({ message: 'Sure?', requestedSchema: z.object({}) }) },
            }),
      );
    });
    const { ask } = backFor(server.origin);
    const capabilities = { elicitation: {} };
    const first = resultOf(await ask('tools/call', { name: 'ask' }, { capabilities }));
    expect(first).toMatchObject({ resultType: 'input_required', requestState: 'server-state' });
    const retry = { name: 'ask', requestState: 'server-state', inputResponses: { q: { action: 'decline' } } };
    const second = resultOf(await ask('tools/call', retry, { capabilities }));
    expect(second.content).toEqual([{ type: 'text', text: 'server-state {"q":{"action":"decline"}}' }]);
  });

  test('has its subscription carried under the client’s id until the client ends it', async () => {
    const server = await serveModern(registerEcho, { capabilities: { tools: { listChanged: true } } });
    const { ask, records } = backFor(server.origin);
    const heard: RpcNotification[] = [];
    const abort = new AbortController();
    const ended = ask(
      'subscriptions/listen',
      { notifications: { toolsListChanged: true } },
      { heard, id: 'sub', signal: abort.signal },
    );
    await until(() => heard.length === 1);
    server.notify.toolsChanged();
    await until(() => heard.length === 2);
    expect(heard.map(({ method }) => method)).toEqual([
      'notifications/subscriptions/acknowledged',
      'notifications/tools/list_changed',
    ]);
    for (const { params } of heard) expect(params?._meta).toMatchObject({ [META.subscriptionId]: 'sub' });
    abort.abort();
    await ended;
    server.notify.toolsChanged();
    expect(heard).toHaveLength(2);
    expect(records).toHaveLength(1);
  });

  test('may end a subscription by its result or by a cancellation, and both look the same', async () => {
    const result = { resultType: 'complete' };
    const endings = [
      (id: string) => ({ jsonrpc: '2.0', id, result: { ...result, _meta: { [META.subscriptionId]: id } } }),
      (id: string) => ({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } }),
    ];
    for (const ending of endings) {
      const server = await serveScripted(({ id }) => `data: ${JSON.stringify(ending(id))}\n\n`);
      const heard: RpcNotification[] = [];
      const outcome = await backFor(server.origin).ask('subscriptions/listen', {}, { id: 'sub', heard });
      expect(resultOf(outcome)).toMatchObject({ ...result, _meta: { [META.subscriptionId]: 'sub' } });
      expect(heard).toEqual([]);
    }
  });

  test('hears of a cancellation by the end of its stream', async () => {
    const began = Promise.withResolvers<AbortSignal>();
    const server = await serveModern((mcp) => {
      mcp.registerTool('wait', {}, async (context) => {
        began.resolve(context.mcpReq.signal);
        await new Promise((resolve) => context.mcpReq.signal.addEventListener('abort', resolve));
        return text('never');
      });
    });
    const { ask } = backFor(server.origin);
    const abort = new AbortController();
    const outcome = ask('tools/call', { name: 'wait' }, { signal: abort.signal });
    const signal = await began.promise;
    abort.abort();
    await outcome;
    await until(() => signal.aborted);
  });
});

describe('parameters in headers', () => {
  const inputSchema = z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }) });
  const register = (server: McpServer) => {
    server.registerTool('place', { inputSchema }, ({ region }) => text(region));
  };
  const tool = {
    name: 'place',
    inputSchema: { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } },
  };
  const call = { name: 'place', arguments: { region: 'Zürich' } };

  test('are sent for a tool that is known', async () => {
    const server = await serveModern(register);
    const { ask } = backFor(server.origin, { toolOf: () => tool });
    expect(resultOf(await ask('tools/call', call)).content).toEqual([{ type: 'text', text: 'Zürich' }]);
    expect(server.seen.at(-1)?.headers.get('mcp-param-region')).toMatch(/^=\?base64\?.*\?=$/);
  });

  test('are sent after the tools were asked for anew where they were missed', async () => {
    const server = await serveModern(register);
    let known: typeof tool | undefined;
    const { ask } = backFor(server.origin, {
      toolOf: () => known,
      refreshTools: async () => {
        known = tool;
      },
    });
    expect(resultOf(await ask('tools/call', call)).content).toEqual([{ type: 'text', text: 'Zürich' }]);
  });

  test('are missed once more at most', async () => {
    const server = await serveModern(register);
    let refreshed = 0;
    const { ask } = backFor(server.origin, {
      refreshTools: () => {
        refreshed += 1;
        return Promise.reject(new Error('not now'));
      },
    });
    expect(errorOf(await ask('tools/call', call)).code).toBe(-32020);
    expect(refreshed).toBe(1);
    expect(server.methods()).toEqual(['server/discover', 'tools/call', 'tools/call']);
  });

  test('that are annotated against the rules keep a tool out of the list', async () => {
    const bad = { name: 'bad', inputSchema: { type: 'object', 'x-mcp-header': 'Root' } };
    const server = await serveScripted(() => [200, { result: { resultType: 'complete', tools: [bad, tool] } }]);
    expect(resultOf(await backFor(server.origin).ask('tools/list')).tools).toEqual([tool]);
  });
});

describe('a server that wants EMA to be declared', () => {
  test('gets the declaration from its first refusal on', async () => {
    const modern = await serveModern(registerEcho);
    const server = await serve(async ({ body, headers, method }, response) => {
      const request = new Request(`${modern.origin}/mcp`, { method, headers: headers as never, body });
      const answer = (await refuseWithoutEma(request)) ?? (await fetch(request));
      sendJson(
        response,
        answer.status,
        await answer
          .clone()
          .json()
          .catch(async () => readEvent(await answer.text())),
      );
    });
    const { ask, access } = backFor(server.origin);
    const capabilities = { sampling: {}, extensions: { mine: {} } };
    expect(resultOf(await ask('tools/list', {}, { capabilities })).tools).toHaveLength(1);
    expect(access.traits.wantsEma).toBe(true);
    const declared = server.seen.map(({ body }) => JSON.parse(body).params._meta[META.clientCapabilities]);
    expect(declared[0]).toEqual(capabilities);
    expect(declared.at(-1)).toEqual({ sampling: {}, extensions: { mine: {}, [EMA_EXTENSION]: {} } });
    expect(server.seen).toHaveLength(3);
  });
});

const readEvent = (stream: string) => JSON.parse(/data: (.*)/.exec(stream)?.[1] ?? 'null');

describe('what goes wrong', () => {
  test('is the server’s error, whatever its HTTP status', async () => {
    for (const status of [200, 400, 500]) {
      const error = { code: -32603, message: 'Broken', data: { why: 1 } };
      const server = await serveScripted(() => [status, { error }]);
      expect(errorOf(await backFor(server.origin).ask('tools/list'))).toEqual(error);
    }
  });

  test('is an error that names the HTTP status where no message came', async () => {
    const server = await serve(({ body }, response) => {
      const { id, method } = JSON.parse(body);
      if (method === 'server/discover') return sendJson(response, 200, { jsonrpc: '2.0', id, result: DISCOVERY });
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html>');
    });
    const { ask, records } = backFor(server.origin);
    const error = errorOf(await ask('tools/list'));
    expect(error).toEqual({ code: -32603, message: 'The notes gave no answer (HTTP 502).' });
    expect(records).toMatchObject([{ client: 'claude', method: 'tools/list', status: 502, transport: 'stdio' }]);
  });

  test('rejects where the server was not reached', async () => {
    const { ask, records } = backFor('http://127.0.0.1:9');
    expect((await problemFrom(ask('tools/list'))).code).toBeTruthy();
    expect(records).toMatchObject([{ method: 'tools/list', status: 503 }]);
  });

  test('rejects where the answer is a redirect', async () => {
    const server = await serve((_request, response) => response.writeHead(307, { location: '/elsewhere' }).end());
    expect((await problemFrom(backFor(server.origin).ask('tools/list'))).code).toBe('server-redirects');
  });
});
