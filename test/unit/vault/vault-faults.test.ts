import { expect, test } from 'vitest';
import { readingFault, vaultNewer, writingFault } from '../../../main/vault/vault-faults.ts';

const PATH = '/home/ada/vault.json';
const errno = (code: string) => Object.assign(new Error(`${code}: it failed`), { code });

test.each([
  ['ENOSPC', 'the disk is full', 'full'],
  ['EDQUOT', 'the disk is full', 'quota'],
  ['EROFS', 'the disk is read-only', 'read-only'],
  ['EACCES', 'it may not write there', 'no permission'],
  ['EPERM', 'it may not write there', 'no permission'],
  ['EIO', 'the disk reports a fault', 'a fault'],
  ['ENOENT', 'the disk reports a fault', 'a fault'],
])('%s on writing is told as: %s', (code, user, administrator) => {
  const cause = errno(code);
  const fault = writingFault(PATH, cause);
  expect(fault).toMatchObject({ code: 'vault-write', cause, user: expect.stringContaining(user) });
  expect(fault.user).toContain('tries again by itself');
  expect(fault.administrator).toContain(administrator);
  expect(fault.administrator).toContain(`${PATH} cannot be written`);
  expect(fault.administrator).toContain(`(${code})`);
});

test('what has no code is told with its text', () => {
  expect(writingFault(PATH, new Error('odd')).administrator).toContain('Error: odd');
});

test('a file that cannot be read is named', () => {
  expect(readingFault(PATH, errno('EACCES'))).toMatchObject({
    code: 'vault-read',
    administrator: `${PATH} cannot be read (EACCES).`,
  });
});

test('a newer vault is told with both versions', () => {
  const fault = vaultNewer(PATH, { version: 7, known: 2 });
  expect(fault).toMatchObject({ code: 'vault-newer', user: expect.stringContaining('Update Lanyard') });
  expect(fault.administrator).toContain(`${PATH} has version 7, and this program knows versions up to 2.`);
});
