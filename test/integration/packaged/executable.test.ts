import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { EXECUTABLE } from '../../../build/executable.ts';
import { PINNED_NODE } from '../../../build/paths.ts';
import { run } from '../../../build/run.ts';
import { agentStateSchema } from '../../../shared/local-api.ts';
import { PRODUCT } from '../../../shared/product.ts';
import { withAgent } from './with-agent.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lanyard-executable-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('it tells its version, from any folder', async () => {
  expect(await run(EXECUTABLE, ['--version'], { cwd: folder })).toEqual({ code: 0, output: `${PRODUCT.version}\n` });
});

describe('it takes no orders from its surroundings', () => {
  /** Runs a program with a script in NODE_OPTIONS; says whether that script ran inside it. */
  async function runsIntruder(program: string): Promise<boolean> {
    const marker = join(folder, 'marker');
    const evil = join(folder, 'evil.cjs');
    await rm(marker, { force: true });
    await writeFile(evil, `require('node:fs').writeFileSync(${JSON.stringify(marker)}, 'I was here');`);
    await run(program, ['--version'], { env: { ...process.env, NODE_OPTIONS: `--require ${evil}` } });
    return readFile(marker, 'utf8').then(
      (text) => text === 'I was here',
      () => false,
    );
  }

  test('NODE_OPTIONS is ignored, though plain Node follows it', async () => {
    expect(await runsIntruder(EXECUTABLE)).toBe(false);
    const script = join(folder, 'nothing.cjs');
    const plain = join(folder, 'node.sh');
    await writeFile(script, '');
    await writeFile(plain, `#!/bin/sh\nexec "${PINNED_NODE}" "${script}"\n`, { mode: 0o755 });
    expect(await runsIntruder(plain)).toBe(true);
  });

  test.each(['--inspect', '--inspect-brk=0', '--require=/dev/null', '--eval=1', '--node-options=--inspect'])(
    '%s is an unknown option of ours, not one of Node',
    async (option) => {
      const { code, output } = await run(EXECUTABLE, [option]);
      expect(code).toBe(2);
      expect(output).toContain('unknown option');
      expect(output).not.toContain('Debugger');
    },
  );

  test('a signal opens no debugger', async () => {
    await withAgent(EXECUTABLE, ['--insecure-file-key'], async ({ pid, lanyard, printed }) => {
      process.kill(pid, 'SIGUSR1');
      // Two round trips later Node would have said where it listens.
      await lanyard('status');
      await lanyard('status');
      expect(printed()).not.toContain('Debugger');
    });
  });
});

describe('the keychain', () => {
  const vaultProblem = async (executable: string) => {
    let code: string | undefined;
    await withAgent(executable, [], async ({ lanyard }) => {
      const state = z
        .preprocess((text) => JSON.parse(String(text)), agentStateSchema)
        .parse(await lanyard('status', '--json'));
      code = state.vault.problem?.code;
    });
    return code;
  };

  test('its add-on loads from beside the executable', async () => {
    // There is no keyring here, and only the loaded add-on can find that out.
    expect(await vaultProblem(EXECUTABLE)).toBe('keychain-missing');
  });

  test('without the add-on there is a sentence, and the agent runs', async () => {
    const alone = join(folder, 'lanyard');
    await copyFile(EXECUTABLE, alone);
    expect(await vaultProblem(alone)).toBe('keychain-library-missing');
  });
});
