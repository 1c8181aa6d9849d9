import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseRunner } from '../../desktop/unprivileged.ts';
import { endAllChildren } from '../program.ts';
import { until } from '../until.ts';
import { startVault, type VaultProcess } from './vault-commands.ts';

// Real disks: a small one of its own for each test, mounted where nobody else sees it, so that it is gone with the
// process. That takes root, or a system that gives everybody user namespaces; where there is neither these tests fail.

const MOUNT = 'mount -t tmpfs -o size=64k,mode=700 lanyard "$0" && cd "$0" && exec "$@"';

const key = randomBytes(32);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-'));
});
afterEach(async () => {
  await endAllChildren();
  rmSync(folder, { recursive: true, force: true });
});

/** A vault on a disk of 64 KiB. */
function onSmallDisk(): VaultProcess {
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  return startVault({ folder, key, prefix: ['unshare', ...asRoot, '--mount', 'sh', '-c', MOUNT, folder] });
}

const FAULTS = [
  ['full', 'cat /dev/zero > filler || true', 'rm filler', 'the disk is full', '(ENOSPC)'],
  ['read-only', 'mount -o remount,ro .', 'mount -o remount,rw .', 'the disk is read-only', '(EROFS)'],
] as const;

/** What the folder holds: the vault's files by the hash of their bytes, as the process with that disk sees them. */
async function snapshot({ tell }: VaultProcess): Promise<string> {
  const { printed = '', problem } = await tell({ act: 'run', script: 'sha256sum vault*' });
  expect(problem).toBeUndefined();
  return printed;
}

test.each(FAULTS)(
  'a disk that is %s: told, nothing lost, and made good by itself',
  async (_what, spoil, mend, user, code) => {
    const vault = onSmallDisk();
    const { tell } = vault;
    await tell({ act: 'add', grant: 'one' });
    await tell({ act: 'add', grant: 'two' });
    const before = await snapshot(vault);
    await tell({ act: 'run', script: spoil });
    const failed = await tell({ act: 'add', grant: 'three' });
    expect(failed.problem).toMatchObject({ code: 'vault-write', user: expect.stringContaining(user) });
    expect(failed.problem?.administrator).toContain(code);
    expect(failed.unsaved).toEqual(failed.problem);
    expect(failed.grants).toEqual(['one', 'two', 'three']);
    expect((await tell({ act: 'close' })).unsaved).toBeDefined();
    expect(await snapshot(vault)).toBe(before);
    expect(before.trim().split('\n')).toHaveLength(2);

    // A write that fails again has it try by itself.
    expect((await tell({ act: 'add', grant: 'four' })).problem?.code).toBe('vault-write');
    await tell({ act: 'run', script: mend });
    await until(async () => (await tell({ act: 'look' })).unsaved === undefined);
    const again = await tell({ act: 'reopen' });
    expect(again).toEqual({ restored: false, grants: ['one', 'two', 'three', 'four'] });
  },
);

test.each(FAULTS)('a disk that is %s before there is a vault', async (_what, spoil, mend, user) => {
  const { tell } = onSmallDisk();
  await tell({ act: 'run', script: spoil });
  expect((await tell({ act: 'add', grant: 'one' })).problem?.user).toContain(user);
  expect((await tell({ act: 'run', script: '! ls vault*' })).problem).toBeUndefined();
  await tell({ act: 'run', script: mend });
  expect((await tell({ act: 'close' })).unsaved).toBeUndefined();
  expect((await tell({ act: 'reopen' })).grants).toEqual(['one']);
});

test('a torn vault on a read-only disk: the previous generation is used, the torn file moves when it can', async () => {
  const vault = onSmallDisk();
  const { tell } = vault;
  await tell({ act: 'add', grant: 'one' });
  await tell({ act: 'add', grant: 'two' });
  await tell({ act: 'run', script: 'truncate -s 100 vault.json && mount -o remount,ro .' });
  const before = await snapshot(vault);
  const opened = await tell({ act: 'reopen' });
  expect(opened).toMatchObject({ restored: true, grants: ['one'], unsaved: { code: 'vault-write' } });
  expect(opened.setAside).toBeUndefined();
  expect(await snapshot(vault)).toBe(before);
  await tell({ act: 'run', script: 'mount -o remount,rw .' });
  await until(async () => (await tell({ act: 'look' })).unsaved === undefined);
  const { setAside = '' } = await tell({ act: 'look' });
  expect((await tell({ act: 'run', script: `test $(stat -c %s '${setAside}') = 100` })).problem).toBeUndefined();
  expect(await tell({ act: 'reopen' })).toEqual({ restored: false, grants: ['one'] });
});

test('a folder without permission, for a person who is not root', async () => {
  const runner = chooseRunner(folder);
  const state = join(folder, 'state');
  // The way there has to be open to that person.
  chmodSync(folder, 0o755);
  runner.give(state);
  chmodSync(state, 0o700);
  const { tell } = startVault({ folder: state, key, ...runner });
  await tell({ act: 'add', grant: 'one' });
  const before = readFileSync(join(state, 'vault.json'));
  chmodSync(state, 0o500);
  const { problem, unsaved } = await tell({ act: 'add', grant: 'two' });
  expect(problem).toMatchObject({ code: 'vault-write', user: expect.stringContaining('it may not write there') });
  expect(problem?.administrator).toContain('(EACCES)');
  expect(unsaved).toEqual(problem);
  expect(readdirSync(state)).toEqual(['vault.json']);
  expect(readFileSync(join(state, 'vault.json'))).toEqual(before);
  chmodSync(state, 0o700);
  await until(async () => (await tell({ act: 'look' })).unsaved === undefined);
  expect((await tell({ act: 'reopen' })).grants).toEqual(['one', 'two']);

  chmodSync(join(state, 'vault.json'), 0o000);
  expect((await tell({ act: 'reopen' })).problem?.code).toBe('vault-read');
});
