import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../../../main/journal/log.ts';
import type { Person } from '../../../../main/relay/lists/known-lists.ts';
import { openLists } from '../../../../main/relay/lists/lists.ts';
import type { Outcome } from '../../../../main/relay/mcp/rpc.ts';
import { LanyardError } from '../../../../shared/errors.ts';
import { memorySink, problemFrom, until, virtualClock } from '../../fixtures.ts';
import { discovered, result, type ScriptedServer, scriptedServer, withTools } from './listing-server.ts';

const ALICE: Person = { issuer: 'https://idp.example.com', subject: 'alice' };
const BOB: Person = { issuer: 'https://idp.example.com', subject: 'bob' };

interface Timer {
  readonly delayMs: number;
  readonly act: () => void;
}

/** Lists over a disk, timers and people of the test's own. */
async function opened(
  given: {
    readonly text?: string | undefined;
    readonly person?: Person | null;
    readonly servers?: Record<string, ScriptedServer>;
  } = {},
) {
  const servers = given.servers ?? { notes: scriptedServer(withTools('a')) };
  const disk = { text: given.text, writes: 0, isFull: false };
  const timers = new Set<Timer>();
  const clock = virtualClock();
  const sink = memorySink();
  const now = { person: given.person === undefined ? ALICE : given.person };
  const lists = await openLists({
    ask: (server) => servers[server],
    person: () => now.person,
    read: async () => disk.text,
    write: async (text) => {
      if (disk.isFull) throw new Error('ENOSPC');
      disk.text = text;
      disk.writes += 1;
    },
    clock,
    schedule: (delayMs, act) => {
      const timer = { delayMs, act };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    log: createLog([sink]),
  });
  onTestFinished(() => lists.close());
  const changes: string[] = [];
  lists.onChange((server) => void changes.push(server));
  /** Lets every timer act that is set to less than `limitMs`. */
  const elapse = (limitMs: number) => {
    for (const timer of [...timers]) {
      if (timer.delayMs > limitMs) continue;
      timers.delete(timer);
      timer.act();
    }
  };
  const signIn = (person: Person | null) => {
    now.person = person;
    lists.personChanged();
  };
  return { lists, disk, timers, clock, sink, changes, elapse, signIn, servers, now };
}

const toolsOf = (lists: { readonly tools: readonly { readonly name: string }[] } | undefined) =>
  lists?.tools.map(({ name }) => name);

/** A file with tool "a" of server "notes", as Lanyard wrote it for `person`. */
async function writtenFor(person: Person): Promise<string> {
  const { lists, disk } = await opened({ person });
  await lists.refresh('notes');
  await lists.close();
  return disk.text ?? '';
}

test('a server that was never asked is unknown, and known after it was', async () => {
  const { lists, clock, changes, servers } = await opened();
  expect([lists.of('notes'), lists.fetchedAt('notes')]).toEqual([undefined, undefined]);
  expect(toolsOf(await lists.refresh('notes'))).toEqual(['a']);
  expect([toolsOf(lists.of('notes')), lists.fetchedAt('notes')]).toEqual([['a'], clock()]);
  expect(changes).toEqual(['notes']);
  expect(servers.notes?.ended).toEqual(['lanyard:lists']);
});

test('callers share one request', async () => {
  const { lists, servers } = await opened();
  await Promise.all([lists.refresh('notes'), lists.refresh('notes'), lists.refresh('notes')]);
  expect(servers.notes?.seen).toHaveLength(2);
  await lists.refresh('notes');
  expect(servers.notes?.seen).toHaveLength(4);
});

test('only what a client could see is a change', async () => {
  const { lists, changes, servers } = await opened({ servers: { notes: scriptedServer(withTools('a', 'b')) } });
  await lists.refresh('notes');
  servers.notes?.follow(withTools('b', 'a'));
  await lists.refresh('notes');
  expect(changes).toHaveLength(1);
  servers.notes?.follow({
    ...withTools(),
    'tools/list': result({
      tools: [{ inputSchema: { type: 'object' }, name: 'a', description: 'new' }, { name: 'b' }],
    }),
  });
  await lists.refresh('notes');
  expect(changes).toHaveLength(2);
});

test('a listener that has gone hears nothing', async () => {
  const { lists } = await opened();
  const heard: string[] = [];
  lists.onChange((server) => void heard.push(server))();
  await lists.refresh('notes');
  expect(heard).toEqual([]);
});

test('where the server gives no lists, what was known stays', async () => {
  const { lists, servers, changes } = await opened();
  await lists.refresh('notes');
  servers.notes?.follow({
    'server/discover': () => {
      throw new LanyardError({ code: 'no-grant', user: 'No.', administrator: 'No.' });
    },
  });
  expect((await problemFrom(lists.refresh('notes'))).code).toBe('no-grant');
  servers.notes?.follow({
    'server/discover': () => {
      throw new TypeError('a mistake');
    },
  });
  expect((await problemFrom(lists.refresh('notes'))).code).toBe('internal');
  expect(toolsOf(lists.of('notes'))).toEqual(['a']);
  expect(changes).toHaveLength(1);
});

test('a server that takes too long is given up', async () => {
  const { lists, elapse, servers } = await opened({
    servers: { notes: scriptedServer({ 'server/discover': () => new Promise<Outcome>(() => {}) }) },
  });
  const refresh = problemFrom(lists.refresh('notes'));
  await until(() => servers.notes?.seen.length === 1);
  elapse(30_000);
  expect((await refresh).code).toBe('lists-slow');
  expect(servers.notes?.ended).toEqual(['lanyard:lists']);
  servers.notes?.follow(withTools('late'));
  expect(toolsOf(await lists.refresh('notes'))).toEqual(['late']);
});

test('a server that policy does not name, and one that nobody is signed in for, are not asked', async () => {
  const { lists, signIn, servers } = await opened();
  expect((await problemFrom(lists.refresh('other'))).code).toBe('lists-no-server');
  signIn(null);
  expect((await problemFrom(lists.refresh('notes'))).code).toBe('signed-out');
  expect(servers.notes?.seen).toEqual([]);
});

test('what is left out is said in the log', async () => {
  const notes = scriptedServer({
    'server/discover': discovered({ tools: {} }),
    'tools/list': result({ tools: [{ name: 'a' }, 1, 2] }),
  });
  const { lists, sink } = await opened({ servers: { notes } });
  await lists.refresh('notes');
  expect(sink.entries).toMatchObject([
    { event: 'lists-cut', fields: { server: 'notes', list: 'tools', reason: 'malformed' } },
  ]);
});

test('changes are gathered and written once, and read at the next start', async () => {
  const servers = { notes: scriptedServer(withTools('a')), mail: scriptedServer(withTools('b')) };
  const { lists, disk, elapse, clock } = await opened({ servers });
  await lists.refresh('notes');
  await lists.refresh('mail');
  expect(disk.writes).toBe(0);
  elapse(10_000);
  await until(() => disk.writes > 0);
  expect(disk.writes).toBe(1);
  const next = await opened({ text: disk.text });
  expect(toolsOf(next.lists.of('mail'))).toEqual(['b']);
  expect(next.lists.fetchedAt('notes')).toBe(clock());
});

test('closing writes what was not written yet, and ends what is under way', async () => {
  const { lists, disk, servers, timers } = await opened();
  await lists.refresh('notes');
  servers.notes?.follow({ 'server/discover': () => new Promise<Outcome>(() => {}) });
  const refresh = problemFrom(lists.refresh('notes'));
  await lists.close();
  expect((await refresh).code).toBe('agent-stopping');
  expect(disk.writes).toBe(1);
  expect(timers.size).toBe(0);
  expect((await problemFrom(lists.refresh('notes'))).code).toBe('agent-stopping');
});

test('a disk that takes nothing is tried again', async () => {
  const { lists, disk, elapse, sink, timers } = await opened();
  disk.isFull = true;
  await lists.refresh('notes');
  elapse(10_000);
  await until(() => timers.size === 1);
  expect(sink.entries).toMatchObject([{ event: 'lists-not-written' }]);
  disk.isFull = false;
  elapse(100_000);
  await until(() => disk.writes === 1);
});

test('after a sign-out the lists of the last person stay, also through a restart', async () => {
  const { lists, signIn, disk, changes } = await opened();
  await lists.refresh('notes');
  signIn(null);
  expect(toolsOf(lists.of('notes'))).toEqual(['a']);
  await lists.close();
  const next = await opened({ text: disk.text, person: null });
  expect(toolsOf(next.lists.of('notes'))).toEqual(['a']);
  next.signIn(ALICE);
  expect(toolsOf(next.lists.of('notes'))).toEqual(['a']);
  expect([changes.length, next.changes.length]).toEqual([1, 0]);
});

test('when another person signs in, they go at once, from memory and disk', async () => {
  const text = await writtenFor(ALICE);
  const { lists, signIn, disk, changes } = await opened({ text, person: null });
  signIn(BOB);
  expect(lists.of('notes')).toBeUndefined();
  expect(lists.fetchedAt('notes')).toBeUndefined();
  expect(changes).toEqual(['notes']);
  await until(() => disk.writes === 1);
  expect(disk.text).not.toContain('alice');
  expect(disk.text).not.toContain('"a"');
});

test('nobody sees the lists of another person, also before it is said that the person changed', async () => {
  const { lists, now } = await opened();
  await lists.refresh('notes');
  now.person = BOB;
  expect([lists.of('notes'), lists.fetchedAt('notes')]).toEqual([undefined, undefined]);
  await lists.refresh('notes');
  now.person = ALICE;
  expect(lists.of('notes')).toBeUndefined();
});

test('a file of another person is dropped at the start', async () => {
  const { lists, disk } = await opened({ text: await writtenFor(ALICE), person: BOB });
  expect(lists.of('notes')).toBeUndefined();
  await until(() => disk.writes === 1);
  expect(disk.text).not.toContain('alice');
});

test('the same subject at another issuer is another person', async () => {
  const { lists } = await opened({
    text: await writtenFor(ALICE),
    person: { ...ALICE, issuer: 'https://other.example.com' },
  });
  expect(lists.of('notes')).toBeUndefined();
});

test('what comes for a person who is not signed in any more is thrown away', async () => {
  const answer = Promise.withResolvers<Outcome>();
  const { lists, signIn, servers, changes } = await opened();
  servers.notes?.follow({ ...withTools('of alice'), 'server/discover': () => answer.promise });
  const refresh = problemFrom(lists.refresh('notes'));
  await until(() => servers.notes?.seen.length === 1);
  signIn(BOB);
  answer.resolve(discovered({ tools: {} }));
  expect((await refresh).code).toBe('lists-person-changed');
  expect(lists.of('notes')).toBeUndefined();
  expect(changes).toEqual([]);
  servers.notes?.follow(withTools('of bob'));
  expect(toolsOf(await lists.refresh('notes'))).toEqual(['of bob']);
});

test('nobody shares a request that was made for another person', async () => {
  const { lists, signIn, servers } = await opened();
  servers.notes?.follow({ 'server/discover': () => new Promise<Outcome>(() => {}) });
  const ofAlice = problemFrom(lists.refresh('notes'));
  signIn(BOB);
  servers.notes?.follow(withTools('of bob'));
  expect(toolsOf(await lists.refresh('notes'))).toEqual(['of bob']);
  expect((await ofAlice).code).toBe('lists-person-changed');
});

test('what comes after a sign-out is thrown away', async () => {
  const answer = Promise.withResolvers<Outcome>();
  const { lists, signIn, servers } = await opened();
  servers.notes?.follow({ ...withTools('late'), 'server/discover': () => answer.promise });
  const refresh = problemFrom(lists.refresh('notes'));
  signIn(null);
  answer.resolve(discovered({ tools: {} }));
  expect((await refresh).code).toBe('lists-person-changed');
  expect(lists.of('notes')).toBeUndefined();
});

test.each([
  ['is not JSON', '{'],
  ['is of another version', '{"version":2}'],
  ['holds more than lists', '{"version":1,"person":{"issuer":"i","subject":"s"},"servers":{"a":{}}}'],
  ['is larger than any we write', ' '.repeat(40 * 1024 * 1024)],
])('a file that %s is ignored and overwritten', async (_, text) => {
  const { lists, disk, sink } = await opened({ text });
  expect(sink.entries).toMatchObject([{ event: 'lists-not-read' }]);
  await lists.refresh('notes');
  await lists.close();
  expect(disk.text).toContain('"alice"');
});

test('a file that cannot be read is ignored', async () => {
  const sink = memorySink();
  const lists = await openLists({
    ask: () => undefined,
    person: () => null,
    read: () => Promise.reject(new Error('EACCES')),
    write: async () => {},
    clock: Date.now,
    schedule: () => () => {},
    log: createLog([sink]),
  });
  expect(lists.of('notes')).toBeUndefined();
  expect(sink.entries).toMatchObject([{ event: 'lists-not-read' }]);
});

test('of more servers than are kept, those go that were asked longest ago', async () => {
  const names = Array.from({ length: 201 }, (_, index) => `server-${index}`);
  const servers = Object.fromEntries(names.map((name) => [name, scriptedServer(withTools('a'))]));
  const { lists, clock, changes } = await opened({ servers });
  for (const name of names) {
    await lists.refresh(name);
    clock.advance(1);
  }
  expect(lists.of('server-0')).toBeUndefined();
  expect(toolsOf(lists.of('server-1'))).toEqual(['a']);
  expect(changes.at(-1)).toBe('server-0');
});
