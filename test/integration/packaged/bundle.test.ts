import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bundle, bundle } from '../../../build/bundle.ts';
import { PINNED_NODE } from '../../../build/paths.ts';
import { run } from '../../../build/run.ts';

/** A shim reads about 15 KB. The smallest of our libraries would double that, and the agent's are 1.7 MB. */
const SHIM_LIMIT_BYTES = 40_000;

let folder: string;
let made: Bundle;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lanyard-parts-'));
  made = await bundle(undefined, folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('every part loads: nothing in it asks for a file that was not bundled', async () => {
  for (const part of made.files.slice(1)) {
    const { code, output } = await run(PINNED_NODE, ['-e', `require(${JSON.stringify(join(folder, part))})`]);
    expect({ part, code, output }).toEqual({ part, code: 0, output: '' });
  }
});

test('a shim reads hardly anything', async () => {
  const report = join(folder, 'report.cjs');
  await writeFile(
    report,
    // At the start of the agent that is not there: what is read after that is for saying why it could not be started.
    `const processes = require('node:child_process');
    const { spawn } = processes;
    processes.spawn = (...given) => {
      const read = Object.keys(require.cache).filter((name) => name !== __filename);
      console.log('bytes', read.reduce((sum, name) => sum + require('node:fs').statSync(name).size, 0));
      return spawn(...given);
    };`,
  );
  const args = ['--require', report, join(folder, made.files[0] ?? ''), 'stdio', 'linear'];
  const { output } = await run(PINNED_NODE, args, { env: { HOME: folder } });
  const bytes = Number(/^bytes (\d+)$/m.exec(output)?.[1]);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(SHIM_LIMIT_BYTES);
});
