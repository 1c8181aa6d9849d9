import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type JournalEntry,
  type JournalNews,
  journalSchema,
  serverToolsSchema,
} from '../../../shared/journal-views.ts';
import { agentStateSchema } from '../../../shared/local-api.ts';
import { callLocal, watchJournal } from '../../../shared/local-client.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { callTool, connectRelay } from '../mcp.ts';
import { until } from '../until.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture({ change: (policy) => ({ ...policy, servers: withRules(policy.servers) }) });
});
afterEach(() => fixture.close());

const withRules = (servers: readonly { readonly name: string }[]) =>
  servers.map((server) => (server.name === 'notes' ? { ...server, tools: { deny: ['echo_*'] } } : server));

const journal = () => callLocal(fixture.paths, { method: 'GET', path: '/journal', answer: journalSchema });
const tools = (server: string) =>
  callLocal(fixture.paths, { method: 'GET', path: `/servers/${server}/tools`, answer: serverToolsSchema });

/** Follows the journal until the test lets go. */
function following() {
  const enough = new AbortController();
  const news: JournalNews[] = [];
  const done = (async () => {
    for await (const one of watchJournal(fixture.paths, enough.signal)) news.push(one);
  })();
  const entries = (): JournalEntry[] => news.flatMap((one) => one.entries);
  return {
    news,
    entries,
    end: () => {
      enough.abort();
      return done;
    },
  };
}

test('a call is seen as it happens, counted, and never what was said', async () => {
  const live = following();
  await until(() => live.news.length > 0);
  expect(live.entries()).toEqual([]);
  await fixture.signIn('alice');
  const client = await connectRelay(fixture, 'notes', 'modern');
  await callTool(client, 'echo', { text: 'between us' });
  await client.close();
  const isCall = ({ event, fields }: JournalEntry) => event === 'call' && fields.method === 'tools/call';
  await until(() => live.entries().some(isCall));
  await live.end();

  const seen = live.entries();
  expect(seen.map(({ event }) => event)).toEqual(expect.arrayContaining(['signed-in', 'grant-ready', 'client-added']));
  const ids = seen.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  expect(seen.find(isCall)?.fields).toMatchObject({ server: 'notes', name: 'echo', status: 200, transport: 'http' });

  const { entries, hours } = await journal();
  expect(entries.filter(({ id }) => ids.includes(id))).toEqual(seen);
  const sum = (what: 'calls' | 'failed' | 'mints') => hours.reduce((all, hour) => all + hour[what], 0);
  const mints = fixture.agent.state().servers.reduce((all, server) => all + server.mints.today, 0);
  expect([sum('calls'), sum('failed'), sum('mints')]).toEqual([1, 0, mints]);
  expect(JSON.stringify([entries, live.news])).not.toContain('between us');

  const state = agentStateSchema.parse(fixture.agent.state());
  const use = { callsToday: 1, lastUsedAt: expect.any(Number) };
  expect(state.servers.find(({ name }) => name === 'notes')?.use).toEqual(use);
  expect(state.servers.find(({ name }) => name === 'tickets')?.use).toEqual({ callsToday: 0 });
  expect(state.clients.map((one) => one.use)).toEqual([use]);

  await fixture.restart();
  expect(fixture.server('notes').use).toEqual(use);
  // Whoever signs in next does not learn when this person worked.
  const watched = following();
  await until(() => watched.news.length > 0);
  await fixture.signIn('bob');
  expect(fixture.server('notes').use).toEqual({ callsToday: 0 });
  const own = (await journal()).entries;
  expect(own.filter(({ event, fields }) => event === 'call' || fields.subject === 'u-alice')).toEqual([]);
  expect(own.map(({ event }) => event)).toContain('signed-in');
  await until(() => watched.entries().some(({ event }) => event === 'signed-in'));
  await watched.end();
  expect(watched.news.at(-1)?.firstId).toBe(own[0]?.id);
});

test('a server is shown with the tools that it listed, those included that policy hides', async () => {
  expect(await tools('notes')).toEqual({ tools: [] });
  await fixture.signIn('alice');
  const { listedAt, tools: listed } = await tools('notes');
  expect(listedAt).toBeGreaterThan(0);
  expect(listed.find(({ name }) => name === 'echo')).toMatchObject({ isAllowed: true });
  const hidden = listed.filter(({ isAllowed }) => !isAllowed).map(({ name }) => name);
  expect(hidden.every((name) => name.startsWith('echo_'))).toBe(true);
  // It is not asked again for everybody who looks.
  const asked = () => fixture.logged.filter(({ fields }) => fields.method === 'tools/list').length;
  const before = asked();
  await tools('notes');
  expect(asked()).toBe(before);
  await expect(tools('nothing')).rejects.toMatchObject({ code: 'unknown-server' });
});

test('a server that hangs does not hold up whoever wants to see its tools', async () => {
  await fixture.signIn('alice');
  const back = fixture.company.faults.set({ at: 'server', server: 'notes', kind: 'hang' });
  expect(await tools('notes')).toEqual({ tools: [] });
  back();
});

test('the pages of sign-in elsewhere are no part of a company whose identity provider has none', async () => {
  await fixture.signIn('alice');
  expect(fixture.agent.state().company.signInOrigins).toEqual([]);
});

test('an agent that is told to stop answers first', async () => {
  let isAsked = false;
  void fixture.agent.stopAsked.then(() => {
    isAsked = true;
  });
  await delay(0);
  expect(isAsked).toBe(false);
  const { agent } = await callLocal(fixture.paths, { method: 'POST', path: '/stop', answer: agentStateSchema });
  expect(agent.pid).toBe(process.pid);
  await fixture.agent.stopAsked;
});
