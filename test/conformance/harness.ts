import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** Folder of the suite's package. */
export const HARNESS_FOLDER = join(import.meta.dirname, 'harness');

/** The suite ends a scenario after 30 s by itself; this is for a suite that hangs, in ms. */
const RUN_LIMIT_MS = 90_000;

const checkSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(['SUCCESS', 'FAILURE', 'WARNING', 'SKIPPED', 'INFO']),
  errorMessage: z.string().optional(),
});

/** One check of the suite. */
export type Check = z.infer<typeof checkSchema>;

/** One run of a client scenario. */
export interface ClientRun {
  /** Package under `harness/node_modules`. */
  readonly suite: string;
  readonly scenario: string;
  /** Asked of the suite by `--spec-version`; absent: its own default. */
  readonly revision?: string;
}

async function readChecks(folder: string): Promise<Check[]> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('checks.json'));
  const documents = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return documents.flatMap((text) => checkSchema.array().parse(JSON.parse(text)));
}

/**
 * Runs one scenario with our client under test and gives the checks that the suite wrote down. Its exit code is not
 * asked: it is 0 also where everything was skipped.
 */
export async function runClientScenario({ suite, scenario, revision }: ClientRun): Promise<Check[]> {
  const results = await mkdtemp(join(tmpdir(), 'lanyard-conformance-results-'));
  try {
    const child = spawn(
      process.execPath,
      [
        '--require',
        join(import.meta.dirname, 'loopback-only.cjs'),
        join(HARNESS_FOLDER, 'node_modules', suite, 'dist', 'index.js'),
        'client',
        '--command',
        `${process.execPath} ${join(import.meta.dirname, 'client.ts')}`,
        '--scenario',
        scenario,
        '-o',
        results,
        // The scenario is an extension, which the suite leaves out of a revision unless it is forced.
        ...(revision === undefined ? [] : ['--spec-version', revision, '--force']),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], timeout: RUN_LIMIT_MS },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const checks = await readChecks(results);
    if (checks.length === 0) process.stderr.write(output);
    return checks;
  } finally {
    await rm(results, { recursive: true, force: true });
  }
}
