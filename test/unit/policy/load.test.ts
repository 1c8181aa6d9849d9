import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPolicy } from '../../../main/policy/load.ts';
import { problemFrom, temporaryFolder } from '../fixtures.ts';
import { policyDocument } from './policy-document.ts';

const OURSELVES = process.getuid?.() ?? 0;

/** A folder with a place for a managed policy (of ourselves, since tests need not be root) and for another one. */
function places({ managed, given }: { managed?: string; given?: string } = {}) {
  const folder = temporaryFolder();
  const managedFile = join(folder, 'managed.json');
  const file = join(folder, 'given.json');
  if (managed !== undefined) {
    writeFileSync(managedFile, managed);
    chmodSync(managedFile, 0o644);
  }
  if (given !== undefined) writeFileSync(file, given);
  return { folder, file, location: { managedFile, managedOwner: OURSELVES } };
}

const RIGHT = JSON.stringify(policyDocument());

test('a managed policy is used and says where it came from', async () => {
  const { location } = places({ managed: RIGHT });
  expect(await loadPolicy(location)).toEqual({
    policy: policyDocument(),
    file: location.managedFile,
    source: 'managed',
  });
});

test('without a managed policy, that of --policy is used, whoever may write it', async () => {
  const { location, file } = places({ given: RIGHT });
  chmodSync(file, 0o666);
  expect(await loadPolicy({ ...location, file })).toEqual({ policy: policyDocument(), file, source: 'file' });
});

test('--policy is refused where a managed policy exists, also one with mistakes', async () => {
  for (const managed of [RIGHT, '{}', '']) {
    const { location, file } = places({ managed, given: RIGHT });
    const error = await problemFrom(loadPolicy({ ...location, file }));
    expect(error).toMatchObject({ code: 'policy-managed' });
    expect(error.administrator).toContain(location.managedFile);
  }
});

test.each([0o664, 0o646, 0o666, 0o777, 0o620, 0o602])('a managed policy of mode %o is not believed', async (mode) => {
  const { location } = places({ managed: RIGHT });
  chmodSync(location.managedFile, mode);
  expect(await problemFrom(loadPolicy(location))).toMatchObject({ code: 'policy-unprotected' });
});

test.each([0o644, 0o600, 0o444, 0o755])('a managed policy of mode %o is believed', async (mode) => {
  const { location } = places({ managed: RIGHT });
  chmodSync(location.managedFile, mode);
  expect((await loadPolicy(location)).source).toBe('managed');
});

test('a managed policy of another owner is not believed', async () => {
  const { location } = places({ managed: RIGHT });
  const error = await problemFrom(loadPolicy({ ...location, managedOwner: OURSELVES + 1 }));
  expect(error).toMatchObject({ code: 'policy-unprotected' });
});

test('an unprotected policy is not even parsed', async () => {
  const { location } = places({ managed: 'not JSON' });
  chmodSync(location.managedFile, 0o666);
  expect(await problemFrom(loadPolicy(location))).toMatchObject({ code: 'policy-unprotected' });
});

test('with no policy at all the person is told whom to ask', async () => {
  const error = await problemFrom(loadPolicy(places().location));
  expect(error).toMatchObject({ code: 'policy-missing' });
  expect(error.user).toContain('administrator');
});

test.each([
  ['is not there', (_file: string) => {}, 'does not exist'],
  ['is a folder', (file: string) => mkdirSync(file), 'cannot be read (EISDIR)'],
  ['is far too large', (file: string) => writeFileSync(file, ' '.repeat(1024 * 1024 + 1)), 'has 1048577 bytes'],
])('a file that %s is named with the reason', async (_what, make, detail) => {
  const { location, file } = places();
  make(file);
  const error = await problemFrom(loadPolicy({ ...location, file }));
  expect(error).toMatchObject({ code: 'policy-unreadable' });
  expect(error.administrator).toContain(`${file}: ${detail}`);
  expect(error.user).not.toContain(file);
});

test('mistakes are told with the file they are in', async () => {
  const { location, file } = places({ given: '{}' });
  const error = await problemFrom(loadPolicy({ ...location, file }));
  expect(error).toMatchObject({ code: 'policy-invalid' });
  expect(error.administrator).toContain(file);
});
