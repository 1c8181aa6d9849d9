import { hash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CompanyPolicy } from '../../company/company.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { type HeldPort, holdPort } from '../ports.ts';
import { post } from '../raw-http.ts';
import { entriesIn, handWritten, keyIn, putFile } from './app-files.ts';

let fixture: Fixture;
let held: HeldPort | undefined;
beforeEach(async () => {
  fixture = await startFixture({ machine: { platform: 'linux' } });
});
afterEach(async () => {
  await fixture.close();
  await held?.release();
  held = undefined;
});

const cursorFile = () => join(fixture.home, '.cursor', 'mcp.json');
const codexFile = () => join(fixture.home, '.codex', 'config.toml');
const portOf = () => Number(new URL(fixture.agent.state().relay.url).port);
const connect = (kind: 'cursor' | 'codex', more: object = {}) => fixture.agent.acts.addClient({ kind, ...more });
const logged = (event: string) => fixture.logged.filter((entry) => entry.event === event).map(({ fields }) => fields);

/** Restarts the agent while somebody holds its port, so that it takes another one. */
async function restartElsewhere(): Promise<void> {
  const port = portOf();
  await fixture.restart(undefined, async () => {
    held = await holdPort(port);
  });
  expect(portOf()).not.toBe(port);
}

/** Restarts the agent with other servers in its policy. */
const restartWith = (names: readonly string[]) =>
  fixture.restart((policy: CompanyPolicy) => ({
    ...policy,
    servers: policy.servers.filter(({ name }) => names.includes(name)),
  }));

test('a port that moved is written into the entries, with a new key; the old one opens nothing', async () => {
  putFile(cursorFile(), handWritten('cursor'));
  await connect('cursor');
  await connect('codex', { servers: ['notes'] });
  const keys = [keyIn(cursorFile()), keyIn(codexFile())];
  await restartElsewhere();
  const { url } = fixture.agent.state().relay;
  expect(entriesIn(cursorFile(), 'cursor')['lanyard-notes']?.url).toBe(`${url}/notes/mcp`);
  expect(entriesIn(codexFile(), 'codex')).toEqual({
    'lanyard-notes': expect.objectContaining({ url: `${url}/notes/mcp` }),
  });
  for (const [index, file] of [cursorFile(), codexFile()].entries()) {
    expect(keyIn(file)).not.toBe(keys[index]);
    expect((await post(relayUrl(fixture, 'notes'), keyIn(file))).status).not.toBe(403);
    expect((await post(relayUrl(fixture, 'notes'), keys[index] ?? '')).status).toBe(403);
  }
  expect(logged('client-renewed')).toEqual([
    { client: 'cursor', newKey: true },
    { client: 'codex', newKey: true },
  ]);
  const [warning = ''] = fixture.agent.state().agent.warnings;
  expect(warning).toContain('Another program holds port');
  expect(warning).not.toContain('Connect these again');

  for (const id of ['cursor', 'codex']) await fixture.agent.acts.removeClient(id);
  expect(readFileSync(cursorFile(), 'utf8')).toBe(handWritten('cursor'));
});

test('and back again, once the port is free', async () => {
  await connect('cursor');
  await restartElsewhere();
  await held?.release();
  held = undefined;
  const key = keyIn(cursorFile());
  await fixture.restart();
  expect(entriesIn(cursorFile(), 'cursor')['lanyard-notes']?.url).toBe(`${fixture.agent.state().relay.url}/notes/mcp`);
  expect(keyIn(cursorFile())).not.toBe(key);
  expect(fixture.agent.state().agent.warnings).toEqual([]);
});

test('where nothing moved nothing is written, not even the time of the file', async () => {
  await connect('cursor');
  await connect('codex', { transport: 'stdio', gateway: true });
  const before = [cursorFile(), codexFile()].map((file) => readFileSync(file, 'utf8'));
  await fixture.restart();
  expect([cursorFile(), codexFile()].map((file) => readFileSync(file, 'utf8'))).toEqual(before);
  expect([...logged('client-renewed'), ...logged('client-not-renewed')]).toEqual([]);
});

test('servers that policy added or dropped come and go, with the key that the app has', async () => {
  await restartWith(['notes', 'tickets']);
  await connect('cursor');
  await connect('codex', { servers: ['tickets'] });
  const key = keyIn(cursorFile());
  await restartWith(['notes', 'payroll']);
  expect(Object.keys(entriesIn(cursorFile(), 'cursor')).sort()).toEqual(['lanyard-notes', 'lanyard-payroll']);
  expect(keyIn(cursorFile())).toBe(key);
  expect((await post(relayUrl(fixture, 'payroll'), key)).status).not.toBe(403);
  // The only server that it was connected to is gone.
  expect(existsSync(codexFile()) ? readFileSync(codexFile(), 'utf8') : '').not.toContain('lanyard');
  await restartWith(['tickets']);
  expect(Object.keys(entriesIn(codexFile(), 'codex'))).toEqual(['lanyard-tickets']);
  expect((await post(relayUrl(fixture, 'tickets'), keyIn(codexFile()))).status).not.toBe(403);
  for (const id of ['cursor', 'codex']) await fixture.agent.acts.removeClient(id);
});

test('what an app added to our entries is still there afterwards', async () => {
  await connect('cursor', { servers: ['notes'] });
  const { 'lanyard-notes': entry } = entriesIn(cursorFile(), 'cursor');
  putFile(cursorFile(), JSON.stringify({ mcpServers: { 'lanyard-notes': { ...entry, autoApprove: ['echo'] } } }));
  await restartElsewhere();
  expect(entriesIn(cursorFile(), 'cursor')['lanyard-notes']).toEqual({
    url: `${fixture.agent.state().relay.url}/notes/mcp`,
    headers: { 'Lanyard-Key': keyIn(cursorFile()) },
    autoApprove: ['echo'],
  });
});

test.each([
  ['changed', (text: string) => text.replace('/notes/mcp', '/notes/mcp?mine')],
  ['changed', (text: string) => text.replace('"headers"', '"httpUrl": "https://collector.example.com/mcp", "headers"')],
  ['client-file', (text: string) => `${text} oops`],
])('entries that somebody edited, or a file that does not parse, stay byte for byte (%s)', async (why, change) => {
  await connect('cursor');
  const text = change(readFileSync(cursorFile(), 'utf8'));
  writeFileSync(cursorFile(), text);
  await restartElsewhere();
  expect(readFileSync(cursorFile(), 'utf8')).toBe(text);
  expect(logged('client-not-renewed')).toEqual([{ client: 'cursor', why }]);
  const { apps } = await fixture.agent.acts.apps();
  const status = apps.find(({ kind }) => kind === 'cursor')?.status;
  expect(status).toBe(why === 'changed' ? 'changed' : 'unreadable');
  const [warning] = fixture.agent.state().agent.warnings;
  expect(warning).toContain('Connect these again: until then they send their local key');
  expect(warning).toContain('Cursor');
});

test('a pasted entry that names the old port is told by its name, also when the port is free again', async () => {
  const { client } = await fixture.agent.acts.addClient({ kind: 'snippet', transport: 'http' });
  await restartElsewhere();
  const elsewhere = await fixture.agent.acts.addClient({ kind: 'snippet', transport: 'http' });
  expect(fixture.agent.state().agent.warnings[0]).toContain(`(${client.id})`);
  expect(fixture.agent.state().agent.warnings[0]).not.toContain(`(${elsewhere.client.id})`);
  await held?.release();
  held = undefined;
  await fixture.restart();
  const [warning, ...others] = fixture.agent.state().agent.warnings;
  expect([warning, others]).toEqual([expect.stringContaining(`(${elsewhere.client.id})`), []]);
  expect(warning).not.toContain('Another program');
});

test('clients that an older version connected are known, served and undone', async () => {
  const file = join(fixture.home, '.claude.json');
  const original = '{\n  "theme": "dark"\n}\n';
  const oldKey = 'lk_of-an-older-version';
  const record = {
    id: 'claude-code',
    kind: 'claude-code',
    title: 'Claude Code',
    addedAt: 1,
    keyHash: hash('sha256', oldKey, 'base64url'),
    file,
    made: 'section',
    entries: ['lanyard-notes'],
  };
  await fixture.restart(undefined, async () => {
    const url = 'http://127.0.0.1:5693/notes/mcp';
    const entry = { type: 'http', url, headers: { 'Lanyard-Key': oldKey } };
    const text = JSON.stringify({ theme: 'dark', mcpServers: { 'lanyard-notes': entry } }, null, 2);
    writeFileSync(file, `${text}\n`);
    writeFileSync(fixture.paths.clients, JSON.stringify({ version: 1, clients: [record] }));
  });
  const { apps } = await fixture.agent.acts.apps();
  expect(apps.find(({ kind }) => kind === 'claude-code')).toMatchObject({ status: 'connected', transport: 'http' });
  expect((await post(relayUrl(fixture, 'notes'), oldKey)).status).not.toBe(403);
  await fixture.agent.acts.removeClient('claude-code');
  expect(readFileSync(file, 'utf8')).toBe(original);
  expect((await post(relayUrl(fixture, 'notes'), oldKey)).status).toBe(403);
});
