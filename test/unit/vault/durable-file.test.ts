import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeDurably } from '../../../main/vault/durable-file.ts';
import { temporaryFolder } from '../fixtures.ts';

test.each([0o600, 0o644, 0o400])(
  'a new file has the content and exactly the mode %o, whatever the umask',
  async (mode) => {
    const folder = temporaryFolder();
    const before = process.umask(0o077);
    onTestFinished(() => void process.umask(before));
    await writeDurably(join(folder, 'file'), 'content', mode);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('content');
    expect(statSync(join(folder, 'file')).mode & 0o777).toBe(mode);
    expect(readdirSync(folder)).toEqual(['file']);
  },
);

test('an existing file is replaced as a whole; who holds it open keeps the old one', async () => {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, 'a longer content than the new one');
  chmodSync(path, 0o666);
  const { ino } = statSync(path);
  await writeDurably(path, Buffer.from('new'), 0o600);
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).ino).not.toBe(ino);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('what cannot be replaced is left as it is, and nothing lies about', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'file');
  mkdirSync(join(path, 'inside'), { recursive: true });
  await expect(writeDurably(path, 'new', 0o600)).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(['file']);
  expect(readdirSync(path)).toEqual(['inside']);
});

test('many writers of one file leave one whole content', async () => {
  const folder = temporaryFolder();
  const contents = Array.from({ length: 20 }, (_, n) => String(n).repeat(50_000));
  await Promise.all(contents.map((content) => writeDurably(join(folder, 'file'), content, 0o600)));
  expect(contents).toContain(readFileSync(join(folder, 'file'), 'utf8'));
  expect(readdirSync(folder)).toEqual(['file']);
});
