import type { McpServer } from '@modelcontextprotocol/server';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Members, memberOf } from '../../../../main/relay/mcp/rpc.ts';
import { problemFrom, until } from '../../fixtures.ts';
import { backFor, resultOf, serveLegacy, text } from './serving.ts';

const capabilities = { elicitation: { form: {} } };
const requestedSchema = { type: 'object' as const, properties: {} };

// Asks on the listening stream, where nothing says which call it means.
function asking() {
  const gates = new Map<string, () => void>();
  const register = (mcp: McpServer) => {
    mcp.registerTool('remove', { inputSchema: z.object({ who: z.string() }) }, async ({ who }) => {
      await new Promise<void>((resolve) => gates.set(who, resolve));
      const { content } = await mcp.server.elicitInput({ message: `For ${who}`, requestedSchema });
      return text(`${who} heard ${JSON.stringify(content)}`);
    });
  };
  return { gates, register };
}

const call = (who: string, more: Members = {}) => ({ name: 'remove', arguments: { who }, ...more });

const messagesOf = (result: Members) =>
  Object.values(result.inputRequests as object).map(({ params }) => memberOf(params, 'message'));

const answerTo = (result: Members, content: Members) => ({
  requestState: result.requestState,
  inputResponses: Object.fromEntries(
    Object.keys(result.inputRequests as object).map((key) => [key, { action: 'accept', content }]),
  ),
});

describe('several calls of one conversation, within which its client may be asked', () => {
  test('each hear their own question, whichever asks first', async () => {
    const { gates, register } = asking();
    const server = await serveLegacy(register);
    const { ask } = backFor(server.origin);
    const first = ask('tools/call', call('first'), { capabilities });
    await until(() => gates.has('first'));
    const second = ask('tools/call', call('second'), { capabilities });
    await until(() => gates.has('second'));
    gates.get('first')?.();
    const askedFirst = resultOf(await first);
    expect(messagesOf(askedFirst)).toEqual(['For first']);
    gates.get('second')?.();
    const askedSecond = resultOf(await second);
    expect(messagesOf(askedSecond)).toEqual(['For second']);
    const answers = [
      await ask('tools/call', call('second', answerTo(askedSecond, { is: '2' })), { capabilities }),
      await ask('tools/call', call('first', answerTo(askedFirst, { is: '1' })), { capabilities }),
    ];
    expect(answers.map((outcome) => resultOf(outcome).content)).toEqual(
      [`second heard {"is":"2"}`, `first heard {"is":"1"}`].map((words) => [{ type: 'text', text: words }]),
    );
  });

  test('keep theirs apart while one waits for its person', async () => {
    const { gates, register } = asking();
    const server = await serveLegacy(register);
    const { ask } = backFor(server.origin);
    for (const who of ['first', 'second']) {
      const asked = ask('tools/call', call(who), { capabilities });
      await until(() => gates.has(who));
      gates.get(who)?.();
      expect(messagesOf(resultOf(await asked))).toEqual([`For ${who}`]);
    }
    expect(server.sessions.size).toBe(2);
  });

  test('use idle MCP sessions before they open others', async () => {
    const server = await serveLegacy((mcp) => {
      mcp.registerTool('quick', {}, () => text('done'));
    });
    const { ask } = backFor(server.origin);
    const both = () => Promise.all([1, 2].map(() => ask('tools/call', { name: 'quick' }, { capabilities })));
    await both();
    await both();
    for (let count = 0; count < 3; count += 1) await ask('tools/call', { name: 'quick' }, { capabilities });
    await ask('tools/list', {}, { capabilities });
    expect(server.sessions.size).toBe(2);
    const calls = server.seen.filter(({ message }) => message.method === 'tools/call');
    const sequential = calls.slice(4).map(({ headers }) => headers.get('mcp-session-id'));
    expect(new Set(sequential).size).toBe(1);
  });

  test('share one where the server keeps no MCP sessions, and so asks on their own streams alone', async () => {
    const server = await serveLegacy((mcp) => {
      mcp.registerTool('quick', {}, () => text('done'));
    });
    server.intercept.answer = ({ message: { id, method } }) => {
      if (method === 'initialize') {
        const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'n', version: '1' } };
        return Response.json({ jsonrpc: '2.0', id, result });
      }
      if (method === 'tools/call') return Response.json({ jsonrpc: '2.0', id, result: text('done') });
      return method?.startsWith('notifications/') ? new Response(null, { status: 202 }) : undefined;
    };
    const { ask } = backFor(server.origin);
    const quick = () => ask('tools/call', { name: 'quick' }, { capabilities });
    await quick();
    await Promise.all([quick(), quick(), quick()]);
    expect(server.methods().filter((method) => method === 'initialize')).toHaveLength(1);
  });
});

describe('a client that opens all the MCP sessions that it may', () => {
  test('is refused the next, and ends no call of another client', async () => {
    const release = Promise.withResolvers<void>();
    const server = await serveLegacy((mcp) => {
      mcp.registerTool('slow', {}, async () => {
        await release.promise;
        return text('done');
      });
    });
    const { ask } = backFor(server.origin);
    const begun = () => server.methods().filter((method) => method === 'tools/call').length;
    const slow = (client: string, index: number) => {
      const own = { experimental: { [`x${index}`]: {} } };
      return ask('tools/call', { name: 'slow' }, { client, conversation: client, capabilities: own });
    };
    const victim = slow('victim', 0);
    await until(() => begun() === 1);
    const greedy = Array.from({ length: 64 }, (_, index) => slow('greedy', index));
    await until(() => begun() === 65);
    const problem = await problemFrom(slow('greedy', 64));
    expect(problem).toMatchObject({ code: 'too-many-mcp-sessions', user: expect.stringContaining('Try again') });
    expect(server.methods()).not.toContain('DELETE');
    release.resolve();
    for (const outcome of await Promise.all([victim, ...greedy]))
      expect(resultOf(outcome).content).toEqual([{ type: 'text', text: 'done' }]);
    expect(resultOf(await slow('greedy', 64)).resultType).toBe('complete');
  });
});
