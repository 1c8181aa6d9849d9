import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EMPTY_VAULT, type VaultContents } from '../../../main/vault/contents.ts';
import { seal, unseal } from '../../../main/vault/envelope.ts';
import { insecureFileKeyStore } from '../../../main/vault/insecure-file-key.ts';
import { keychainLocked } from '../../../main/vault/keychain-faults.ts';
import { openVault } from '../../../main/vault/vault.ts';
import { problemFrom } from '../fixtures.ts';
import { memoryKeyStore } from './memory-key-store.ts';
import { grant, NOW, place, session, withGrant, withSession } from './samples.ts';

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

test('a previous generation alone is a vault too: without its key nothing is written, no key is made', async () => {
  const { folder, path, previous } = place();
  const vault = await openVault(path, memoryKeyStore());
  await vault.update(withGrant('notes'));
  await vault.update(withGrant('tickets'));
  rmSync(path);
  const before = readFileSync(previous);
  const locked = memoryKeyStore();
  expect(await problemFrom(openVault(path, locked))).toMatchObject({ code: 'keychain-locked' });
  expect(locked.writes).toBe(0);
  expect(readFileSync(previous)).toEqual(before);
  expect(readdirSync(folder)).toEqual(['vault.previous.json']);
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
  const { folder, path, previous } = place();
  const keyFile = join(folder, 'insecure-vault-key');
  const first = await openVault(path, insecureFileKeyStore(keyFile));
  await first.update(withGrant('notes'));
  await first.update(withGrant('tickets'));
  const before = [path, previous].map((file) => readFileSync(file));
  rmSync(keyFile);
  const second = await openVault(path, insecureFileKeyStore(keyFile), () => NOW);
  expect(second.contents).toEqual(EMPTY_VAULT);
  expect(second.restored).toBe(false);
  expect(second.setAside).toBe(`${path}.unreadable-${NOW}`);
  const aside = [path, previous].map((file) => readFileSync(`${file}.unreadable-${NOW}`));
  expect(aside).toEqual(before);
});

test('a key file that cannot be read or written opens no vault, in a sentence', async () => {
  const { folder, path } = place();
  mkdirSync(join(folder, 'key'));
  expect(await problemFrom(openVault(path, insecureFileKeyStore(join(folder, 'key'))))).toMatchObject({
    code: 'vault-read',
  });
  const nowhere = insecureFileKeyStore(join(folder, 'nowhere', 'key'));
  expect(await problemFrom(openVault(path, nowhere))).toMatchObject({ code: 'vault-write' });
});

test('a vault of version 1 opens with everything in it, and stays as it is until something is written', async () => {
  const { folder, path, previous } = place();
  const key = randomBytes(32);
  const { tokenType: _bearer, ...olderGrant } = grant('token of notes');
  const older = seal(JSON.stringify({ version: 1, session, grants: { notes: olderGrant } }), key);
  writeFileSync(path, older);
  const vault = await openVault(path, memoryKeyStore(key));
  expect(vault.contents).toEqual({ ...EMPTY_VAULT, session, grants: { notes: grant('token of notes') } });
  expect([vault.restored, vault.setAside, readdirSync(folder)]).toEqual([false, undefined, ['vault.json']]);
  expect(readFileSync(path, 'utf8')).toBe(older);
  await vault.update(withGrant('tickets'));
  expect(readFileSync(previous, 'utf8')).toBe(older);
  expect(JSON.parse(unseal(readFileSync(path, 'utf8'), key))).toMatchObject({ version: 2 });
});

test('signing out leaves the session in no generation', async () => {
  const { folder, path, previous } = place();
  const keyStore = memoryKeyStore();
  const vault = await openVault(path, keyStore);
  await vault.update(withSession(session));
  await vault.update(withGrant('notes'));
  await vault.update(withSession(null));
  expect(readdirSync(folder).sort()).toEqual(['vault.json', 'vault.previous.json']);
  const key = keyStore.key ?? Buffer.alloc(0);
  for (const file of [path, previous])
    expect(JSON.parse(unseal(readFileSync(file, 'utf8'), key)), file).toMatchObject({ session: null });
  await vault.update(withGrant('tickets'));
  rmSync(path);
  expect((await openVault(path, keyStore)).contents).toMatchObject({ session: null });
});
