import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EMPTY_VAULT, type GrantRecord, type VaultContents } from '../../../main/vault/contents.ts';
import { seal } from '../../../main/vault/envelope.ts';
import { insecureFileKeyStore } from '../../../main/vault/insecure-file-key.ts';
import { keychainLocked } from '../../../main/vault/keychain-faults.ts';
import { openVault } from '../../../main/vault/vault.ts';
import { problemFrom, temporaryFolder } from '../fixtures.ts';
import { memoryKeyStore } from './memory-key-store.ts';

const NOW = 1_700_000_000_000;

function grant(accessToken: string): GrantRecord {
  return {
    subject: 'ada',
    accessToken,
    mintedAt: 1,
    expiresAt: 2,
    resource: 'https://mcp.example.com',
    authorizationServer: 'https://as.example.com',
  };
}

const withGrant = (name: string) => (contents: VaultContents) => ({
  ...contents,
  grants: { ...contents.grants, [name]: grant(`token of ${name}`) },
});

function place() {
  const folder = temporaryFolder();
  return { folder, path: join(folder, 'vault.json') };
}

test('a new vault is empty, makes a key, and writes nothing before there is something to keep', async () => {
  const { folder, path } = place();
  const keyStore = memoryKeyStore();
  const vault = await openVault(path, keyStore);
  expect(vault.contents).toEqual(EMPTY_VAULT);
  expect(vault.setAside).toBeUndefined();
  expect(keyStore.key?.length).toBe(32);
  expect(readdirSync(folder)).toEqual([]);
});

test('what was kept is there after a restart, under the same key', async () => {
  const { folder, path } = place();
  const keyStore = memoryKeyStore();
  await (await openVault(path, keyStore)).update(withGrant('notes'));
  const again = await openVault(path, keyStore);
  expect(again.contents.grants).toEqual({ notes: grant('token of notes') });
  expect(keyStore.writes).toBe(1);
  expect(readdirSync(folder)).toEqual(['vault.json']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'latin1')).not.toContain('token of notes');
});

test('changes apply in the order of their calls, at once in memory, and the last one reaches the disk', async () => {
  const { path } = place();
  const keyStore = memoryKeyStore();
  const vault = await openVault(path, keyStore);
  const names = Array.from({ length: 50 }, (_, n) => `s${n}`);
  const writes = names.map((name) => vault.update(withGrant(name)));
  expect(Object.keys(vault.contents.grants)).toEqual(names);
  await Promise.all(writes);
  expect(Object.keys((await openVault(path, keyStore)).contents.grants)).toEqual(names);
});

test('contents that were given out do not change afterwards', async () => {
  const vault = await openVault(place().path, memoryKeyStore());
  const before = vault.contents;
  await vault.update(withGrant('notes'));
  expect(before).toEqual(EMPTY_VAULT);
});

test('a change that is not a vault any more is refused and changes nothing', async () => {
  const vault = await openVault(place().path, memoryKeyStore());
  await vault.update(withGrant('notes'));
  const wrong = (contents: VaultContents) => ({
    ...contents,
    grants: { notes: { ...grant('x'), expiresAt: Number.NaN } },
  });
  expect(() => vault.update(wrong)).toThrow();
  expect(vault.contents.grants.notes?.accessToken).toBe('token of notes');
});

const DAMAGES: readonly (readonly [string, (path: string) => void])[] = [
  ['is empty', (path) => writeFileSync(path, '')],
  ['was cut off', (path) => writeFileSync(path, readFileSync(path).subarray(0, 100))],
  ['is something else', (path) => writeFileSync(path, '{"hello":"world"}')],
  ['was sealed under another key', (path) => writeFileSync(path, seal('{}', randomBytes(32)))],
];

test.each(DAMAGES)('a vault that %s is set aside byte for byte, and a new one begins', async (_what, damage) => {
  const { folder, path } = place();
  const keyStore = memoryKeyStore();
  await (await openVault(path, keyStore)).update(withGrant('notes'));
  damage(path);
  const damaged = readFileSync(path);
  const vault = await openVault(path, keyStore, () => NOW);
  expect(vault.contents).toEqual(EMPTY_VAULT);
  expect(vault.setAside).toBe(`${path}.unreadable-${NOW}`);
  expect(readFileSync(`${path}.unreadable-${NOW}`)).toEqual(damaged);
  await vault.update(withGrant('tickets'));
  expect(readdirSync(folder).sort()).toEqual(['vault.json', `vault.json.unreadable-${NOW}`]);
  expect(Object.keys((await openVault(path, keyStore)).contents.grants)).toEqual(['tickets']);
});

test('contents of a form that we do not know are set aside too', async () => {
  const { path } = place();
  const key = randomBytes(32);
  writeFileSync(path, seal(JSON.stringify({ version: 2, session: null, grants: {} }), key));
  expect((await openVault(path, memoryKeyStore(key), () => NOW)).setAside).toBe(`${path}.unreadable-${NOW}`);
});

test('no key where a vault exists means a locked keychain: nothing is written, no key is made', async () => {
  const { folder, path } = place();
  await (await openVault(path, memoryKeyStore())).update(withGrant('notes'));
  const before = readFileSync(path);
  const locked = memoryKeyStore();
  expect(await problemFrom(openVault(path, locked))).toMatchObject({ code: 'keychain-locked' });
  expect(locked.writes).toBe(0);
  expect(readFileSync(path)).toEqual(before);
  expect(readdirSync(folder)).toEqual(['vault.json']);
});

test('a key store that cannot keep a key opens no vault', async () => {
  const broken = { ...memoryKeyStore(), read: async () => null, write: () => Promise.reject(keychainLocked()) };
  expect(await problemFrom(openVault(place().path, broken))).toMatchObject({ code: 'keychain-locked' });
});

test('a path that cannot be read is named, and left as it is', async () => {
  const { folder, path } = place();
  mkdirSync(path);
  const error = await problemFrom(openVault(path, memoryKeyStore()));
  expect(error).toMatchObject({ code: 'vault-read' });
  expect(error.administrator).toContain(`${path} cannot be read (EISDIR)`);
  expect(readdirSync(folder)).toEqual(['vault.json']);
});

test('a failed write is told, keeps the change in memory, and is made good by the next one', async () => {
  const { folder, path } = place();
  const keyStore = memoryKeyStore();
  const vault = await openVault(path, keyStore);
  rmSync(folder, { recursive: true });
  const error = await problemFrom(vault.update(withGrant('notes')));
  expect(error).toMatchObject({ code: 'vault-write' });
  expect(error.administrator).toContain('ENOENT');
  expect(Object.keys(vault.contents.grants)).toEqual(['notes']);
  await vault.settled();
  mkdirSync(folder);
  chmodSync(folder, 0o700);
  await vault.update(withGrant('tickets'));
  expect(Object.keys((await openVault(path, keyStore)).contents.grants)).toEqual(['notes', 'tickets']);
});

test('it has settled when every write that was asked for has ended', async () => {
  const { path } = place();
  const keyStore = memoryKeyStore();
  const vault = await openVault(path, keyStore);
  await vault.settled();
  void vault.update(withGrant('notes'));
  await vault.settled();
  expect(Object.keys((await openVault(path, keyStore)).contents.grants)).toEqual(['notes']);
});

test('a vault whose key file is gone is set aside: there is no lock that could open again', async () => {
  const { folder, path } = place();
  const keyFile = join(folder, 'insecure-vault-key');
  const first = await openVault(path, insecureFileKeyStore(keyFile));
  await first.update(withGrant('notes'));
  const before = readFileSync(path);
  rmSync(keyFile);
  const second = await openVault(path, insecureFileKeyStore(keyFile), () => NOW);
  expect(second.contents).toEqual(EMPTY_VAULT);
  expect(readFileSync(second.setAside ?? '')).toEqual(before);
});
