import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXECUTABLE } from '../../../build/executable.ts';
import { EXTENSION, makeExtension } from '../../../build/extension.ts';
import { run } from '../../../build/run.ts';

test('what ships writes the extension that a release holds, byte for byte', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lanyard-extension-'));
  try {
    const file = join(folder, 'Lanyard.mcpb');
    expect((await run(EXECUTABLE, ['client', 'extension', file])).code).toBe(0);
    await makeExtension();
    expect((await readFile(file)).equals(await readFile(EXTENSION))).toBe(true);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
