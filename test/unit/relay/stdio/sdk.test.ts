import { Duplex } from 'node:stream';
import { Client } from '@modelcontextprotocol/client';
import type { McpServer } from '@modelcontextprotocol/server';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { type Era, MODERN_REVISION } from '../../../../main/relay/mcp/revisions.ts';
import { serveStdio } from '../../../../main/relay/stdio/stdio-relay.ts';
import { settleTurn } from '../../../virtual-time.ts';
import { until } from '../../fixtures.ts';
import { accessTo } from '../access-to.ts';
import { serveLegacy, serveModern, text } from '../back/serving.ts';
import { relayed, stdioContext } from '../relayed.ts';

const MODES = { legacy: 'legacy', modern: { pin: MODERN_REVISION } } as const;

/** An SDK client at one end of a stdio connection; at the other a server at `origin`. */
async function sdkClient(origin: string, era: Era, capabilities: object = {}) {
  const access = accessTo(origin);
  const client = new Client(
    { name: 'client', version: '1.0.0' },
    { capabilities, versionNegotiation: { mode: MODES[era] } },
  );
  let rest = '';
  const pipe = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      const pieces = `${rest}${chunk.toString()}`.split('\n');
      rest = pieces.pop() ?? '';
      // The SDK forgets a call's progress handler with its response, before it has dealt with progress of the same turn.
      void (async () => {
        for (const piece of pieces) {
          transport.onmessage?.(JSON.parse(piece));
          await settleTurn();
        }
        done();
      })();
    },
  });
  const over = serveStdio(pipe, relayed(access), stdioContext());
  const transport: Parameters<Client['connect']>[0] = {
    start: async () => {},
    close: async () => {
      pipe.push(null);
      await over;
      transport.onclose?.();
    },
    send: async (message) => void pipe.push(`${JSON.stringify(message)}\n`),
  };
  await client.connect(transport);
  onTestFinished(() => client.close());
  return { client, access };
}

const register = (server: McpServer) => {
  server.registerTool('echo', { inputSchema: z.object({ said: z.string() }) }, ({ said }) => text(said));
  server.registerTool('steps', {}, async (context) => {
    const { _meta } = context.mcpReq;
    const progressToken = _meta?.progressToken;
    for (let progress = 1; progress <= 3; progress += 1)
      if (progressToken !== undefined)
        await context.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress } });
    return text('done');
  });
};

const ERAS: readonly Era[] = ['legacy', 'modern'];

test.each(ERAS.flatMap((ofClient) => ERAS.map((ofServer) => [ofClient, ofServer] as const)))(
  'a %s client and a %s server: tools, progress in order, errors',
  async (ofClient, ofServer) => {
    const { origin } = await (ofServer === 'legacy' ? serveLegacy(register) : serveModern(register));
    const { client } = await sdkClient(origin, ofClient);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['echo', 'steps']);
    const { content } = await client.callTool({ name: 'echo', arguments: { said: 'ä\n€' } });
    expect(content).toEqual([{ type: 'text', text: 'ä\n€' }]);
    const steps: number[] = [];
    await client.callTool({ name: 'steps', arguments: {} }, { onprogress: ({ progress }) => steps.push(progress) });
    expect(steps).toEqual([1, 2, 3]);
    await expect(client.callTool({ name: 'none', arguments: {} })).rejects.toThrow(/none/);
  },
);

test('a call whose server lets its client wait without a stream is taken up again', async () => {
  const { origin, seen } = await serveLegacy(
    (server) =>
      server.registerTool('patient', {}, async ({ http }) => {
        http?.closeSSE?.();
        await until(() => seen.some(({ headers }) => headers.has('last-event-id')));
        return text('worth it');
      }),
    { keepsEvents: true },
  );
  const { client } = await sdkClient(origin, 'legacy');
  const { content } = await client.callTool({ name: 'patient', arguments: {} });
  expect(content).toEqual([{ type: 'text', text: 'worth it' }]);
});

test('a client notices nothing of a server that lost its MCP session, and hears of changes after that', async () => {
  const served = await serveLegacy(register);
  const { client } = await sdkClient(served.origin, 'legacy');
  let changes = 0;
  client.setNotificationHandler('notifications/tools/list_changed', () => {
    changes += 1;
  });
  await client.listTools();
  served.sessions.clear();
  const all = await Promise.all(['a', 'b', 'c'].map((said) => client.callTool({ name: 'echo', arguments: { said } })));
  expect(all.map(({ content }) => content)).toMatchObject(['a', 'b', 'c'].map((said) => [{ text: said }]));
  expect(served.sessions.size).toBe(1);
  await until(() => served.methods().filter((method) => method === 'GET').length === 2);
  for (const { server } of served.sessions.values()) server.registerTool('new', {}, () => text('new'));
  await until(() => changes > 0);
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('new');
});

test('what a server asks during a call reaches the client, and its answer the server', async () => {
  const { origin } = await serveLegacy((server) =>
    server.registerTool('ask', {}, async ({ mcpReq }) => {
      const { action } = await mcpReq.elicitInput({
        message: 'Really?',
        requestedSchema: { type: 'object', properties: {} },
      });
      return text(action);
    }),
  );
  const { client } = await sdkClient(origin, 'legacy', { elicitation: {} });
  client.setRequestHandler('elicitation/create', async () => ({ action: 'decline' as const }));
  const { content } = await client.callTool({ name: 'ask', arguments: {} });
  expect(content).toEqual([{ type: 'text', text: 'decline' }]);
});

test.each(ERAS)('a call that a %s client takes back ends at its server', async (era) => {
  let aborted = false;
  let began = false;
  const slow = (server: McpServer) => {
    server.registerTool('slow', {}, async ({ mcpReq: { signal } }) => {
      began = true;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      aborted = true;
      return text('late');
    });
  };
  const { origin } = await (era === 'legacy' ? serveLegacy(slow) : serveModern(slow));
  const { client } = await sdkClient(origin, era);
  const abort = new AbortController();
  const call = client.callTool({ name: 'slow', arguments: {} }, { signal: abort.signal });
  await until(() => began);
  abort.abort('enough');
  await expect(call).rejects.toThrow();
  await until(() => aborted);
});
