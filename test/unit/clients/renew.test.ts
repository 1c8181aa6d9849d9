import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addClient, type ConnectContext, removeClient } from '../../../main/clients/connect.ts';
import { openClientRegistry } from '../../../main/clients/registry.ts';
import { renewClients } from '../../../main/clients/renew.ts';
import { temporaryFolder } from '../fixtures.ts';

async function machine() {
  const home = temporaryFolder();
  const context: ConnectContext = {
    registry: await openClientRegistry(join(home, 'clients.json')),
    machine: { platform: 'linux', home, env: {}, root: home },
    backups: join(home, 'backups'),
    policy: { prefer: 'http', entries: 'each', headerHelper: false },
    relayUrl: 'http://127.0.0.1:5693',
    program: { file: '/opt/lanyard', args: [] },
    servers: ['notes'],
    clock: () => 7,
  };
  return { context, file: join(home, '.cursor', 'mcp.json') };
}

const ELSEWHERE = { relayUrl: 'http://127.0.0.1:5700' };

test('a program that moved is written into the entries that start it; no key is made for that', async () => {
  const { context, file } = await machine();
  await addClient({ kind: 'cursor', transport: 'stdio' }, context);
  const moved = { ...context, ...ELSEWHERE, program: { file: '/opt/new/lanyard', args: [] } };
  expect(await renewClients(moved)).toEqual([{ client: 'cursor', outcome: 'renewed', hasNewKey: false }]);
  expect(readFileSync(file, 'utf8')).toContain('/opt/new/lanyard');
  expect(await renewClients(moved)).toEqual([]);
});

test('without a program that may be named, entries that start it stay as they are, and others are renewed', async () => {
  const { context, file } = await machine();
  await addClient({ kind: 'cursor', transport: 'stdio' }, context);
  await addClient({ kind: 'codex', transport: 'http' }, context);
  const text = readFileSync(file, 'utf8');
  expect(await renewClients({ ...context, ...ELSEWHERE, program: undefined })).toEqual([
    { client: 'cursor', outcome: 'left', why: 'no-lasting-program' },
    { client: 'codex', outcome: 'renewed', hasNewKey: true },
  ]);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('a relay that moved is nothing to entries that start a program', async () => {
  const { context } = await machine();
  await addClient({ kind: 'cursor', transport: 'stdio' }, context);
  expect(await renewClients({ ...context, ...ELSEWHERE })).toEqual([]);
});

test('an app that policy no longer allows is disconnected', async () => {
  const { context, file } = await machine();
  await addClient({ kind: 'cursor' }, context);
  const without = { ...context, policy: { ...context.policy, allow: [] } };
  expect(await renewClients(without)).toEqual([{ client: 'cursor', outcome: 'removed' }]);
  expect(existsSync(file)).toBe(false);
  expect(context.registry.clients).toEqual([]);
});

test('an app of an older version is left as it is', async () => {
  const { context, file } = await machine();
  await addClient({ kind: 'cursor' }, context);
  const text = readFileSync(file, 'utf8');
  const [client] = context.registry.clients;
  if (!client) throw new Error('Nothing is connected');
  const { fingerprints: _fingerprints, transport: _transport, ...old } = client;
  await context.registry.put(old);
  expect(await renewClients({ ...context, ...ELSEWHERE })).toEqual([]);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('a file that cannot be written keeps its entries, and the key in them goes on working', async () => {
  const { context, file } = await machine();
  await addClient({ kind: 'cursor' }, context);
  const before = context.registry.clients;
  // A folder where the file was: no mode keeps root out, but this does.
  rmSync(file);
  mkdirSync(file);
  const renewals = await renewClients({ ...context, ...ELSEWHERE });
  expect(renewals).toEqual([{ client: 'cursor', outcome: 'left', why: 'client-file' }]);
  expect(context.registry.clients).toEqual(before);
});

test('a file that can be read and not written goes on with the key in it, and is renewed when it can be', async () => {
  const { context, file } = await machine();
  await addClient({ kind: 'cursor' }, context);
  const [before, text] = [context.registry.clients, readFileSync(file, 'utf8')];
  chmodSync(file, 0o400);
  const moved = { ...context, ...ELSEWHERE };
  expect(await renewClients(moved)).toEqual([{ client: 'cursor', outcome: 'left', why: 'client-file' }]);
  expect([context.registry.clients, readFileSync(file, 'utf8')]).toEqual([before, text]);
  chmodSync(file, 0o600);
  expect(await renewClients(moved)).toEqual([{ client: 'cursor', outcome: 'renewed', hasNewKey: true }]);
});

test.each([
  ['an entry for each', false, undefined],
  ['one for all', true, undefined],
  ['one for those that were asked for', true, ['notes']],
])(
  'where policy has no server any more, the entries go (%s), and come with the next server',
  async (_kind, gateway, servers) => {
    const { context, file } = await machine();
    mkdirSync(join(file, '..'));
    writeFileSync(file, '{"mine": 1}');
    await addClient({ kind: 'cursor', transport: 'http', gateway, ...(servers && { servers }) }, context);
    const none = { ...context, servers: servers ? ['tickets'] : [] };
    expect(await renewClients(none)).toMatchObject([{ client: 'cursor', outcome: 'renewed' }]);
    expect(readFileSync(file, 'utf8')).toBe('{"mine": 1}');
    expect(context.registry.clients).toMatchObject([{ id: 'cursor', entries: [] }]);
    expect(await renewClients(none)).toEqual([]);
    expect(await renewClients(context)).toMatchObject([{ client: 'cursor', outcome: 'renewed' }]);
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')).mcpServers)).toEqual([
      gateway ? 'lanyard' : 'lanyard-notes',
    ]);
  },
);

test('a crash between a file and its record leaves nothing of ours behind when the app is disconnected', async () => {
  const { context, file } = await machine();
  mkdirSync(join(file, '..'));
  writeFileSync(file, '{"mine": 1}');
  await addClient({ kind: 'cursor' }, context);
  const [before] = context.registry.clients;
  await renewClients({ ...context, servers: ['notes', 'tickets'] });
  const [after] = context.registry.clients;
  if (!before?.written || !after) throw new Error('Nothing is connected');
  // As the list of clients stands on disk at that moment: the new entries, what the writing before gave.
  await context.registry.put({ ...after, written: before.written });
  await removeClient('cursor', context);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ mine: 1 });
});

test('entries that could not be taken out are never given a new key, but taken out at the next start', async () => {
  const { context, file } = await machine();
  await addClient({ kind: 'cursor' }, context);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, 'oops');
  await expect(removeClient('cursor', context)).rejects.toMatchObject({ code: 'client-file' });
  expect(await renewClients({ ...context, ...ELSEWHERE })).toEqual([
    { client: 'cursor', outcome: 'left', why: 'client-file' },
  ]);
  writeFileSync(file, text);
  expect(await renewClients({ ...context, ...ELSEWHERE })).toEqual([{ client: 'cursor', outcome: 'removed' }]);
  expect(existsSync(file)).toBe(false);
  expect(context.registry.clients).toEqual([]);
});

test.each([
  ['was edited', (text: string) => text.replace('/notes/', '/mine/')],
  ['does not parse', () => 'oops'],
])('where nothing else is different, a file that %s is no news', async (_what, change) => {
  const { context, file } = await machine();
  await addClient({ kind: 'cursor' }, context);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  expect(await renewClients(context)).toEqual([]);
  writeFileSync(file, '{}');
  expect(await renewClients(context)).toEqual([]);
});
