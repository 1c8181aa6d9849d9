import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EMPTY_VAULT } from '../../../main/vault/contents.ts';
import { keychainLocked } from '../../../main/vault/keychain-faults.ts';
import { createLateVault } from '../../../main/vault/late-vault.ts';
import { openVault } from '../../../main/vault/vault.ts';
import { problemFrom, temporaryFolder } from '../fixtures.ts';
import { memoryKeyStore } from './memory-key-store.ts';

const session = {
  issuer: 'https://idp.example.com',
  subject: 'ada',
  idToken: 'i',
  idTokenExpiresAt: 2,
  provedAt: 1,
};

/** A vault behind a keychain that can be locked and unlocked. */
function lateVault({ locked = false } = {}) {
  const path = join(temporaryFolder(), 'vault.json');
  const keyStore = memoryKeyStore();
  const keychain = { locked, tries: 0 };
  const vault = createLateVault(() => {
    keychain.tries += 1;
    return keychain.locked ? Promise.reject(keychainLocked()) : openVault(path, keyStore);
  });
  return { vault, keychain };
}

test('before it is open it is empty and says why', async () => {
  const { vault, keychain } = lateVault();
  expect(vault.contents).toEqual(EMPTY_VAULT);
  expect(vault.problem).toMatchObject({ code: 'vault-closed', user: expect.stringContaining('wait a moment') });
  expect(keychain.tries).toBe(0);
  await vault.settled();
});

test('calls at the same time share one try, and none is made once it is open', async () => {
  const { vault, keychain } = lateVault();
  await Promise.all([vault.open(), vault.open(), vault.update((contents) => ({ ...contents, session }))]);
  await vault.open();
  expect(keychain.tries).toBe(1);
  expect(vault.problem).toBeUndefined();
  expect(vault.contents.session).toEqual(session);
});

test('a locked keychain is told to everyone who asks, and may be tried again', async () => {
  const { vault, keychain } = lateVault({ locked: true });
  const [open, update] = await Promise.all([
    problemFrom(vault.open()),
    problemFrom(vault.update((contents) => ({ ...contents, session }))),
  ]);
  expect([open.code, update.code]).toEqual(['keychain-locked', 'keychain-locked']);
  expect(vault.problem?.code).toBe('keychain-locked');
  expect(vault.contents).toEqual(EMPTY_VAULT);
  keychain.locked = false;
  await vault.open();
  expect(vault.problem).toBeUndefined();
  expect(keychain.tries).toBe(2);
});

test('a change opens it first', async () => {
  const { vault } = lateVault();
  await vault.update((contents) => ({ ...contents, session }));
  expect(vault.contents.session).toEqual(session);
});

test('what is the matter with the opened vault is told', async () => {
  const { problem } = keychainLocked();
  const opened = {
    contents: EMPTY_VAULT,
    update: async () => {},
    settled: async () => {},
    setAside: '/aside',
    restored: true,
    unsaved: problem,
  };
  const vault = createLateVault(async () => opened);
  expect(vault).toMatchObject({ setAside: undefined, restored: false, unsaved: undefined });
  await vault.open();
  expect(vault).toMatchObject({ setAside: '/aside', restored: true, unsaved: problem });
});
