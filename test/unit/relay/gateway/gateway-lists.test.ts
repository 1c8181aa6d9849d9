import { describe, expect, it } from 'vitest';
import type { ServerLists } from '../../../../main/relay/lists/server-lists.ts';
import { memberOf } from '../../../../main/relay/mcp/rpc.ts';
import { PRODUCT } from '../../../../shared/product.ts';
import { listsOf, resultOf, scriptedGateway, scriptedServer, toolOf } from './scripted.ts';

const CACHING = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };

async function namesIn(asked: Promise<unknown>, kind = 'tools'): Promise<unknown[]> {
  const entries = memberOf(memberOf(await asked, 'result'), kind) as { name: unknown }[];
  return entries.map(({ name }) => name);
}

describe('the lists of a gateway', () => {
  it('of twenty servers that are all down are answered without asking any of them', async () => {
    const servers = Array.from({ length: 20 }, (_, at) => scriptedServer(`server-${at}`));
    for (const server of servers) server.answer = () => new Promise(() => {});
    const known: Record<string, ServerLists> = {};
    for (const { name } of servers) {
      known[name] = listsOf({
        tools: Array.from({ length: 30 }, (_, at) => toolOf(`tool_${at}`)),
        resources: [{ uri: `${name}://a`, name: 'a' }],
        prompts: [{ name: 'p' }],
      });
    }
    const { ask, lists } = scriptedGateway(servers, known, { toolLimit: 600 });
    expect(resultOf(await ask('server/discover'))).toMatchObject(CACHING);
    expect(await namesIn(ask('tools/list'))).toHaveLength(600);
    expect(resultOf(await ask('resources/list')).resources).toHaveLength(20);
    expect(resultOf(await ask('prompts/list')).prompts).toHaveLength(20);
    expect(resultOf(await ask('resources/templates/list')).resourceTemplates).toEqual([]);
    expect(servers.flatMap(({ asked }) => asked)).toEqual([]);
    expect(lists.refreshed).toEqual([]);
  });

  it('leave everything of an entry but its name as it is', async () => {
    const tool = toolOf('get', {
      title: 'Get',
      annotations: { readOnlyHint: true, other: 1 },
      inputSchema: { type: 'object', properties: { a: { type: 'string', 'x-mcp-header': 'A' } } },
      outputSchema: { type: 'object' },
      icons: [{ src: 'data:' }],
      _meta: { 'com.example/a': 1 },
      unknown: [1],
    });
    const prompt = { name: 'p 1', title: 'P', arguments: [{ name: 'x' }], unknown: 1 };
    const resource = { uri: 'a:1', name: 'one', size: 3, unknown: 1 };
    const known = { git: listsOf({ tools: [tool], prompts: [prompt], resources: [resource] }) };
    const { ask } = scriptedGateway([scriptedServer('git')], known);
    expect(resultOf(await ask('tools/list'))).toMatchObject({ ...CACHING, tools: [{ ...tool, name: 'git_get' }] });
    expect(resultOf(await ask('prompts/list')).prompts).toEqual([
      { ...prompt, name: expect.stringMatching(/^git_p_1_[0-9a-f]{8}$/) },
    ]);
    expect(resultOf(await ask('resources/list')).resources).toEqual([resource]);
  });

  it('show a client only what it may reach, what rules leave, and servers whose grant is not gone', async () => {
    const [git, jira, mail] = [scriptedServer('git'), scriptedServer('jira'), scriptedServer('mail')];
    const known = {
      git: listsOf({ tools: [toolOf('a'), toolOf('b')] }),
      jira: listsOf({ tools: [toolOf('a')] }),
      mail: listsOf({ tools: [toolOf('a')] }),
    };
    const { ask } = scriptedGateway([git, jira, mail], known, {
      mayReach: (client, server) => client === 'claude' || server === 'git',
      visibleTools: (server, tools) => (server === 'git' ? tools.filter(({ name }) => name !== 'b') : tools),
    });
    mail.isHidden = true;
    expect(await namesIn(ask('tools/list'))).toEqual(['git_a', 'jira_a']);
    expect(await namesIn(ask('tools/list', {}, { client: 'codex' }))).toEqual(['git_a']);
    mail.isHidden = false;
    expect(await namesIn(ask('tools/list'))).toEqual(['git_a', 'jira_a', 'mail_a']);
  });

  it('show a tool that is listed twice once', async () => {
    const known = { git: listsOf({ tools: [toolOf('a'), toolOf('a', { title: 'again' })] }) };
    const { ask } = scriptedGateway([scriptedServer('git')], known);
    expect(await namesIn(ask('tools/list'))).toEqual(['git_a']);
  });

  it('while nothing is known have one tool, which says how things stand', async () => {
    const { ask, lists } = scriptedGateway([scriptedServer('git')]);
    expect(await namesIn(ask('tools/list'))).toEqual(['lanyard_status']);
    const result = resultOf(await ask('tools/call', { name: 'lanyard_status' }));
    expect(result).toMatchObject({ resultType: 'complete', content: [{ type: 'text', text: 'status of claude' }] });
    lists.set('git', listsOf());
    expect(await namesIn(ask('tools/list'))).toEqual([]);
  });
});

describe('what a gateway says of itself', () => {
  it('is the same whatever servers can do, and names them with their instructions', async () => {
    const known = {
      git: listsOf({ capabilities: {}, instructions: 'Mind the branch.' }),
      jira: listsOf({
        capabilities: { logging: {}, extensions: { 'io.modelcontextprotocol/tasks': { a: 1 }, x: {} } },
      }),
    };
    const { ask } = scriptedGateway([scriptedServer('git', 'GitHub'), scriptedServer('jira', 'Jira')], known);
    const { capabilities, instructions, supportedVersions, _meta } = resultOf(await ask('server/discover'));
    expect(supportedVersions).toEqual(['2026-07-28']);
    expect(_meta).toEqual({
      'io.modelcontextprotocol/serverInfo': { name: 'lanyard', title: 'Lanyard', version: PRODUCT.version },
    });
    expect(capabilities).toEqual({
      tools: { listChanged: true },
      resources: { subscribe: true, listChanged: true },
      prompts: { listChanged: true },
      completions: {},
      logging: {},
      extensions: { 'io.modelcontextprotocol/tasks': { a: 1 } },
    });
    expect(instructions).toContain('GitHub (git_), Jira (jira_)');
    expect(instructions).toContain('# GitHub\nMind the branch.');
  });

  it('stays short however much servers have to say', async () => {
    const servers = Array.from({ length: 20 }, (_, at) => scriptedServer(`s${at}`));
    const known = Object.fromEntries(servers.map(({ name }) => [name, listsOf({ instructions: 'x'.repeat(50_000) })]));
    const { ask } = scriptedGateway(servers, known);
    expect(String(resultOf(await ask('server/discover')).instructions).length).toBeLessThan(8000);
  });

  it('with no server at all is still an answer', async () => {
    const { ask } = scriptedGateway([]);
    expect(resultOf(await ask('server/discover'))).toMatchObject(CACHING);
    expect(await namesIn(ask('tools/list'))).toEqual(['lanyard_status']);
  });
});
