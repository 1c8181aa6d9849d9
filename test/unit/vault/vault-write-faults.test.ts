import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test, vi } from 'vitest';
import { openVault } from '../../../main/vault/vault.ts';
import { problemFrom, until } from '../fixtures.ts';
import { manualSchedule } from '../identity/manual-schedule.ts';
import { type DiskCall, disk } from './failing-disk.ts';
import { memoryKeyStore } from './memory-key-store.ts';
import { NOW, place, session, withGrant, withSession } from './samples.ts';

vi.mock('node:fs/promises', async (original) => {
  const { failing } = await import('./failing-disk.ts');
  return failing(await original());
});

beforeEach(() => disk.reset());

/** An open vault with two generations on disk: one grant, and two. */
async function written() {
  const at = place();
  const keyStore = memoryKeyStore();
  const timers = manualSchedule();
  const changes: (string | undefined)[] = [];
  const vault = await openVault(at.path, keyStore, () => NOW, {
    schedule: timers.schedule,
    onChange: () => changes.push(vault.unsaved?.code),
  });
  await vault.update((contents) => withGrant('one')(withSession(session)(contents)));
  await vault.update(withGrant('two'));
  disk.reset();
  const bytes = () => [at.path, at.previous].map((file) => readFileSync(file, 'latin1'));
  return { ...at, keyStore, timers, vault, changes, bytes };
}

/** Fails the nth call of this kind. */
const failNth = (call: DiskCall, nth: number, code: string) => {
  disk.fault = (calls) =>
    calls.at(-1) === call && calls.filter((earlier) => earlier === call).length === nth ? code : undefined;
};

test.each<[DiskCall, number, string, string, 'neither' | 'the previous' | 'both']>([
  ['open', 1, 'EROFS', 'the disk is read-only', 'neither'],
  ['open', 1, 'EACCES', 'it may not write there', 'neither'],
  ['open', 1, 'ENOSPC', 'the disk is full', 'neither'],
  ['writeFile', 1, 'ENOSPC', 'the disk is full', 'neither'],
  ['writeFile', 1, 'EDQUOT', 'the disk is full', 'neither'],
  ['writeFile', 1, 'EIO', 'the disk reports a fault', 'neither'],
  ['chmod', 1, 'EPERM', 'it may not write there', 'neither'],
  ['sync', 1, 'EIO', 'the disk reports a fault', 'neither'],
  ['close', 1, 'EDQUOT', 'the disk is full', 'neither'],
  ['rename', 1, 'EACCES', 'it may not write there', 'neither'],
  ['rename', 2, 'EPERM', 'it may not write there', 'the previous'],
  ['sync', 2, 'EIO', 'the disk reports a fault', 'both'],
])('a write whose %s no. %i fails with %s', async (call, nth, code, sentence, changed) => {
  const { folder, path, keyStore, timers, vault, changes, bytes } = await written();
  const [present, previous] = bytes();
  failNth(call, nth, code);
  const fault = await problemFrom(vault.update(withGrant('three')));
  expect(fault).toMatchObject({ code: 'vault-write', user: expect.stringContaining(sentence) });
  expect(fault.administrator).toContain(code);
  expect(vault.unsaved).toEqual(fault.problem);
  expect(Object.keys(vault.contents.grants)).toEqual(['one', 'two', 'three']);

  expect(readdirSync(folder).sort()).toEqual(['vault.json', 'vault.previous.json']);
  if (changed === 'both') expect(bytes()[0]).not.toBe(present);
  else expect(bytes()[0]).toBe(present);
  expect(bytes()[1]).toBe(changed === 'neither' ? previous : present);

  timers.advance(1_000);
  await until(() => vault.unsaved === undefined);
  expect(changes).toEqual(['vault-write', undefined]);
  expect(Object.keys((await openVault(path, keyStore)).contents.grants)).toEqual(['one', 'two', 'three']);
});

test('closing makes good what failed before', async () => {
  const { path, keyStore, vault, timers } = await written();
  failNth('writeFile', 1, 'ENOSPC');
  await problemFrom(vault.update(withGrant('three')));
  await vault.settled();
  expect(vault.unsaved).toBeUndefined();
  expect(timers.pending()).toEqual([]);
  expect(Object.keys((await openVault(path, keyStore)).contents.grants)).toHaveLength(3);
});

test('a sign-out that half failed is completed: the session is in no generation afterwards', async () => {
  const { path, previous, keyStore, vault, timers } = await written();
  // Renamed into place, and then the new file could not become the previous one too.
  failNth('rename', 2, 'EIO');
  await problemFrom(vault.update(withSession(null)));
  disk.reset();
  timers.advance(1_000);
  await until(() => vault.unsaved === undefined);
  writeFileSync(path, readFileSync(previous));
  expect((await openVault(path, keyStore)).contents.session).toBeNull();
});

test.each(['EPERM', 'ENOTSUP', 'EISDIR', 'EMLINK'])(
  'on a disk whose hard links fail with %s the previous generation is a copy',
  async (code) => {
    const { folder, vault, bytes } = await written();
    const [present] = bytes();
    disk.fault = (calls) => (calls.at(-1) === 'link' ? code : undefined);
    await vault.update(withGrant('three'));
    expect(disk.calls).toContain('link');
    expect(bytes()[1]).toBe(present);
    expect(readdirSync(folder).sort()).toEqual(['vault.json', 'vault.previous.json']);
  },
);

test('a torn vault on a disk that takes no change opens from the previous one, and moves aside when it can', async () => {
  const { folder, path, keyStore, timers, bytes } = await written();
  writeFileSync(path, 'torn');
  const before = bytes();
  disk.fault = () => 'EROFS';
  const vault = await openVault(path, keyStore, () => NOW, { schedule: timers.schedule });
  expect(Object.keys(vault.contents.grants)).toEqual(['one']);
  expect(vault).toMatchObject({ restored: true, setAside: undefined, unsaved: { code: 'vault-write' } });
  await problemFrom(vault.update(withGrant('three')));
  expect(bytes()).toEqual(before);
  expect(readdirSync(folder)).toHaveLength(2);

  disk.reset();
  timers.advance(1_000);
  await until(() => vault.unsaved === undefined);
  expect(vault.setAside).toBe(`${path}.unreadable-${NOW}`);
  expect(readFileSync(vault.setAside ?? '', 'utf8')).toBe('torn');
  expect(Object.keys((await openVault(path, keyStore)).contents.grants)).toEqual(['one', 'three']);
});
