import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collectNotices, packageFolders } from '../../../build/notices.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lanyard-notices-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function makePackage(name: string, files: Record<string, string>): Promise<string> {
  await mkdir(join(folder, name));
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, name, file), text);
  return join(folder, name);
}

test('packages are found by the files that came from them, each once', () => {
  const inputs = [
    'main/lanyard.ts',
    'node_modules/undici/lib/a.js',
    'node_modules/undici/lib/b.js',
    'node_modules/@scope/one/index.js',
    'node_modules/@scope/one/node_modules/two/index.js',
  ];
  expect(packageFolders(inputs)).toEqual([
    'node_modules/@scope/one',
    'node_modules/@scope/one/node_modules/two',
    'node_modules/undici',
  ]);
});

test('licence and notice are passed on, other files are not', async () => {
  const one = await makePackage('one', {
    'package.json': '{"name": "one", "version": "1.2.3"}',
    'LICENSE.md': 'Do as you like.',
    NOTICE: 'Made by us.',
    'README.md': 'Read me.',
  });
  const notices = await collectNotices([one]);
  expect(notices).toContain('one 1.2.3\n\nDo as you like.\n\nMade by us.');
  expect(notices).not.toContain('Read me.');
});

test('a package without a licence file has its licence named', async () => {
  const two = await makePackage('two', { 'package.json': '{"name": "two", "version": "1.0.0", "license": "MIT"}' });
  expect(await collectNotices([two])).toContain('two 1.0.0\n\nLicence: MIT');
});
