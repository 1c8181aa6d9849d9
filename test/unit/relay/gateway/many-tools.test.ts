import { describe, expect, it } from 'vitest';
import type { Members } from '../../../../main/relay/mcp/rpc.ts';
import { complete, listsOf, resultOf, scriptedGateway, scriptedServer, toolOf } from './scripted.ts';

function setUp(toolLimit = 3) {
  const [git, jira] = [scriptedServer('git', 'GitHub'), scriptedServer('jira', 'Jira')];
  const known = {
    git: listsOf({
      tools: [
        toolOf('list_issues', { title: 'List issues', description: 'Lists issues' }),
        toolOf('create_issue', {
          description: 'Opens an issue',
          annotations: { readOnlyHint: false },
          _meta: { a: 1 },
        }),
      ],
    }),
    jira: listsOf({ tools: [toolOf('create_ticket'), toolOf('search')] }),
  };
  return { git, jira, ...scriptedGateway([git, jira], known, { toolLimit }) };
}

const find = (given: unknown) => ({ name: 'find_tools', arguments: given });
const namesOf = (result: Members) =>
  (result.structuredContent as { tools: { name: string }[] }).tools.map(({ name }) => name);

describe('more tools than a client should see', () => {
  it('are replaced by two that search and call, and name the servers', async () => {
    const { ask } = setUp();
    const tools = resultOf(await ask('tools/list')).tools as Members[];
    expect(tools.map(({ name }) => name)).toEqual(['find_tools', 'call_tool']);
    for (const { description } of tools) expect(description).toContain('GitHub (git), Jira (jira)');
    expect(tools[0]?.annotations).toMatchObject({ readOnlyHint: true });
    expect(tools[1]?.annotations).toBeUndefined();
  });

  it('are not too many where their number is the limit itself', async () => {
    const { ask } = setUp(4);
    expect(resultOf(await ask('tools/list')).tools).toHaveLength(4);
  });

  it('are found with all that is needed for a call', async () => {
    const { git, jira, ask } = setUp();
    const result = resultOf(await ask('tools/call', find({ query: 'open a new issue on github' })));
    const expected = {
      name: 'git_create_issue',
      server: 'git',
      description: 'Opens an issue',
      inputSchema: { type: 'object' },
    };
    const { tools } = result.structuredContent as { tools: Members[] };
    expect(tools[0]).toEqual(expected);
    expect(tools[1]).toMatchObject({ name: 'git_list_issues', title: 'List issues' });
    const [{ text }] = result.content as [{ text: string }];
    expect(JSON.parse(text)).toEqual(result.structuredContent);
    expect([...git.asked, ...jira.asked]).toEqual([]);
  });

  it('are found within one server, and not more than wanted', async () => {
    const { ask } = setUp();
    expect(namesOf(resultOf(await ask('tools/call', find({ query: 'create', server: 'jira' }))))).toEqual([
      'jira_create_ticket',
    ]);
    expect(namesOf(resultOf(await ask('tools/call', find({ query: 'issue', limit: 1 }))))).toHaveLength(1);
    expect(namesOf(resultOf(await ask('tools/call', find(undefined))))).toHaveLength(4);
  });

  it('with huge schemas come by name once there is no more room', async () => {
    const big = { type: 'object', description: 'x'.repeat(50_000) };
    const tools = Array.from({ length: 20 }, (_, at) => toolOf(`big_${at}`, { inputSchema: big }));
    const { ask } = scriptedGateway([scriptedServer('git')], { git: listsOf({ tools }) }, { toolLimit: 3 });
    const result = resultOf(await ask('tools/call', find({ query: 'big', limit: 20 })));
    expect(namesOf(result)).toHaveLength(20);
    expect(JSON.stringify(result).length).toBeLessThan(150_000);
  });

  it.each([
    { query: 7 },
    { query: 'x', limit: 21 },
    { query: 'x', limit: 0 },
    { query: 'x', server: 'nobody' },
    'x',
    [],
  ])('and a search that is none (%o) is a failure in words', async (given) => {
    const { ask } = setUp();
    expect(resultOf(await ask('tools/call', find(given)))).toMatchObject({ isError: true, resultType: 'complete' });
  });

  it('and a search that finds none says which servers there are', async () => {
    const { ask } = setUp();
    const result = resultOf(await ask('tools/call', find({ query: 'zebra' })));
    expect(result.structuredContent).toEqual({ tools: [] });
    expect(result.content).toMatchObject([{ text: expect.stringContaining('GitHub (git), Jira (jira)') }]);
  });

  it('are called as they are called directly', async () => {
    const { git, start } = setUp();
    git.answer = async (_request, { notify }) => {
      notify({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 'p', progress: 1 } });
      return complete({ content: [], structuredContent: { a: 1 }, isError: true });
    };
    const others = { inputResponses: { q: {} }, _meta: { progressToken: 'p' } };
    const direct = start('tools/call', { name: 'git_create_issue', arguments: { title: 't' }, ...others });
    const byCall = start('tools/call', {
      name: 'call_tool',
      arguments: { name: 'git_create_issue', arguments: { title: 't' } },
      ...others,
    });
    expect(await byCall.outcome).toEqual(await direct.outcome);
    expect(byCall.notifications).toEqual(direct.notifications);
    expect(git.asked[1]?.request.params).toEqual({ name: 'create_issue', arguments: { title: 't' }, ...others });
    expect(git.asked[1]?.request.params).toEqual(git.asked[0]?.request.params);
    const bare = start('tools/call', { name: 'call_tool', arguments: { name: 'git_create_issue' } });
    await bare.outcome;
    expect(git.asked[2]?.request.params).toEqual({ name: 'create_issue' });
  });

  it.each([undefined, {}, { name: 7 }, { name: 'git_create_issue', arguments: 'x' }, { name: 'git_create_isue' }])(
    'and a call that is none (%o) is a failure in words',
    async (given) => {
      const { git, ask } = setUp();
      const result = resultOf(await ask('tools/call', { name: 'call_tool', arguments: given }));
      expect(result.isError).toBe(true);
      expect(git.asked).toEqual([]);
      if (given?.name === 'git_create_isue') expect(JSON.stringify(result.content)).toContain('git_create_issue');
    },
  );

  it('never call the gateway itself', async () => {
    const { ask } = setUp();
    const result = await ask('tools/call', { name: 'call_tool', arguments: { name: 'call_tool' } });
    expect(resultOf(result).isError).toBe(true);
  });
});
