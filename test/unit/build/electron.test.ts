import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { describeElectron, findElectron } from '../../../build/electron-binary.ts';
import { checkSha512 } from '../../../build/electron-stock.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lanyard-electron-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

test('an Electron of one’s own comes first', async () => {
  await writeFile(join(folder, 'electron'), '');
  await writeFile(join(folder, 'version'), 'v44.1.0\n');
  vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', folder);
  const path = join(folder, 'electron');
  expect(await findElectron()).toEqual({ folder, path, version: '44.1.0', source: 'override' });
});

test('a folder without Electron is an error that names it', async () => {
  await expect(describeElectron(folder, 'override')).rejects.toThrow(folder);
});

test('a tarball is refused when a single bit differs', async () => {
  // SHA-512 of "abc": FIPS 180-2, appendix C.1.
  const known = '3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==';
  const tarball = join(folder, 'a.tgz');
  await writeFile(tarball, 'abc');
  await expect(checkSha512(tarball, known)).resolves.toBeUndefined();
  await writeFile(tarball, 'abb');
  await expect(checkSha512(tarball, known)).rejects.toThrow(tarball);
});
