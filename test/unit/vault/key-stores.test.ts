import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { insecureFileKeyStore } from '../../../main/vault/insecure-file-key.ts';
import { keychainKeyStore } from '../../../main/vault/keychain.ts';
import { keychainFault } from '../../../main/vault/keychain-faults.ts';
import { problemFrom, temporaryFolder } from '../fixtures.ts';

const KEY = randomBytes(32);

// Texts that the two libraries were seen to give; neither has codes.
test.each([
  ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'keychain-missing'],
  ['The name org.freedesktop.secrets was not provided by any .service files', 'keychain-missing'],
  ['The name :1.1 was not provided by any .service files', 'keychain-restarted'],
  ['The session wrapping the secret does not exist', 'keychain-restarted'],
  ['Object does not exist at path “/org/freedesktop/secrets/collection/login”', 'keychain-locked'],
  ['Cannot create an item in a locked collection', 'keychain-locked'],
  ['Secret Service: unlock prompt was dismissed', 'keychain-locked'],
  ['Failed to load keytar native addon', 'keychain-library-missing'],
  ['libsecret-1.so.0: cannot open shared object file: No such file or directory', 'keychain-library-missing'],
  ["Cannot find module 'keytar'", 'keychain-library-missing'],
  ['something new', 'keychain-missing'],
  ['', 'keychain-missing'],
])('"%s" is %s', (text, code) => {
  const cause = new Error(text);
  expect(keychainFault(cause)).toMatchObject({ code, cause });
  expect(keychainFault(text).code).toBe(code);
});

test('a module that is not there is known by its code as well', () => {
  const error = Object.assign(new Error('no such thing'), { code: 'MODULE_NOT_FOUND' });
  expect(keychainFault(error).code).toBe('keychain-library-missing');
});

test('every fault tells the person what to do, and quotes a limited piece to the administrator', () => {
  const error = keychainFault(new Error('long '.repeat(1_000)));
  expect(error.administrator.length).toBeLessThan(400);
  expect(keychainFault(new Error('locked')).user).toContain('Unlock');
  expect(keychainFault(new Error('libsecret')).user).toContain('Install libsecret');
});

function keytar({ kept = null as string | null, drops = false } = {}) {
  const calls: string[] = [];
  let held = kept;
  return {
    calls,
    getPassword: async (service: string, account: string) => {
      calls.push(`get ${service} ${account}`);
      return held;
    },
    setPassword: async (service: string, account: string, password: string) => {
      calls.push(`set ${service} ${account}`);
      if (!drops) held = password;
    },
  };
}

test('a key goes into the keychain under our name and comes back', async () => {
  const library = keytar();
  const store = keychainKeyStore(() => library);
  expect(await store.read()).toBeNull();
  await store.write(KEY);
  expect(await store.read()).toEqual(KEY);
  expect(new Set(library.calls.map((call) => call.slice(4)))).toEqual(new Set(['dev.lanyard.desktop vault-key']));
});

test.each(['', 'short', Buffer.alloc(31).toString('base64'), Buffer.alloc(33).toString('base64')])(
  'an entry that cannot be a key is none: %j',
  async (kept) => expect(await keychainKeyStore(() => keytar({ kept })).read()).toBeNull(),
);

test('a keyring that drops what it is given is noticed at once', async () => {
  const store = keychainKeyStore(() => keytar({ drops: true }));
  expect(await problemFrom(store.write(KEY))).toMatchObject({ code: 'keychain-locked' });
});

test('the library is loaded at first use, and its failure is a sentence each time', async () => {
  let loads = 0;
  const store = keychainKeyStore(() => {
    loads += 1;
    throw new Error('Failed to load keytar native addon');
  });
  expect(loads).toBe(0);
  for (const attempt of [store.read(), store.write(KEY)])
    expect(await problemFrom(attempt)).toMatchObject({ code: 'keychain-library-missing' });
});

test('a plain file keeps the key for its owner alone', async () => {
  const path = join(temporaryFolder(), 'key');
  const store = insecureFileKeyStore(path);
  expect(store.kind).toBe('insecure-file');
  expect(await store.read()).toBeNull();
  await store.write(KEY);
  expect(await store.read()).toEqual(KEY);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(Buffer.from(readFileSync(path, 'latin1').trim(), 'base64')).toEqual(KEY);
});

test('a plain file that holds no key gives none; one that cannot be read is an error', async () => {
  const path = join(temporaryFolder(), 'key');
  writeFileSync(path, 'AAAA');
  expect(await insecureFileKeyStore(path).read()).toBeNull();
  const folder = join(temporaryFolder(), 'folder');
  mkdirSync(folder);
  expect(await problemFrom(insecureFileKeyStore(folder).read())).toMatchObject({
    code: 'vault-read',
    administrator: `${folder} cannot be read (EISDIR).`,
  });
});
