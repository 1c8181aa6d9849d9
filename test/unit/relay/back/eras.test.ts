import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { sendJson, serve } from '../../fixtures.ts';
import { backFor, errorOf, resultOf, serveLegacy, serveModern, text } from './serving.ts';

const register = (server: Parameters<Parameters<typeof serveModern>[0]>[0]) => {
  server.registerTool('one', {}, () => text('1'));
};

type Message = { readonly id?: number; readonly method?: string };

/** A server of the legacy era without MCP sessions, that treats `server/discover` as the test wants. */
const serveLoose = (onDiscover: (message: Message, response: ServerResponse) => void) =>
  serve(({ body }, response) => {
    const message: Message = body === '' ? {} : JSON.parse(body);
    const { id, method } = message;
    if (method === 'server/discover') return onDiscover(message, response);
    if (method === 'initialize')
      return sendJson(response, 200, {
        jsonrpc: '2.0',
        id,
        result: { protocolVersion: '2025-03-26', capabilities: {}, serverInfo: { name: 'loose', version: '1' } },
      });
    if (id === undefined) return response.writeHead(202).end();
    sendJson(response, 200, { jsonrpc: '2.0', id, result: { tools: [] } });
  });

describe('what a server speaks', () => {
  const refusals: [string, (message: Message, response: ServerResponse) => void][] = [
    ['400 and nothing', (_message, response) => response.writeHead(400).end()],
    ['404 and a page', (_message, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<p>')],
    ['405', (_message, response) => response.writeHead(405).end()],
    ['500', (_message, response) => response.writeHead(500).end('crashed')],
    ...[-32000, -32001, -32022, -32600, -32601, -32602].map(
      (code): [string, (message: Message, response: ServerResponse) => void] => [
        `error ${code}`,
        ({ id }, response) =>
          sendJson(response, code === -32601 || code === -32602 ? 200 : 400, {
            jsonrpc: '2.0',
            id: code === -32601 ? id : null,
            error: { code, message: 'No', data: { supported: ['2025-11-25'] } },
          }),
      ],
    ),
    ['a result that says nothing', ({ id }, response) => sendJson(response, 200, { jsonrpc: '2.0', id, result: {} })],
  ];

  test.each(refusals)('is the legacy era where it answers the discovery with %s', async (_what, onDiscover) => {
    const server = await serveLoose(onDiscover);
    const { ask, access } = backFor(server.origin);
    expect(resultOf(await ask('tools/list')).resultType).toBe('complete');
    await ask('tools/list');
    const methods = server.seen.map(({ body }) => JSON.parse(body).method);
    expect(methods).toEqual(['server/discover', 'initialize', 'notifications/initialized', 'tools/list', 'tools/list']);
    expect([access.traits.speaks('modern'), access.traits.speaks('legacy')]).toEqual([false, true]);
    expect(server.seen.at(-1)?.headers['mcp-protocol-version']).toBe('2025-03-26');
  });

  test('is noticed anew when a server was exchanged for an older one', async () => {
    const server = await serveLegacy(register);
    const { ask, access } = backFor(server.origin);
    access.traits.learnEra('modern', true);
    expect(resultOf(await ask('tools/call', { name: 'one' })).content).toEqual([{ type: 'text', text: '1' }]);
    expect(access.traits.speaks('modern')).toBe(false);
  });

  test('is noticed anew when a server was exchanged for a newer one', async () => {
    const server = await serveModern(register);
    const { ask, access } = backFor(server.origin);
    access.traits.learnEra('modern', false);
    access.traits.learnEra('legacy', true);
    expect(resultOf(await ask('tools/call', { name: 'one' })).content).toEqual([{ type: 'text', text: '1' }]);
    expect([access.traits.speaks('modern'), access.traits.speaks('legacy')]).toEqual([true, false]);
  });

  test('is asked anew where it spoke neither', async () => {
    let isUp = false;
    const modern = await serveModern(register);
    const server = await serve(async ({ method, body, headers }, response) => {
      if (!isUp) return void response.writeHead(404).end();
      const answer = await fetch(`${modern.origin}/mcp`, { method, body, headers: headers as never });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(await answer.text());
    });
    const { ask } = backFor(server.origin);
    expect(errorOf(await ask('tools/list')).message).toBe('The notes gave no answer (HTTP 404).');
    isUp = true;
    expect(resultOf(await ask('tools/list')).tools).toHaveLength(1);
  });

  test('is not taken from an outage', async () => {
    const server = await serve((_request, response) => response.writeHead(503).end());
    const { ask, access } = backFor(server.origin);
    expect(errorOf(await ask('tools/list')).message).toContain('HTTP 503');
    expect([access.traits.speaks('modern'), access.traits.speaks('legacy')]).toEqual([undefined, undefined]);
  });

  test('is found out although the client that asked first gave up', async () => {
    const server = await serveModern(register);
    const { ask } = backFor(server.origin);
    const abort = new AbortController();
    const first = ask('tools/list', {}, { signal: abort.signal });
    const second = ask('tools/list');
    abort.abort();
    await first;
    expect(resultOf(await second).tools).toHaveLength(1);
  });
});
