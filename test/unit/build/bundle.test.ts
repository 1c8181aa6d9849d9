import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bundle, bundle } from '../../../build/bundle.ts';
import { PINNED_NODE } from '../../../build/paths.ts';
import { run } from '../../../build/run.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lanyard-bundle-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function bundleOf(sources: Record<string, string>): Promise<Bundle> {
  for (const [name, code] of Object.entries(sources)) {
    const path = join(folder, 'source', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, code);
  }
  return bundle(join(folder, 'source', 'main.ts'), join(folder, 'out'));
}

const runBundle = (...args: string[]) => run(PINNED_NODE, [join(folder, 'out', 'lanyard.cjs'), ...args]);

const TWO_USES = {
  'main.ts': `
    import { Shared } from './shared.ts';
    const use = process.argv[2] === 'big' ? (await import('./big.ts')).big : (await import('./small.ts')).small;
    console.log(use() instanceof Shared);
    if (process.argv[2] === 'fail') throw new Error('on purpose');`,
  'shared.ts': 'export class Shared {}',
  'small.ts': "import { Shared } from './shared.ts'; export const small = () => new Shared();",
  'big.ts':
    "import { Shared } from './shared.ts'; console.log('big is evaluated'); export const big = () => new Shared();",
};

test('a part is read only when it is asked for, and shares its classes with the others', async () => {
  const { files } = await bundleOf(TWO_USES);
  expect(await runBundle('big')).toEqual({ code: 0, output: 'big is evaluated\ntrue\n' });
  const big = files.find((name) => name.includes('/big-'));
  await rm(join(folder, 'out', big ?? ''));
  expect(await runBundle('small')).toEqual({ code: 0, output: 'true\n' });
});

test('an error at the top of the entry ends the program with code 1', async () => {
  await bundleOf(TWO_USES);
  const { code, output } = await runBundle('fail');
  expect(code).toBe(1);
  expect(output).toContain('on purpose');
});

test('a part knows where it lies, and loads an add-on from there', async () => {
  await bundleOf({
    'main.ts': `
      import { createRequire } from 'node:module';
      console.log(import.meta.url);
      console.log(createRequire(import.meta.url)('keytar').name, (await import('keytar')).default.name);`,
  });
  await mkdir(join(folder, 'node_modules', 'keytar'), { recursive: true });
  await writeFile(join(folder, 'node_modules', 'keytar', 'index.js'), "module.exports = { name: 'the add-on' };");
  const here = pathToFileURL(join(folder, 'out', 'lanyard.cjs')).href;
  expect(await runBundle()).toEqual({ code: 0, output: `${here}\nthe add-on the add-on\n` });
});

test('old parts stay for programs that are still running, and go later', async () => {
  const parts = join(folder, 'out', 'lanyard-parts');
  await mkdir(parts, { recursive: true });
  await writeFile(join(parts, 'recent-1.cjs'), '');
  await writeFile(join(parts, 'ancient-1.cjs'), '');
  const yesterday = Date.now() / 1000 - 86_400;
  await utimes(join(parts, 'ancient-1.cjs'), yesterday, yesterday);
  await bundleOf(TWO_USES);
  const left = await readdir(parts);
  expect(left).toContain('recent-1.cjs');
  expect(left).not.toContain('ancient-1.cjs');
});

test('what does not compile is an error', async () => {
  await expect(bundleOf({ 'main.ts': "import './gone.ts';" })).rejects.toThrow('gone.ts');
});
