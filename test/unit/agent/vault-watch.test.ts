import { expect, onTestFinished, test } from 'vitest';
import { watchVault } from '../../../main/agent/vault-watch.ts';
import { createLog, silentLog } from '../../../main/journal/log.ts';
import { EMPTY_VAULT } from '../../../main/vault/contents.ts';
import { keychainLocked } from '../../../main/vault/keychain-faults.ts';
import { createLateVault } from '../../../main/vault/late-vault.ts';
import type { Vault } from '../../../main/vault/vault.ts';
import { memorySink, problemFrom } from '../fixtures.ts';

const VAULT: Vault = {
  contents: EMPTY_VAULT,
  update: async () => {},
  settled: async () => {},
  setAside: undefined,
};

/** A watch over a vault whose keychain answers when the test says so. */
function watched() {
  const key = Promise.withResolvers<Vault>();
  const vault = createLateVault(() => key.promise);
  let opened = 0;
  const watch = watchVault(vault, silentLog, () => {
    opened += 1;
  });
  onTestFinished(watch.close);
  return { vault, watch, answer: () => key.resolve(VAULT), opened: () => opened };
}

test('two that open it at the same time are told of one opening', async () => {
  const { watch, answer, opened } = watched();
  const both = Promise.all([watch.open(), watch.open()]);
  answer();
  await both;
  await watch.open();
  expect(opened()).toBe(1);
});

test('a vault that a change has opened counts as opened too', async () => {
  const { vault, watch, answer, opened } = watched();
  answer();
  await vault.update((contents) => contents);
  await watch.open();
  expect(opened()).toBe(1);
});

test('a vault that opens after the end wakes nothing up', async () => {
  const { watch, answer, opened } = watched();
  const opening = watch.open();
  watch.close();
  answer();
  await opening;
  expect(opened()).toBe(0);
});

test('a vault that could not be opened at first is logged when it is', async () => {
  const answers = [() => Promise.reject(keychainLocked()), () => Promise.resolve(VAULT)];
  const sink = memorySink();
  const watch = watchVault(
    createLateVault(async () => answers.shift()?.() ?? VAULT),
    createLog([sink]),
    () => {},
  );
  onTestFinished(watch.close);
  expect(await problemFrom(watch.open())).toMatchObject({ code: 'keychain-locked' });
  expect(sink.entries).toEqual([]);
  await watch.open();
  expect(sink.entries).toMatchObject([{ level: 'info', event: 'vault-opened' }]);
});
