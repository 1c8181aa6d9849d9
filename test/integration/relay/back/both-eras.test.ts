import { randomUUID } from 'node:crypto';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { inputRequired, inputResponse, type McpServer } from '@modelcontextprotocol/server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { createHttpFront } from '../../../../main/relay/front/http-front.ts';
import type { Era } from '../../../../main/relay/mcp/revisions.ts';
import { systemSchedule } from '../../../../shared/schedule.ts';
import { serveRaw, until } from '../../../unit/fixtures.ts';
import { backFor, serveLegacy, serveModern, text } from '../../../unit/relay/back/serving.ts';

const requestedSchema = z.object({ sure: z.boolean() });

const seen = { begun: 0, aborted: 0 };

const register = (server: McpServer) => {
  server.registerTool('echo', { inputSchema: z.object({ words: z.string() }) }, ({ words }) => text(words));
  server.registerTool('count', {}, async (context) => {
    const { progressToken } = context.mcpReq._meta ?? {};
    for (const progress of [1, 2, 3])
      if (progressToken !== undefined)
        await context.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress } });
    return text('counted');
  });
  server.registerTool('remove', {}, (context) => {
    const answer = inputResponse(context.mcpReq.inputResponses, 'answer');
    return answer.kind === 'missing'
      ? inputRequired({ inputRequests: { answer: inputRequired.elicit({ message: 'Sure?', requestedSchema }) } })
      : text(JSON.stringify(context.mcpReq.inputResponses?.answer));
  });
  server.registerTool('wait', {}, async (context) => {
    seen.begun += 1;
    await new Promise((resolve) => context.mcpReq.signal.addEventListener('abort', resolve));
    seen.aborted += 1;
    return text('never');
  });
  server.registerResource('book', 'notes://book', {}, ({ href }) => ({ contents: [{ uri: href, text: 'Once' }] }));
};

const OPTIONS = { capabilities: { tools: { listChanged: true } } };

const servers = {
  modern: async () => {
    const { origin, notify } = await serveModern(register, OPTIONS);
    return { origin, announce: async () => notify.toolsChanged() };
  },
  legacy: async () => {
    const { origin, servers: open } = await serveLegacy(register, OPTIONS);
    return { origin, announce: () => Promise.all(open.map(({ server }) => server.sendToolListChanged())) };
  },
};

/** An SDK client of one era, with our front and back between it and an SDK server of the other. */
async function through(clientEra: Era, serverEra: Era) {
  const { origin, announce } = await servers[serverEra]();
  const { back, records } = backFor(origin);
  const front = createHttpFront({ responder: back, newId: randomUUID, schedule: systemSchedule });
  const local = await serveRaw(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    await front.handle(request, response, Buffer.concat(chunks), 'claude');
  });
  const changed = { count: 0 };
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    {
      capabilities: { elicitation: { form: {} } },
      versionNegotiation: { mode: clientEra === 'modern' ? { pin: '2026-07-28' } : 'legacy' },
      listChanged: {
        tools: {
          autoRefresh: false,
          debounceMs: 0,
          onChanged: () => {
            changed.count += 1;
          },
        },
      },
    },
  );
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { sure: true } }));
  await client.connect(new StreamableHTTPClientTransport(new URL(`${local.origin}/mcp`)));
  onTestFinished(async () => {
    await client.close();
    front.close();
  });
  return { client, records, announce, changed };
}

const pairs: [Era, Era][] = [
  ['modern', 'legacy'],
  ['legacy', 'modern'],
  ['modern', 'modern'],
  ['legacy', 'legacy'],
];

describe.each(pairs)('a client of the %s era with a server of the %s era', (clientEra, serverEra) => {
  test('lists, calls and reads', async () => {
    const { client, records } = await through(clientEra, serverEra);
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('echo');
    const echoed = await client.callTool({ name: 'echo', arguments: { words: 'hello' } });
    expect(echoed.content).toEqual([{ type: 'text', text: 'hello' }]);
    expect((await client.readResource({ uri: 'notes://book' })).contents).toMatchObject([{ text: 'Once' }]);
    await expect(client.readResource({ uri: 'notes://none' })).rejects.toThrow();
    expect(client.getServerVersion()?.name).toBe('notes');
    expect(records).toContainEqual(expect.objectContaining({ method: 'tools/call', name: 'echo', status: 200 }));
  });

  test('hears of progress in its order', async () => {
    const { client } = await through(clientEra, serverEra);
    const steps: number[] = [];
    await client.callTool({ name: 'count' }, { onprogress: ({ progress }) => void steps.push(progress) });
    expect(steps).toEqual([1, 2, 3]);
  });

  test('answers questions', async () => {
    const { client } = await through(clientEra, serverEra);
    const result = await client.callTool({ name: 'remove' });
    expect(result.content).toEqual([{ type: 'text', text: '{"action":"accept","content":{"sure":true}}' }]);
  });

  test('cancels', async () => {
    const { client } = await through(clientEra, serverEra);
    const { begun, aborted } = { ...seen };
    const abort = new AbortController();
    const call = client.callTool({ name: 'wait' }, { signal: abort.signal });
    const refused = expect(call).rejects.toThrow();
    await until(() => seen.begun > begun);
    abort.abort();
    await refused;
    await until(() => seen.aborted > aborted);
  });

  test('hears that the tools have changed', async () => {
    const { client, announce, changed } = await through(clientEra, serverEra);
    await client.listTools();
    while (changed.count === 0) {
      await announce();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
});
