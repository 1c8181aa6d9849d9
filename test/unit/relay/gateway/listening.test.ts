import { describe, expect, it } from 'vitest';
import { ownUri } from '../../../../main/relay/gateway/own-uris.ts';
import { META } from '../../../../main/relay/mcp/revisions.ts';
import { METHOD_NOT_FOUND, type Members, type Outcome, type RpcNotification } from '../../../../main/relay/mcp/rpc.ts';
import { settleTurn } from '../../../virtual-time.ts';
import { complete, listsOf, type ScriptedServer, scriptedGateway, scriptedServer, toolOf } from './scripted.ts';

const ALL = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';

/** A server that acknowledges what it is asked to listen to, and keeps it open until the test ends it. */
function listenable(name: string) {
  const server = scriptedServer(name);
  const open: {
    readonly id: unknown;
    readonly filter: unknown;
    readonly tell: (method: string, params?: Members) => void;
    readonly end: (outcome?: Outcome) => void;
    readonly signal: AbortSignal;
  }[] = [];
  server.answer = ({ id, params }, { notify, signal }) => {
    const _meta = { [META.subscriptionId]: id };
    const tell = (method: string, more: Members = {}) =>
      notify({ jsonrpc: '2.0', method, params: { ...more, _meta } } satisfies RpcNotification);
    return new Promise((end) => {
      signal.addEventListener('abort', () => end(complete()));
      open.push({ id, filter: params?.notifications, tell, signal, end: (outcome = complete()) => end(outcome) });
      tell(ACKNOWLEDGED, { notifications: params?.notifications });
    });
  };
  return { server, open };
}

function setUp(limit = 80) {
  const [git, jira] = [listenable('git'), listenable('jira')];
  const known = {
    git: listsOf({ tools: [toolOf('a')], resources: [{ uri: 'a:1', name: 'a' }] }),
    jira: listsOf({ tools: [toolOf('a')], resources: [{ uri: 'a:1', name: 'a' }] }),
  };
  return { git, jira, ...scriptedGateway([git.server, jira.server], known, { toolLimit: limit }) };
}

const methodsOf = (notifications: readonly RpcNotification[]) =>
  notifications.filter(({ method }) => method !== ACKNOWLEDGED).map(({ method }) => method);
const openOf = ({ asked }: ScriptedServer) => asked.filter(({ exchange }) => !exchange.signal.aborted);

describe('listening through the gateway', () => {
  it('is acknowledged at once, with the request as its subscription, and listens to every server', async () => {
    const { git, jira, start } = setUp();
    const _meta = { [META.revision]: '2026-07-28', progressToken: 1 };
    const { id, notifications } = start('subscriptions/listen', { notifications: { ...ALL, other: 1 }, _meta });
    expect(notifications).toEqual([
      { jsonrpc: '2.0', method: ACKNOWLEDGED, params: { notifications: ALL, _meta: { [META.subscriptionId]: id } } },
    ]);
    for (const { server, open } of [git, jira]) {
      expect(open.map(({ filter }) => filter)).toEqual([ALL]);
      expect(server.asked[0]?.request.params?._meta).toEqual({ [META.revision]: '2026-07-28' });
      expect(server.asked[0]?.exchange.conversation.id).toBe('c1');
    }
  });

  it('ends with the client, and everything with it', async () => {
    const { git, jira, start, lists, time, presenceListeners } = setUp();
    const { id, outcome, leave } = start('subscriptions/listen', { notifications: ALL });
    lists.set('git', listsOf());
    leave();
    expect(await outcome).toMatchObject({
      result: { resultType: 'complete', _meta: { [META.subscriptionId]: id } },
    });
    expect([...openOf(git.server), ...openOf(jira.server)]).toEqual([]);
    await settleTurn();
    expect([time.waiting(), lists.listeners.size, presenceListeners.size]).toEqual([0, 0, 0]);
  });

  it('for nothing is over at once', async () => {
    const { git, start } = setUp();
    for (const notifications of [{}, { toolsListChanged: false, resourceSubscriptions: [] }]) {
      const listening = start('subscriptions/listen', { notifications });
      expect(await listening.outcome).toMatchObject({ result: { resultType: 'complete' } });
      expect(listening.notifications.map(({ method }) => method)).toEqual([ACKNOWLEDGED]);
    }
    expect(git.open).toEqual([]);
  });

  it.each([undefined, 'x', { toolsListChanged: 1 }, { resourceSubscriptions: [1] }])(
    'for what is no filter (%o) is refused',
    async (notifications) => {
      const { ask } = setUp();
      expect(await ask('subscriptions/listen', { notifications })).toMatchObject({ error: { code: -32602 } });
    },
  );

  it('is refused to a client that never closes any', async () => {
    const { start, ask, gateway } = setUp();
    for (let at = 0; at < 64; at += 1) start('subscriptions/listen', { notifications: ALL });
    expect(await ask('subscriptions/listen', { notifications: ALL })).toMatchObject({ error: { code: -32603 } });
    start('subscriptions/listen', { notifications: ALL }, { id: 'c2' });
    gateway.end('c1');
    const after = start('subscriptions/listen', { notifications: ALL });
    expect(after.notifications).toHaveLength(1);
  });

  it('ends where its conversation does; at a reset servers are listened to anew', async () => {
    const { git, start, gateway, time } = setUp();
    const [one, two] = ['c1', 'c2'].map((id) => start('subscriptions/listen', { notifications: ALL }, { id }));
    gateway.end('c1');
    expect(await one?.outcome).toMatchObject({ result: { resultType: 'complete' } });
    expect(openOf(git.server)).toHaveLength(1);
    gateway.reset();
    expect(openOf(git.server)).toHaveLength(0);
    await time.advance(250);
    expect(openOf(git.server)).toHaveLength(1);
    gateway.end('c2');
    expect(await two?.outcome).toMatchObject({ result: { resultType: 'complete' } });
    expect(openOf(git.server)).toHaveLength(0);
  });

  it('does not ask a server for what it said it cannot do, nor one whose grant is gone', () => {
    const { git, jira, start, lists } = setUp();
    lists.set('git', listsOf({ capabilities: { tools: {}, prompts: { listChanged: true } } }));
    jira.server.isHidden = true;
    start('subscriptions/listen', { notifications: { ...ALL, resourceSubscriptions: ['a:1'] } });
    expect(git.open.map(({ filter }) => filter)).toEqual([{ promptsListChanged: true }]);
    expect(jira.open).toEqual([]);
  });
});

describe('a change of lists', () => {
  it('that a server tells is read once, and told once the client would see something else', async () => {
    const { git, lists, start, time } = setUp();
    const { id, notifications } = start('subscriptions/listen', { notifications: ALL });
    lists.serve({ git: listsOf({ tools: [toolOf('b')], resources: [{ uri: 'a:1', name: 'a' }] }) });
    git.open[0]?.tell('notifications/tools/list_changed');
    await time.advance(249);
    expect(methodsOf(notifications)).toEqual([]);
    await time.advance(1);
    expect(notifications.slice(1)).toEqual([
      { jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: { _meta: { [META.subscriptionId]: id } } },
    ]);
    expect(lists.refreshed).toEqual(['git']);
  });

  it('that changes nothing for the client is not told', async () => {
    const { git, lists, start, time, presenceChanged } = setUp();
    const { notifications } = start('subscriptions/listen', { notifications: ALL });
    lists.serve({ git: listsOf({ tools: [toolOf('a')], resources: [{ uri: 'a:1', name: 'a' }] }) });
    git.open[0]?.tell('notifications/tools/list_changed');
    presenceChanged();
    await time.advance(5000);
    expect(methodsOf(notifications)).toEqual([]);
  });

  it('that cannot be read changes nothing', async () => {
    const { git, start, time } = setUp();
    const { notifications } = start('subscriptions/listen', { notifications: ALL });
    git.open[0]?.tell('notifications/tools/list_changed');
    await time.advance(5000);
    expect(methodsOf(notifications)).toEqual([]);
  });

  it('is told by kind, and only to who asked for it and may see it', async () => {
    const { lists, start, time } = setUp();
    const all = start('subscriptions/listen', { notifications: ALL });
    const prompts = start('subscriptions/listen', { notifications: { promptsListChanged: true } }, { id: 'c2' });
    lists.set(
      'git',
      listsOf({ tools: [toolOf('a')], prompts: [{ name: 'p' }], resourceTemplates: [{ uriTemplate: 'x' }] }),
    );
    await time.advance(250);
    expect(methodsOf(all.notifications)).toEqual([
      'notifications/prompts/list_changed',
      'notifications/resources/list_changed',
    ]);
    expect(methodsOf(prompts.notifications)).toEqual(['notifications/prompts/list_changed']);
  });

  it('of a server that a client may not reach is not told to it', async () => {
    const { server } = listenable('git');
    const { lists, start, time } = scriptedGateway([server], {}, { mayReach: (client) => client === 'claude' });
    const claude = start('subscriptions/listen', { notifications: ALL });
    const codex = start('subscriptions/listen', { notifications: ALL }, { client: 'codex', id: 'c2' });
    lists.set('git', listsOf({ tools: [toolOf('a')] }));
    await time.advance(250);
    expect(methodsOf(claude.notifications)).toEqual(['notifications/tools/list_changed']);
    expect(methodsOf(codex.notifications)).toEqual([]);
  });

  it('that goes on and on is told every two seconds', async () => {
    const { lists, start, time } = setUp();
    const { notifications } = start('subscriptions/listen', { notifications: ALL });
    for (let at = 0; at < 50; at += 1) {
      lists.set('git', listsOf({ tools: [toolOf(`t${at}`)], resources: [{ uri: 'a:1', name: 'a' }] }));
      await time.advance(100);
    }
    expect(methodsOf(notifications)).toHaveLength(2);
  });

  it('that a server announces all the time is read once a second, and the last one is not missed', async () => {
    const { git, lists, start, time } = setUp();
    start('subscriptions/listen', { notifications: ALL });
    lists.serve({ git: listsOf() });
    for (let at = 0; at < 100; at += 1) {
      git.open[0]?.tell('notifications/tools/list_changed');
      await time.advance(30);
    }
    await time.advance(2000);
    expect(lists.refreshed.length).toBeGreaterThanOrEqual(3);
    expect(lists.refreshed.length).toBeLessThanOrEqual(5);
  });

  it('that comes while lists are read, or just after, is read too', async () => {
    const { git, lists, start, time } = setUp();
    start('subscriptions/listen', { notifications: ALL });
    lists.serve({ git: listsOf() });
    git.open[0]?.tell('notifications/tools/list_changed');
    git.open[0]?.tell('notifications/prompts/list_changed');
    expect(lists.refreshed).toEqual(['git']);
    await time.advance(5000);
    expect(lists.refreshed).toEqual(['git', 'git']);
  });

  it('is what a server that comes or goes is', async () => {
    const { git, start, time, presenceChanged } = setUp();
    const { notifications } = start('subscriptions/listen', { notifications: ALL });
    git.server.isHidden = true;
    presenceChanged();
    await time.advance(250);
    expect(methodsOf(notifications)).toEqual([
      'notifications/tools/list_changed',
      'notifications/resources/list_changed',
    ]);
    expect(openOf(git.server)).toEqual([]);
    git.server.isHidden = false;
    presenceChanged();
    await time.advance(250);
    expect(methodsOf(notifications)).toHaveLength(4);
    expect(openOf(git.server)).toHaveLength(1);
  });

  it('is what more tools than the limit, and fewer again, are', async () => {
    const { lists, start, time, ask } = setUp(2);
    const { notifications } = start('subscriptions/listen', { notifications: { toolsListChanged: true } });
    lists.set('git', listsOf({ tools: [toolOf('a'), toolOf('b')] }));
    await time.advance(250);
    expect(methodsOf(notifications)).toEqual(['notifications/tools/list_changed']);
    expect(JSON.stringify(await ask('tools/list'))).toContain('find_tools');
    lists.set('git', listsOf({ tools: [toolOf('a')] }));
    await time.advance(250);
    expect(methodsOf(notifications)).toHaveLength(2);
    expect(JSON.stringify(await ask('tools/list'))).not.toContain('find_tools');
  });
});

describe('a client that listens anew', () => {
  it('and stays, hears at a reset of what changed', async () => {
    const { lists, start, time, gateway } = setUp();
    const { notifications } = start('subscriptions/listen', { notifications: ALL });
    lists.set('git', listsOf({ tools: [toolOf('b')], resources: [{ uri: 'a:1', name: 'a' }] }));
    gateway.reset();
    await time.advance(250);
    expect(methodsOf(notifications)).toEqual(['notifications/tools/list_changed']);
  });

  it('hears of what changed since it was last told', async () => {
    const { lists, start, time } = setUp();
    const first = start('subscriptions/listen', { notifications: ALL });
    lists.set('git', listsOf({ tools: [toolOf('b')], resources: [{ uri: 'a:1', name: 'a' }] }));
    first.leave();
    await time.advance(5000);
    expect(methodsOf(first.notifications)).toEqual([]);
    const second = start('subscriptions/listen', { notifications: ALL });
    await time.advance(250);
    expect(methodsOf(second.notifications)).toEqual(['notifications/tools/list_changed']);
    second.leave();
    const third = start('subscriptions/listen', { notifications: ALL });
    await time.advance(250);
    expect(methodsOf(third.notifications)).toEqual([]);
  });

  it('in another conversation, or after the end of its own, hears of nothing old', async () => {
    const { lists, start, time, gateway } = setUp();
    start('subscriptions/listen', { notifications: ALL });
    lists.set('git', listsOf());
    gateway.end('c1');
    const again = start('subscriptions/listen', { notifications: ALL });
    const other = start('subscriptions/listen', { notifications: ALL }, { id: 'c2' });
    await time.advance(250);
    expect([...methodsOf(again.notifications), ...methodsOf(other.notifications)]).toEqual([]);
  });
});

describe('a subscription to resources', () => {
  it('goes to the servers they are at, and comes back under the URIs the client knows', async () => {
    const { git, jira, start } = setUp();
    const resourceSubscriptions = ['a:1', ownUri('jira', 'a:1'), 'nowhere:1'];
    const { id, notifications } = start('subscriptions/listen', { notifications: { resourceSubscriptions } });
    for (const { open } of [git, jira]) {
      expect(open.map(({ filter }) => filter)).toEqual([{ resourceSubscriptions: ['a:1'] }]);
      open[0]?.tell('notifications/resources/updated', { uri: 'a:1', title: 'x' });
    }
    expect(notifications[0]?.params?.notifications).toEqual({ resourceSubscriptions });
    const _meta = { [META.subscriptionId]: id };
    expect(notifications.slice(1)).toEqual([
      { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: 'a:1', title: 'x', _meta } },
      {
        jsonrpc: '2.0',
        method: 'notifications/resources/updated',
        params: { uri: ownUri('jira', 'a:1'), title: 'x', _meta },
      },
    ]);
  });

  it('is opened where its resource turns up later, and what stands already goes on', async () => {
    const { git, jira, start, lists, time } = setUp();
    start('subscriptions/listen', { notifications: { resourceSubscriptions: ['a:1', 'b:1'] } });
    expect(jira.open).toEqual([]);
    lists.set('jira', listsOf({ resources: [{ uri: 'b:1', name: 'b' }] }));
    await time.advance(250);
    expect(jira.open.map(({ filter }) => filter)).toEqual([{ resourceSubscriptions: ['b:1'] }]);
    expect(git.open).toHaveLength(1);
  });

  it('to tasks goes to their servers, and comes back under the ids the client knows', () => {
    const { git, jira, start } = setUp();
    const { notifications } = start('subscriptions/listen', {
      notifications: { taskIds: ['jira.7', 'nobody.1', 'x'] },
    });
    expect(git.open).toEqual([]);
    expect(jira.open[0]?.filter).toEqual({ taskIds: ['7'] });
    jira.open[0]?.tell('notifications/tasks', { taskId: '7', status: 'working' });
    expect(notifications[1]?.params).toMatchObject({ taskId: 'jira.7', status: 'working' });
  });
});

describe('a server that stops being heard', () => {
  it('does not end the listening of the client, and is listened to again after growing pauses', async () => {
    const { git, start, time } = setUp();
    const { notifications } = start('subscriptions/listen', { notifications: ALL });
    const openedAt = [time.clock()];
    git.server.answer = async ({ params }, { notify }) => {
      openedAt.push(time.clock());
      notify({ jsonrpc: '2.0', method: ACKNOWLEDGED, params: { notifications: params?.notifications } });
      return complete();
    };
    git.open[0]?.end();
    await time.advance(250_000);
    const pauses = openedAt.slice(1).map((at, index) => at - (openedAt[index] ?? 0));
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(methodsOf(notifications)).toEqual([]);
  });

  it('begins with a short pause again after it stood for a while', async () => {
    const { git, start, time } = setUp();
    start('subscriptions/listen', { notifications: ALL });
    git.open[0]?.end();
    await time.advance(1000);
    await time.advance(30_000);
    git.open[1]?.end();
    await time.advance(1000);
    expect(git.open).toHaveLength(3);
  });

  it('has its lists read when it is heard again, but not each time', async () => {
    const { git, start, time, lists } = setUp();
    start('subscriptions/listen', { notifications: ALL });
    expect(lists.refreshed).toEqual([]);
    for (let at = 0; at < 3; at += 1) {
      git.open.at(-1)?.end();
      await time.advance(10_000);
    }
    expect(git.open).toHaveLength(4);
    expect(lists.refreshed).toEqual(['git']);
  });

  it('because there is no answer to be had is tried again', async () => {
    const { git, start, time } = setUp();
    const { answer } = git.server;
    git.server.answer = () => Promise.reject(new Error('down'));
    start('subscriptions/listen', { notifications: ALL });
    await time.advance(1000);
    git.server.answer = answer;
    await time.advance(2000);
    expect(git.open).toHaveLength(1);
  });

  it('because it knows no listening is not asked again', async () => {
    const { git, start, time } = setUp();
    git.server.answer = async () => ({ error: { code: METHOD_NOT_FOUND, message: 'no' } });
    start('subscriptions/listen', { notifications: ALL });
    await time.advance(600_000);
    expect(git.server.asked).toHaveLength(1);
  });

  it('says nothing more to a client that has left', async () => {
    const { git, start } = setUp();
    const { notifications, leave } = start('subscriptions/listen', {
      notifications: { ...ALL, resourceSubscriptions: ['a:1'] },
    });
    leave();
    git.open[0]?.tell('notifications/resources/updated', { uri: 'a:1' });
    expect(notifications).toHaveLength(1);
  });
});
