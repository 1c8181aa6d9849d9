import { readdirSync, readFileSync } from 'node:fs';
import { beforeEach, expect, test, vi } from 'vitest';
import type { VaultContents } from '../../../main/vault/contents.ts';
import { judgeGeneration } from '../../../main/vault/generation.ts';
import { openVault } from '../../../main/vault/vault.ts';
import { disk } from './failing-disk.ts';
import { memoryKeyStore } from './memory-key-store.ts';
import { place, session, withGrant, withSession } from './samples.ts';

vi.mock('node:fs/promises', async (original) => {
  const { failing } = await import('./failing-disk.ts');
  return failing(await original());
});

beforeEach(() => disk.reset());

const noTimers = { schedule: () => () => {} };

/** Two generations, and a process that is killed after so many calls of a third write. */
async function crashed(change: (contents: VaultContents) => VaultContents, calls: number, hasLinks: boolean) {
  const at = place();
  const keyStore = memoryKeyStore();
  const vault = await openVault(at.path, keyStore, Date.now, noTimers);
  await vault.update((contents) => withGrant('one')(withSession(session)(contents)));
  await vault.update(withGrant('two'));
  disk.reset();
  // Nothing happens any more after the crash, not even clearing up.
  disk.fault = (done) => {
    if (done.length > calls) return 'KILLED';
    return !hasLinks && done.at(-1) === 'link' ? 'ENOTSUP' : undefined;
  };
  const isWritten = await vault.update(change).then(
    () => true,
    () => false,
  );
  disk.reset();
  const read = (path: string) => {
    const file = readdirSync(at.folder).some((name) => path.endsWith(`/${name}`))
      ? readFileSync(path, 'utf8')
      : undefined;
    const generation = judgeGeneration(file, keyStore.key);
    return generation.kind === 'good' ? generation.contents : generation.kind;
  };
  return { ...at, keyStore, isWritten, present: read(at.path), earlier: read(at.previous) };
}

const grantsOf = (contents: VaultContents | string) =>
  typeof contents === 'string' ? contents : Object.keys(contents.grants).join();

test.each([
  ['with hard links', true],
  ['without hard links', false],
])('killed after any call of a write, both generations are whole: %s', async (_disk, hasLinks) => {
  const seen = new Set<string>();
  for (let calls = 0; ; calls += 1) {
    const { folder, path, keyStore, isWritten, present, earlier } = await crashed(withGrant('three'), calls, hasLinks);
    seen.add(`${grantsOf(present)} after ${grantsOf(earlier)}`);

    const next = await openVault(path, keyStore, Date.now, noTimers);
    expect([next.restored, next.setAside], `after ${calls} calls`).toEqual([false, undefined]);
    await next.update(withGrant('four'));
    expect(readdirSync(folder).sort()).toEqual(['vault.json', 'vault.previous.json']);
    if (isWritten) break;
  }
  expect([...seen]).toEqual(['one,two after one', 'one,two after one,two', 'one,two,three after one,two']);
});

test('killed after any call of a sign-out, no file brings the session back once the present one is without it', async () => {
  const seen = new Set<string>();
  for (let calls = 0; ; calls += 1) {
    const { isWritten, present, earlier } = await crashed(withSession(null), calls, true);
    const [held, heldEarlier] = [present, earlier].map((found) =>
      typeof found === 'string' ? found : (found.session?.subject ?? 'nobody'),
    );
    seen.add(`${held} after ${heldEarlier}`);
    if (isWritten) break;
  }
  expect([...seen]).toEqual(['ada after ada', 'ada after absent', 'nobody after absent', 'nobody after nobody']);
});
