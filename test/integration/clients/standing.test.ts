import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { AppView } from '../../../shared/app-views.ts';
import { APP_KINDS, type AppKind } from '../../../shared/client-kinds.ts';
import { problemFrom } from '../../unit/fixtures.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { post } from '../raw-http.ts';
import { broken, entriesIn, handWritten, keyIn, putFile } from './app-files.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture({ machine: { platform: 'linux' } });
});
afterAll(() => fixture.close());

const all = async () => (await fixture.agent.acts.apps()).apps;
const app = async (kind: AppKind): Promise<AppView> => {
  const found = (await all()).find((view) => view.kind === kind);
  if (!found) throw new Error(`The agent shows no ${kind}`);
  return found;
};
const connect = (kind: AppKind) => fixture.agent.acts.addClient({ kind });
const plan = (kind: AppKind) => fixture.agent.acts.planConnection(kind, {});

/** One app of each format. */
const KINDS = ['cursor', 'codex', 'goose'] as const;

afterEach(async () => {
  for (const { id } of fixture.agent.state().clients) await fixture.agent.acts.removeClient(id);
});

test('on an empty machine every app is shown, none as found; one that is here comes first', async () => {
  expect((await all()).map(({ kind, isFound, status }) => [kind, isFound, status])).toEqual(
    APP_KINDS.map((kind) => [kind, false, 'not-connected']),
  );
  mkdirSync(join(fixture.home, '.config', 'Windsurf'), { recursive: true });
  mkdirSync(join(fixture.home, '.gemini'), { recursive: true });
  expect((await all()).slice(0, 2).map(({ kind }) => kind)).toEqual(['windsurf', 'gemini-cli']);
  for (const folder of ['.config/Windsurf', '.gemini']) rmSync(join(fixture.home, folder), { recursive: true });
});

test.each(KINDS)('%s: an entry that was taken out or edited is named, and connecting again mends it', async (kind) => {
  const { file } = await app(kind);
  putFile(file, handWritten(kind));
  await connect(kind);
  const written = readFileSync(file, 'utf8');

  putFile(file, written.replaceAll('/tickets/', '/elsewhere/'));
  expect(await app(kind)).toMatchObject({
    status: 'changed',
    client: kind,
    changes: ['The entry "lanyard-tickets" has another address.'],
  });

  putFile(file, written.replaceAll('lanyard-notes', 'somebodys-notes'));
  expect((await app(kind)).changes).toEqual(['The entry "lanyard-notes" was taken out of the file.']);

  putFile(file, handWritten(kind));
  expect((await app(kind)).changes).toEqual(["Lanyard's entries were taken out of the file."]);

  rmSync(file);
  expect((await app(kind)).changes).toEqual([`The file ${file} is gone, and Lanyard's entries with it.`]);

  putFile(file, written);
  expect(await app(kind)).toMatchObject({ status: 'connected', changes: [] });

  putFile(file, handWritten(kind));
  await connect(kind);
  expect((await app(kind)).status).toBe('connected');
  expect((await post(relayUrl(fixture, 'notes'), keyIn(file))).status).not.toBe(403);
  await fixture.agent.acts.removeClient(kind);
  expect(readFileSync(file, 'utf8')).toBe(handWritten(kind));
});

test('what an app adds to our entries, and another order of keys, is no drift', async () => {
  const { file } = await app('cursor');
  await connect('cursor');
  const entries = entriesIn(file, 'cursor');
  const turned = Object.entries(entries).map(([name, entry]) => [
    name,
    { autoApprove: ['echo'], ...Object.fromEntries(Object.entries(entry).toReversed()) },
  ]);
  putFile(file, JSON.stringify({ mcpServers: Object.fromEntries(turned.toReversed()) }));
  expect(await app('cursor')).toMatchObject({ status: 'connected', changes: [] });
});

test.each(KINDS)('%s: a file that does not parse is shown with its place, and never touched', async (kind) => {
  const { file } = await app(kind);
  const { text, place } = broken(kind);
  await connect(kind);
  const key = keyIn(file);
  const written = readFileSync(file, 'utf8');
  putFile(file, text);
  const shown = await app(kind);
  expect(shown).toMatchObject({ status: 'unreadable', client: kind, problem: { code: 'client-file' } });
  expect(shown.problem?.user).toMatch(place);
  expect(shown.problem?.user).toContain(file);

  await expect(connect(kind)).rejects.toMatchObject({ code: 'client-file' });
  await expect(fixture.agent.acts.removeClient(kind)).rejects.toMatchObject({ code: 'client-file' });
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect((await post(relayUrl(fixture, 'notes'), key)).status).toBe(403);

  putFile(file, written);
  await fixture.agent.acts.removeClient(kind);
  putFile(file, text);
  const told = await problemFrom(connect(kind));
  expect(await problemFrom(plan(kind))).toMatchObject({ code: told.code, user: told.user });
  mkdirSync(join(fixture.home, '.config', 'Cursor'), { recursive: true });
  if (kind !== 'cursor') expect((await app(kind)).status).toBe('unreadable');
  rmSync(file);
});

test("somebody else's entry of the same name is not ours to replace; ours that nobody remembers are", async () => {
  const { file } = await app('cursor');
  const theirs = { mcpServers: { 'lanyard-notes': { command: 'their-own' } } };
  putFile(file, JSON.stringify(theirs));
  const told = await problemFrom(connect('cursor'));
  expect(told).toMatchObject({ code: 'client-file' });
  expect(await problemFrom(plan('cursor'))).toMatchObject({ code: told.code, user: told.user });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(theirs);

  // As a file that was copied from another computer, or where the list of clients was lost.
  const url = 'http://127.0.0.1:5693/notes/mcp';
  putFile(file, JSON.stringify({ mcpServers: { 'lanyard-notes': { url, headers: { 'Lanyard-Key': 'lk_old' } } } }));
  await plan('cursor');
  await connect('cursor');
  await plan('cursor');
  expect(readFileSync(file, 'utf8')).not.toContain('lk_old');
  await fixture.agent.acts.removeClient('cursor');
  expect(entriesIn(file, 'cursor')).toEqual({});
  rmSync(file);
});

test('a file too large to be looked at each time is not parsed for that', async () => {
  const { file } = await app('cursor');
  putFile(file, `{"history":"${'x'.repeat(9 * 1024 * 1024)}"}`);
  await connect('cursor');
  writeFileSync(file, `broken${readFileSync(file, 'utf8')}`);
  expect(await app('cursor')).toMatchObject({ status: 'connected', changes: [] });
  writeFileSync(file, readFileSync(file, 'utf8').slice('broken'.length));
  await fixture.agent.acts.removeClient('cursor');
  rmSync(file);
});

test('policy chooses where the person does not, and limits what can be connected', async () => {
  const { agent } = fixture;
  await fixture.restart((policy) => ({
    ...policy,
    clients: { prefer: 'stdio', entries: 'one', allow: ['cursor', 'claude-desktop'] },
  }));
  expect(await app('cursor')).toMatchObject({
    status: 'not-connected',
    transport: 'stdio',
    transports: ['stdio', 'http'],
    gateway: true,
  });
  expect(await app('codex')).toMatchObject({ status: 'not-allowed' });
  await expect(connect('codex')).rejects.toMatchObject({ code: 'app-not-allowed' });
  await expect(fixture.agent.acts.planConnection('codex', {})).rejects.toMatchObject({ code: 'app-not-allowed' });
  expect(existsSync(join(fixture.home, '.codex', 'config.toml'))).toBe(false);
  const { client } = await connect('cursor');
  expect(client.entries).toEqual(['lanyard']);
  await expect(fixture.agent.acts.addClient({ kind: 'claude-desktop', transport: 'http' })).rejects.toMatchObject({
    code: 'app-transport',
  });
  const asked = await fixture.agent.acts.addClient({ kind: 'cursor', transport: 'http', gateway: false });
  expect(asked.client.entries).toHaveLength(3);
  // Entries to paste are not limited.
  const pasted = await fixture.agent.acts.addClient({ kind: 'snippet' });
  expect([pasted.localKey, pasted.snippet.includes('"command"')]).toEqual([undefined, true]);
  expect(agent).not.toBe(fixture.agent);
  expect(dirname((await app('cursor')).file)).toBe(join(fixture.home, '.cursor'));
});
