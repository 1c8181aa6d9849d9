import { describe, expect, it } from 'vitest';
import { gatewayName } from '../../../../main/relay/gateway/names.ts';
import { ownUri } from '../../../../main/relay/gateway/own-uris.ts';
import { META } from '../../../../main/relay/mcp/revisions.ts';
import { METHOD_NOT_FOUND, type Members, memberOf, type RpcError } from '../../../../main/relay/mcp/rpc.ts';
import { LanyardError } from '../../../../shared/errors.ts';
import { complete, listsOf, resultOf, scriptedGateway, scriptedServer, toolOf } from './scripted.ts';

const LONG = 'a_tool/with a name that is far too long';

function setUp() {
  const [git, jira] = [scriptedServer('git', 'GitHub'), scriptedServer('jira', 'Jira')];
  const known = {
    git: listsOf({
      tools: [toolOf('merge'), toolOf(LONG)],
      prompts: [{ name: 'review' }],
      resources: [{ uri: 'a:shared', name: 'a' }],
    }),
    jira: listsOf({
      tools: [toolOf('merge')],
      resources: [{ uri: 'a:shared', name: 'a' }],
      resourceTemplates: [{ uriTemplate: 'issue://{id}', name: 'i' }],
    }),
  };
  return { git, jira, ...scriptedGateway([git, jira], known) };
}

const TASKS = 'io.modelcontextprotocol/tasks';
const KNOWS_TASKS = { _meta: { [META.clientCapabilities]: { extensions: { [TASKS]: {} } } } };

describe('a call through the gateway', () => {
  it('goes to its server under the name it has there, and nothing else of it changes', async () => {
    const { git, jira, start } = setUp();
    const params = {
      name: gatewayName('git', LONG),
      arguments: { name: 'x', uri: 'a:shared' },
      inputResponses: { q: { action: 'accept' } },
      _meta: { progressToken: 7, [META.revision]: '2026-07-28', traceparent: '00-1' },
      unknown: 1,
    };
    const answered = complete({
      content: [{ type: 'text', text: 'a:shared' }],
      structuredContent: { taskId: 1 },
      taskId: 'theirs',
      result: { requestState: 'theirs' },
      x: 1,
    });
    git.answer = async (_request, { notify }) => {
      notify({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 7, progress: 1 } });
      notify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'a:shared' } });
      return answered;
    };
    const { id, outcome, notifications, leave } = start('tools/call', params);
    expect(await outcome).toEqual(answered);
    expect(git.asked[0]?.request).toEqual({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { ...params, name: LONG },
    });
    expect(git.asked[0]?.exchange.conversation.id).toBe('c1');
    expect(notifications.map(({ params: told }) => told)).toEqual([
      { progressToken: 7, progress: 1 },
      { level: 'info', data: 'a:shared' },
    ]);
    leave();
    expect(git.asked[0]?.exchange.signal.aborted).toBe(true);
    expect(jira.asked).toEqual([]);
  });

  it('waits for no other server', async () => {
    const { git, jira, ask } = setUp();
    git.answer = () => new Promise(() => {});
    jira.answer = async () => complete({ content: [] });
    void ask('tools/call', { name: 'git_merge' });
    expect(resultOf(await ask('tools/call', { name: 'jira_merge' }))).toEqual({ resultType: 'complete', content: [] });
  });

  it('that names nothing known is refused with the nearest name', async () => {
    const { git, jira, ask } = setUp();
    expect(await ask('tools/call', { name: 'git_merg' })).toEqual({
      error: { code: -32602, message: 'There is no tool "git_merg". The nearest name is "git_merge".' },
    });
    expect(await ask('prompts/get', { name: 'reviewing' })).toMatchObject({ error: { code: -32602 } });
    expect(await ask('tools/call', {})).toMatchObject({ error: { code: -32602 } });
    expect(await ask('prompts/get', {})).toMatchObject({ error: { code: -32602 } });
    expect(await ask('resources/read', {})).toMatchObject({ error: { code: -32602 } });
    expect(await ask('resources/read', { uri: 'zip://a' })).toMatchObject({
      error: { code: -32602, data: { uri: 'zip://a' } },
    });
    expect([...git.asked, ...jira.asked]).toEqual([]);
  });

  it('of a server that was never reached goes there, as does one that rules hide or whose grant is gone', async () => {
    const [mail, git] = [scriptedServer('mail'), scriptedServer('git')];
    const known = { git: listsOf({ tools: [toolOf('a')] }) };
    const { ask } = scriptedGateway([mail, git], known, { visibleTools: () => [] });
    git.isHidden = true;
    await ask('tools/call', { name: 'mail_send_all' });
    await ask('tools/call', { name: 'git_a' });
    expect(mail.asked[0]?.request.params?.name).toBe('send_all');
    expect(git.asked[0]?.request.params?.name).toBe('a');
  });

  it('to a server that the client may not reach finds nothing', async () => {
    const mail = scriptedServer('mail');
    const { ask } = scriptedGateway([mail], { mail: listsOf({ tools: [toolOf('a')] }) }, { mayReach: () => false });
    expect(await ask('tools/call', { name: 'mail_a' })).toEqual({
      error: { code: -32602, message: 'There is no tool "mail_a".' },
    });
    expect(await ask('resources/read', { uri: ownUri('mail', 'a:1') })).toMatchObject({ error: { code: -32602 } });
    expect(await ask('tasks/get', { taskId: 'mail.1', ...KNOWS_TASKS })).toMatchObject({ error: { code: -32602 } });
    expect(mail.asked).toEqual([]);
  });

  it('for which no answer can be had throws what its server threw', async () => {
    const { git, ask } = setUp();
    const fault = new LanyardError({ code: 'x', user: 'u', administrator: 'a' });
    git.answer = () => Promise.reject(fault);
    await expect(ask('tools/call', { name: 'git_merge' })).rejects.toBe(fault);
    git.answer = async () => ({ error: { code: -32050, message: 'm', data: { uri: 'a:shared' } } });
    expect(await ask('tools/call', { name: 'git_merge' })).toEqual({
      error: { code: -32050, message: 'm', data: { uri: 'a:shared' } },
    });
  });

  it('during which the server says that its lists changed has them read, and the client hears nothing of it', async () => {
    const { git, lists, start } = setUp();
    git.answer = async (_request, { notify }) => {
      notify({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
      return complete();
    };
    const { outcome, notifications } = start('tools/call', { name: 'git_merge' });
    await outcome;
    expect(notifications).toEqual([]);
    expect(lists.refreshed).toEqual(['git']);
  });

  it.each([
    'ping',
    'logging/setLevel',
    'tools/other',
    'resources/other',
    'tasks/list',
    'tasks/result',
    '',
    'x',
    '__proto__/a',
  ])('of the method "%s", which names nothing, is no method', async (method) => {
    const { ask } = setUp();
    expect(await ask(method)).toMatchObject({ error: { code: METHOD_NOT_FOUND } });
  });
});

describe('resources through the gateway', () => {
  it('are read from the server that lists them, and keep the URI that was asked for', async () => {
    const { git, jira, ask } = setUp();
    const contents = [
      { uri: 'a:shared', text: 'x' },
      { uri: 'a:part', text: 'y' },
    ];
    for (const server of [git, jira]) server.answer = async () => complete({ contents });
    expect(resultOf(await ask('resources/read', { uri: 'a:shared' })).contents).toEqual(contents);
    const own = ownUri('jira', 'a:shared');
    expect(resultOf(await ask('resources/read', { uri: own })).contents).toEqual([
      { uri: own, text: 'x' },
      { uri: ownUri('jira', 'a:part'), text: 'y' },
    ]);
    expect(jira.asked[0]?.request.params).toEqual({ uri: 'a:shared' });
    expect(git.asked).toHaveLength(1);
  });

  it('that a result mentions can be read where it came from', async () => {
    const { git, jira, ask } = setUp();
    jira.answer = async () =>
      complete({
        content: [
          { type: 'resource_link', uri: 'log://1', name: 'l' },
          { type: 'resource_link', uri: 'a:shared', name: 's' },
          { type: 'resource', resource: { uri: 'a:shared', text: 'x' } },
          { type: 'text', text: 'a:shared', uri: 'a:shared' },
          null,
        ],
      });
    expect(resultOf(await ask('tools/call', { name: 'jira_merge' })).content).toEqual([
      { type: 'resource_link', uri: 'log://1', name: 'l' },
      { type: 'resource_link', uri: ownUri('jira', 'a:shared'), name: 's' },
      { type: 'resource', resource: { uri: ownUri('jira', 'a:shared'), text: 'x' } },
      { type: 'text', text: 'a:shared', uri: 'a:shared' },
      null,
    ]);
    await ask('resources/read', { uri: 'log://1' });
    expect(jira.asked.at(-1)?.request.params).toEqual({ uri: 'log://1' });
    expect(await ask('resources/read', { uri: 'log://1' }, { id: 'c2' })).toMatchObject({ error: { code: -32602 } });
    expect(git.asked).toEqual([]);
  });

  it('in messages of a prompt lead back as well', async () => {
    const { git, jira, ask } = setUp();
    git.answer = async () =>
      complete({ messages: [{ role: 'user', content: { type: 'resource_link', uri: 'issue://1', name: 'i' } }] });
    expect(resultOf(await ask('prompts/get', { name: 'git_review' })).messages).toEqual([
      { role: 'user', content: { type: 'resource_link', uri: ownUri('git', 'issue://1'), name: 'i' } },
    ]);
    await ask('resources/read', { uri: ownUri('git', 'issue://1') });
    expect(git.asked.map(({ request }) => request.params)).toEqual([{ name: 'review' }, { uri: 'issue://1' }]);
    expect(jira.asked).toEqual([]);
  });

  it('are completed by the server of their template or prompt', async () => {
    const { git, jira, ask, lists } = setUp();
    const argument = { name: 'id', value: '1' };
    await ask('completion/complete', { ref: { type: 'ref/prompt', name: 'git_review', title: 't' }, argument });
    await ask('completion/complete', { ref: { type: 'ref/resource', uri: 'issue://{id}' }, argument });
    expect(git.asked[0]?.request.params).toEqual({ ref: { type: 'ref/prompt', name: 'review', title: 't' }, argument });
    expect(jira.asked[0]?.request.params).toEqual({ ref: { type: 'ref/resource', uri: 'issue://{id}' }, argument });
    expect(await ask('completion/complete', { ref: { type: 'x' }, argument })).toMatchObject({
      error: { code: -32602 },
    });
    lists.set('git', listsOf({ capabilities: {}, prompts: [{ name: 'review' }] }));
    const none = await ask('completion/complete', { ref: { type: 'ref/prompt', name: 'git_review' }, argument });
    expect(resultOf(none).completion).toEqual({ values: [] });
    expect(git.asked).toHaveLength(1);
  });
});

describe('a question that a server asks back', () => {
  const asksBack = (requestState: string) => ({
    result: { resultType: 'input_required', inputRequests: { q: { method: 'roots/list' } }, requestState },
  });

  it.each([
    ['tools/call', { name: 'git_merge' }, { name: 'merge' }],
    ['tools/call', { name: gatewayName('git', LONG) }, { name: LONG }],
    ['prompts/get', { name: 'git_review' }, { name: 'review' }],
    ['resources/read', { uri: 'a:shared' }, { uri: 'a:shared' }],
    ['tools/call', { name: 'call_tool', arguments: { name: 'git_merge', arguments: { a: 1 } } }, { name: 'merge' }],
  ] as [string, Members, Members][])(
    'is answered at the same server, also when its lists changed: %s %o',
    async (method, params, own) => {
      const { git, jira, ask, lists } = setUp();
      git.answer = async () => asksBack('st.a.te');
      const result = resultOf(await ask(method, params));
      expect(result.inputRequests).toEqual({ q: { method: 'roots/list' } });
      lists.set('git', listsOf());
      git.answer = async () => complete();
      const inputResponses = { q: { roots: [] } };
      await ask(method, { ...params, inputResponses, requestState: result.requestState });
      expect(git.asked).toHaveLength(2);
      expect(git.asked[1]?.request.params).toMatchObject({ ...own, inputResponses, requestState: 'st.a.te' });
      expect(jira.asked).toEqual([]);
    },
  );

  it('is not answered for another tool or server', async () => {
    const { git, jira, ask } = setUp();
    git.answer = async () => asksBack('state');
    const { requestState } = resultOf(await ask('tools/call', { name: 'git_merge' }));
    for (const name of ['jira_merge', gatewayName('git', LONG), 'git_other', 'nothing']) {
      expect(await ask('tools/call', { name, requestState })).toMatchObject({ error: { code: -32602 } });
    }
    for (const foreign of ['', 'state', 'git', 'git.state', 'nobody.bWVyZ2U.state', '.a.b']) {
      const outcome = await ask('tools/call', { name: 'git_merge', requestState: foreign });
      expect(outcome).toMatchObject({ error: { code: -32602 } });
    }
    expect(git.asked).toHaveLength(1);
    expect(jira.asked).toEqual([]);
  });

  it('without a state is answered by name', async () => {
    const { git, ask } = setUp();
    await ask('tools/call', { name: 'git_merge', inputResponses: { q: {} } });
    expect(git.asked[0]?.request.params).toEqual({ name: 'merge', inputResponses: { q: {} } });
  });
});

describe('a task', () => {
  it('is asked for at the server that made it', async () => {
    const { git, jira, ask } = setUp();
    jira.answer = async () => ({
      result: {
        resultType: 'task',
        taskId: 'id.7',
        status: 'working',
        _meta: { 'io.modelcontextprotocol/related-task': { taskId: 'id.7' }, a: 1 },
      },
    });
    const created = resultOf(await ask('tools/call', { name: 'jira_merge' }));
    expect(created).toMatchObject({ status: 'working', _meta: { a: 1 } });
    expect(memberOf(memberOf(created._meta, 'io.modelcontextprotocol/related-task'), 'taskId')).toBe(created.taskId);
    jira.answer = async () =>
      complete({
        taskId: 'id.7',
        status: 'completed',
        result: { content: [{ type: 'resource_link', uri: 'a:shared', name: 'a' }] },
      });
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
      const result = resultOf(await ask(method, { taskId: created.taskId, inputResponses: {}, ...KNOWS_TASKS }));
      expect(result).toMatchObject({
        taskId: created.taskId,
        result: { content: [{ uri: ownUri('jira', 'a:shared') }] },
      });
      expect(jira.asked.at(-1)?.request).toMatchObject({ method, params: { taskId: 'id.7', inputResponses: {} } });
    }
    expect(git.asked).toEqual([]);
    expect(await ask('tasks/get', { taskId: 'nobody.1', ...KNOWS_TASKS })).toMatchObject({ error: { code: -32602 } });
    expect(await ask('tasks/get', { taskId: 'plain', ...KNOWS_TASKS })).toMatchObject({ error: { code: -32602 } });
    expect(await ask('tasks/get', { ...KNOWS_TASKS })).toMatchObject({ error: { code: -32602 } });
    const { error } = (await ask('tasks/get', { taskId: created.taskId })) as { error: RpcError };
    expect(error).toMatchObject({ code: -32021, data: { requiredCapabilities: { extensions: { [TASKS]: {} } } } });
  });
});

describe('the end', () => {
  it('of a conversation, and of everything, reaches all servers', async () => {
    const { git, jira, gateway, ask } = setUp();
    jira.answer = async () => complete({ content: [{ type: 'resource_link', uri: 'log://1', name: 'l' }] });
    await ask('tools/call', { name: 'jira_merge' });
    gateway.end('c1');
    expect([git.ended, jira.ended]).toEqual([['c1'], ['c1']]);
    expect(await ask('resources/read', { uri: 'log://1' })).toMatchObject({ error: { code: -32602 } });
    await ask('tools/call', { name: 'jira_merge' });
    gateway.reset();
    expect([git.ended, jira.ended]).toEqual([
      ['c1', 'reset'],
      ['c1', 'reset'],
    ]);
    expect(await ask('resources/read', { uri: 'log://1' })).toMatchObject({ error: { code: -32602 } });
    expect(resultOf(await ask('tools/call', { name: 'jira_merge' })).content).toHaveLength(1);
  });
});
