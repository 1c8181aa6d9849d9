import { expect, onTestFinished, test } from 'vitest';
import { watchVault } from '../../../main/agent/vault-watch.ts';
import { createLog, silentLog } from '../../../main/journal/log.ts';
import { EMPTY_VAULT } from '../../../main/vault/contents.ts';
import { keychainLocked } from '../../../main/vault/keychain-faults.ts';
import { createLateVault } from '../../../main/vault/late-vault.ts';
import type { Vault } from '../../../main/vault/vault.ts';
import { memorySink, problemFrom, until } from '../fixtures.ts';
import { manualSchedule } from '../identity/manual-schedule.ts';

const VAULT: Vault = {
  contents: EMPTY_VAULT,
  update: async () => {},
  settled: async () => {},
  setAside: undefined,
  restored: false,
  unsaved: undefined,
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

/** A watch over a keychain that is locked for so many tries. */
function behindLock({ tries, vault = VAULT }: { tries: number; vault?: Vault }) {
  const sink = memorySink();
  const timers = manualSchedule();
  const counts = { tries: 0, opened: 0 };
  const late = createLateVault(async () => {
    counts.tries += 1;
    if (counts.tries <= tries) throw keychainLocked();
    return vault;
  });
  const onOpen = () => {
    counts.opened += 1;
  };
  const watch = watchVault(late, createLog([sink]), onOpen, timers.schedule);
  onTestFinished(watch.close);
  return { watch, late, timers, counts, sink };
}

test('a locked keychain is tried again every 15 s, without a word, until it opens; then no more', async () => {
  const { watch, late, timers, counts, sink } = behindLock({ tries: 3 });
  await problemFrom(watch.open());
  for (const tries of [2, 3]) {
    timers.advance(14_999);
    expect(counts.tries).toBe(tries - 1);
    timers.advance(1);
    await until(() => counts.tries === tries);
    expect(late.problem?.code).toBe('keychain-locked');
  }
  expect(sink.entries).toEqual([]);
  timers.advance(15_000);
  await until(() => counts.opened === 1);
  expect(late.problem).toBeUndefined();
  expect(timers.pending()).toEqual([]);
  expect(sink.entries.map(({ event }) => event)).toEqual(['vault-opened']);
});

test('while a keychain asks the person, no other try is made, and the answer counts', async () => {
  const key = Promise.withResolvers<Vault>();
  const timers = manualSchedule();
  let tries = 0;
  let opened = 0;
  const vault = createLateVault(() => {
    tries += 1;
    return key.promise;
  });
  const onOpen = () => {
    opened += 1;
  };
  const watch = watchVault(vault, silentLog, onOpen, timers.schedule);
  onTestFinished(watch.close);
  const opening = watch.open();
  timers.advance(60_000);
  expect(tries).toBe(1);
  key.resolve(VAULT);
  await opening;
  await new Promise(setImmediate);
  expect([tries, opened, timers.pending()]).toEqual([1, 1, []]);
});

test('a watch that was closed tries nothing more', async () => {
  const { watch, timers, counts } = behindLock({ tries: 9 });
  await problemFrom(watch.open());
  watch.close();
  timers.advance(60_000);
  expect([counts.tries, timers.pending()]).toEqual([1, []]);
});

test('a vault that lost its last generation is logged, with the file that was set aside', async () => {
  const { watch, sink } = behindLock({ tries: 0, vault: { ...VAULT, restored: true, setAside: '/aside' } });
  await watch.open();
  expect(sink.entries).toMatchObject([
    { level: 'error', event: 'vault-set-aside', fields: { file: '/aside' } },
    { level: 'warn', event: 'vault-restored' },
  ]);
});
