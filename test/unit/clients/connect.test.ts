import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addClient, type ConnectContext, removeClient } from '../../../main/clients/connect.ts';
import { hashLocalKey } from '../../../main/clients/local-key.ts';
import { type ClientRegistry, openClientRegistry } from '../../../main/clients/registry.ts';
import type { AddClientRequest } from '../../../shared/local-api.ts';
import { problemFrom, temporaryFolder } from '../fixtures.ts';

const HTTP: AddClientRequest = { kind: 'claude-code', transport: 'http' };
const SNIPPET: AddClientRequest = { kind: 'snippet', transport: 'http' };

async function machine() {
  const home = temporaryFolder();
  const registryFile = join(home, 'clients.json');
  const context: ConnectContext = {
    registry: await openClientRegistry(registryFile),
    machine: { platform: process.platform, home, env: {}, root: home },
    backups: join(home, 'backups'),
    policy: { prefer: 'http', entries: 'each', headerHelper: false },
    relayUrl: 'http://127.0.0.1:5693',
    program: { file: '/opt/lanyard', args: ['--first'] },
    servers: ['notes', 'tickets'],
    clock: () => 7,
  };
  const file = join(home, '.claude.json');
  const entries = () => (JSON.parse(readFileSync(file, 'utf8')) as { mcpServers: Record<string, unknown> }).mcpServers;
  /** The key in Claude Code's own file. */
  const keyInFile = () => /lk_[\w-]+/.exec(readFileSync(file, 'utf8'))?.[0] ?? '';
  return { context, file, registryFile, entries, keyInFile };
}

test('a client gets a key of its own, and entries for every approved server', async () => {
  const { context, file, registryFile, entries, keyInFile } = await machine();
  const { client, snippet, ...rest } = await addClient(HTTP, context);
  expect(rest).toEqual({ afterwards: 'Start a new session in Claude Code.' });
  const localKey = keyInFile();
  expect(client).toEqual({
    id: 'claude-code',
    kind: 'claude-code',
    title: 'Claude Code',
    addedAt: 7,
    file,
    entries: ['lanyard-notes', 'lanyard-tickets'],
  });
  expect(snippet).toBe('');
  expect(entries()).toEqual({
    'lanyard-notes': { type: 'http', url: 'http://127.0.0.1:5693/notes/mcp', headers: { 'Lanyard-Key': localKey } },
    'lanyard-tickets': { type: 'http', url: 'http://127.0.0.1:5693/tickets/mcp', headers: { 'Lanyard-Key': localKey } },
  });
  expect(context.registry.identify(hashLocalKey(localKey))).toBe('claude-code');
  expect(readFileSync(registryFile, 'utf8')).not.toContain(localKey);
});

test.each([
  [
    'http',
    (localKey: string) => ({
      lanyard: { type: 'http', url: 'http://127.0.0.1:5693/mcp', headers: { 'Lanyard-Key': localKey } },
    }),
  ],
  [
    'stdio',
    () => ({
      lanyard: { type: 'stdio', command: '/opt/lanyard', args: ['--first', 'stdio', '--client', 'claude-code'] },
    }),
  ],
] as const)('the gateway is one entry in place of all others, over %s', async (transport, expected) => {
  const { context, entries, keyInFile } = await machine();
  await addClient(HTTP, context);
  const { client } = await addClient({ ...HTTP, transport, gateway: true }, context);
  const localKey = keyInFile();
  expect(client.entries).toEqual(['lanyard']);
  expect(entries()).toEqual(expected(localKey));
  await addClient(HTTP, context);
  expect(Object.keys(entries())).toEqual(['lanyard-notes', 'lanyard-tickets']);
});

test('for stdio the entry starts our program and holds no key', async () => {
  const { context, file, entries } = await machine();
  await addClient({ ...HTTP, transport: 'stdio', servers: ['tickets'] }, context);
  expect(entries()).toEqual({
    'lanyard-tickets': {
      type: 'stdio',
      command: '/opt/lanyard',
      args: ['--first', 'stdio', 'tickets', '--client', 'claude-code'],
    },
  });
  expect(readFileSync(file, 'utf8')).not.toContain('lk_');
});

test('connecting again replaces entries and key', async () => {
  const { context, entries, keyInFile } = await machine();
  await addClient(HTTP, context);
  const first = keyInFile();
  await addClient({ ...HTTP, servers: ['notes'] }, context);
  const second = keyInFile();
  expect(Object.keys(entries())).toEqual(['lanyard-notes']);
  expect(context.registry.identify(hashLocalKey(first))).toBeUndefined();
  expect(context.registry.identify(hashLocalKey(second))).toBe('claude-code');
  expect(context.registry.clients).toHaveLength(1);
});

test('any number of pasted entries stand side by side, and no number is used again', async () => {
  const { context, file, registryFile } = await machine();
  const added = [await addClient(SNIPPET, context), await addClient(SNIPPET, context)];
  expect(added.map(({ client }) => client.id)).toEqual(['snippet-1', 'snippet-2']);
  expect(JSON.parse(added[0]?.snippet ?? '')).toMatchObject({
    mcpServers: { 'lanyard-notes': { headers: { 'Lanyard-Key': added[0]?.localKey } } },
  });
  expect(existsSync(file)).toBe(false);
  for (const id of ['snippet-1', 'snippet-2']) await removeClient(id, context);
  const registry = await openClientRegistry(registryFile);
  expect((await addClient(SNIPPET, { ...context, registry })).client.id).toBe('snippet-3');
});

test('clients that are connected at the same time are all there, each with its own key', async () => {
  const { context, registryFile, entries, keyInFile } = await machine();
  const added = await Promise.all(
    [...Array(5).fill(SNIPPET), HTTP, HTTP].map((request) => addClient(request, context)),
  );
  const ids = ['snippet-1', 'snippet-2', 'snippet-3', 'snippet-4', 'snippet-5', 'claude-code'];
  expect([...new Set(added.map(({ client }) => client.id))]).toEqual(ids);
  expect((await openClientRegistry(registryFile)).clients.map(({ id }) => id)).toEqual(ids);
  for (const { localKey, client } of added.filter(({ client }) => client.kind === 'snippet'))
    expect(context.registry.identify(hashLocalKey(localKey ?? ''))).toBe(client.id);
  const last = keyInFile();
  expect(context.registry.identify(hashLocalKey(last))).toBe('claude-code');
  expect(entries()).toMatchObject({ 'lanyard-notes': { headers: { 'Lanyard-Key': last } } });
});

test('a server that policy does not know is named, and nothing is left behind', async () => {
  const { context, file, registryFile } = await machine();
  const error = await problemFrom(addClient({ ...HTTP, servers: ['notes', 'nope', 'nah'] }, context));
  expect(error).toMatchObject({ code: 'unknown-server' });
  expect(error.user).toBe('There is no server "nope", "nah". Approved servers: notes, tickets.');
  expect([existsSync(file), existsSync(registryFile)]).toEqual([false, false]);
});

test('a file that cannot be edited leaves nothing behind, and the key of before goes on working', async () => {
  const { context, file, keyInFile } = await machine();
  writeFileSync(file, 'oops');
  expect(await problemFrom(addClient(HTTP, context))).toMatchObject({ code: 'client-file' });
  expect(context.registry.clients).toEqual([]);
  writeFileSync(file, '{}');
  await addClient(HTTP, context);
  const localKey = keyInFile();
  const before = context.registry.clients;
  writeFileSync(file, 'oops again');
  expect(await problemFrom(addClient(HTTP, context))).toMatchObject({ code: 'client-file' });
  expect(context.registry.clients).toEqual(before);
  expect(context.registry.identify(hashLocalKey(localKey))).toBe('claude-code');
  expect(readFileSync(file, 'utf8')).toBe('oops again');
});

test('a file that can be read and not written leaves nothing behind at the first connecting either', async () => {
  const { context, file, registryFile } = await machine();
  writeFileSync(file, '{"theirs": 1}');
  chmodSync(file, 0o400);
  expect(await problemFrom(addClient(HTTP, context))).toMatchObject({ code: 'client-file' });
  expect(context.registry.clients).toEqual([]);
  expect((await openClientRegistry(registryFile)).clients).toEqual([]);
  expect(readFileSync(file, 'utf8')).toBe('{"theirs": 1}');
  expect(existsSync(context.backups) ? readdirSync(context.backups) : []).toEqual([]);
});

/** A registry that notes which of its keys stand in the file at each writing of a client. */
function noting(registry: ClientRegistry, file: string) {
  const puts: { keyHash: string; isInFile: boolean }[] = [];
  const watched: ClientRegistry = {
    ...registry,
    get clients() {
      return registry.clients;
    },
    put: async (client) => {
      const keys = existsSync(file) ? (readFileSync(file, 'utf8').match(/lk_[\w-]+/g) ?? []) : [];
      puts.push({ keyHash: client.keyHash, isInFile: keys.some((key) => hashLocalKey(key) === client.keyHash) });
      await registry.put(client);
    },
  };
  return { watched, puts };
}

test('a key is known before it stands in a file, whether it is the first or another', async () => {
  const { context, file, keyInFile } = await machine();
  const { watched, puts } = noting(context.registry, file);
  for (let times = 0; times < 2; times += 1) {
    puts.length = 0;
    await addClient(HTTP, { ...context, registry: watched });
    expect(puts[0]).toEqual({ keyHash: hashLocalKey(keyInFile()), isInFile: false });
  }
});

test('an app that moved its file has its entries there, and in the old one no more', async () => {
  const { context, file } = await machine();
  writeFileSync(file, '{"theirs": 1}');
  await addClient(HTTP, context);
  const folder = join(context.machine.home, 'elsewhere');
  const moved = { ...context, machine: { ...context.machine, env: { CLAUDE_CONFIG_DIR: folder } } };
  const { client } = await addClient(HTTP, moved);
  expect(client.file).toBe(join(folder, '.claude.json'));
  expect(readFileSync(file, 'utf8')).toBe('{"theirs": 1}');
  const localKey = /lk_[\w-]+/.exec(readFileSync(client.file ?? '', 'utf8'))?.[0] ?? '';
  expect(context.registry.identify(hashLocalKey(localKey))).toBe('claude-code');
  await removeClient('claude-code', moved);
  expect([existsSync(folder), readFileSync(file, 'utf8')]).toEqual([false, '{"theirs": 1}']);
});

test('an old file that cannot be edited keeps entries whose key has stopped working', async () => {
  const { context, file, keyInFile } = await machine();
  await addClient(HTTP, context);
  const oldKey = keyInFile();
  chmodSync(file, 0o400);
  const folder = join(context.machine.home, 'elsewhere');
  const moved = { ...context, machine: { ...context.machine, env: { CLAUDE_CONFIG_DIR: folder } } };
  const { client } = await addClient(HTTP, moved);
  expect(client.file).toBe(join(folder, '.claude.json'));
  expect(keyInFile()).toBe(oldKey);
  expect(context.registry.identify(hashLocalKey(oldKey))).toBeUndefined();
});

test('connecting and disconnecting at the same time are done one after the other', async () => {
  const { context, file, keyInFile } = await machine();
  await addClient(HTTP, context);
  await Promise.all([addClient(HTTP, context), removeClient('claude-code', context)]);
  expect([context.registry.clients, existsSync(file)]).toEqual([[], false]);
  await addClient(HTTP, context);
  await Promise.all([removeClient('claude-code', context), addClient(HTTP, context)]);
  expect(context.registry.identify(hashLocalKey(keyInFile()))).toBe('claude-code');
});

test('disconnecting takes entries and key away, and the file as it was comes back', async () => {
  const { context, file, keyInFile } = await machine();
  writeFileSync(file, '{\n\t"theirs": 1\n}');
  await addClient(HTTP, context);
  const localKey = keyInFile();
  await addClient(HTTP, context);
  await removeClient('claude-code', context);
  expect(readFileSync(file, 'utf8')).toBe('{\n\t"theirs": 1\n}');
  expect(context.registry.identify(hashLocalKey(localKey))).toBeUndefined();
  expect(context.registry.clients).toEqual([]);
});

test('a key stops working also when the file cannot be edited any more, and removing can be repeated', async () => {
  const { context, file, keyInFile } = await machine();
  await addClient(HTTP, context);
  const localKey = keyInFile();
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, 'oops');
  expect(await problemFrom(removeClient('claude-code', context))).toMatchObject({ code: 'client-file' });
  expect(context.registry.identify(hashLocalKey(localKey))).toBeUndefined();
  expect(context.registry.clients.map(({ id }) => id)).toEqual(['claude-code']);
  writeFileSync(file, text);
  await removeClient('claude-code', context);
  expect(context.registry.clients).toEqual([]);
  expect(existsSync(file)).toBe(false);
});

test('a client that nobody connected is told', async () => {
  const { context } = await machine();
  const error = await problemFrom(removeClient('nobody', context));
  expect(error).toMatchObject({ code: 'unknown-client' });
  expect(error.user).toContain('"nobody"');
});

test('a home where nothing can be written is told by its path', async () => {
  const { context, file } = await machine();
  mkdirSync(file);
  const error = await problemFrom(addClient(HTTP, context));
  expect(error).toMatchObject({ code: 'client-file' });
  expect(error.user).toContain(file);
  expect(context.registry.clients).toEqual([]);
});
