import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fingerprint, isUpToDate, rememberMade } from '../../../build/fingerprint.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lanyard-fingerprint-'));
  await mkdir(join(folder, 'in'));
  await writeFile(join(folder, 'in', 'a'), 'one');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('it stays the same as long as nothing changes', async () => {
  expect(await fingerprint([folder], ['24'])).toBe(await fingerprint([folder], ['24']));
});

test.each([
  ['content', () => writeFile(join(folder, 'in', 'a'), 'two')],
  ['a file more', () => writeFile(join(folder, 'in', 'b'), '')],
  ['a file less', () => rm(join(folder, 'in', 'a'))],
])('it changes with %s', async (_, change) => {
  const before = await fingerprint([folder]);
  await change();
  expect(await fingerprint([folder])).not.toBe(before);
});

test('it changes with a value, and with where values end', async () => {
  expect(await fingerprint([], ['ab', 'c'])).not.toBe(await fingerprint([], ['a', 'bc']));
});

test('a single file counts; a path that does not exist is an error', async () => {
  const before = await fingerprint([join(folder, 'in', 'a')]);
  await writeFile(join(folder, 'in', 'a'), 'two');
  expect(await fingerprint([join(folder, 'in', 'a')])).not.toBe(before);
  await expect(fingerprint([join(folder, 'gone')])).rejects.toThrow('ENOENT');
});

test('what was remembered is up to date, and nothing else', async () => {
  const stamp = join(folder, 'deep', 'stamp');
  expect(await isUpToDate(stamp, 'print')).toBe(false);
  await rememberMade(stamp, 'print');
  expect(await isUpToDate(stamp, 'print')).toBe(true);
  expect(await isUpToDate(stamp, 'other')).toBe(false);
});
