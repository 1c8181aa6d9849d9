import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** Folder of the suite's package. */
export const HARNESS_FOLDER = join(import.meta.dirname, 'harness');

/** The suite ends a scenario after 30 s by itself; this is for a suite that hangs, in ms. */
const SCENARIO_LIMIT_MS = 90_000;

const checkSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(['SUCCESS', 'FAILURE', 'WARNING', 'SKIPPED', 'INFO']),
  errorMessage: z.string().optional(),
});

/** One check of the suite. */
export type Check = z.infer<typeof checkSchema>;

/** Every check of one scenario. */
export interface ScenarioChecks {
  readonly scenario: string;
  readonly checks: readonly Check[];
}

/** One run of the suite. */
export interface HarnessRun {
  /** Package under `harness/node_modules`. */
  readonly suite: string;
  /** Everything that the suite's command takes besides the folder for its results. */
  readonly args: readonly string[];
  /** When a run that hangs is ended, in ms. */
  readonly limitMs: number;
}

/** One run of a client scenario. */
export interface ClientRun {
  readonly suite: string;
  readonly scenario: string;
  /** Asked of the suite by `--spec-version`; absent: its own default. */
  readonly revision?: string;
}

/** `[server-]<scenario>-<ISO time>` is the folder that a scenario's checks lie in. */
const RESULT_FOLDER = /^(?:server-)?(.*)-\d{4}-\d\d-\d\dT[^/]*$/;

async function readResults(folder: string): Promise<ScenarioChecks[]> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('checks.json'));
  return Promise.all(
    files.map(async (file) => ({
      scenario: RESULT_FOLDER.exec(dirname(file))?.[1] ?? dirname(file),
      checks: checkSchema.array().parse(JSON.parse(await readFile(join(folder, file), 'utf8'))),
    })),
  );
}

/**
 * Runs the suite and gives the checks that it wrote down. Its exit code is not asked: it is 0 also where everything was
 * skipped. What it printed is shown where it wrote nothing down.
 */
export async function runHarness({ suite, args, limitMs }: HarnessRun): Promise<ScenarioChecks[]> {
  const results = await mkdtemp(join(tmpdir(), 'lanyard-conformance-results-'));
  try {
    const child = spawn(
      process.execPath,
      [
        '--require',
        join(import.meta.dirname, 'loopback-only.cjs'),
        join(HARNESS_FOLDER, 'node_modules', suite, 'dist', 'index.js'),
        ...args,
        '-o',
        results,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], timeout: limitMs },
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
    const scenarios = await readResults(results);
    if (scenarios.every(({ checks }) => checks.length === 0)) process.stderr.write(output);
    return scenarios;
  } finally {
    await rm(results, { recursive: true, force: true });
  }
}

/** Runs one scenario with our client under test. */
export async function runClientScenario({ suite, scenario, revision }: ClientRun): Promise<Check[]> {
  const command = `${process.execPath} ${join(import.meta.dirname, 'client.ts')}`;
  // The scenario is an extension, which the suite leaves out of a revision unless it is forced.
  const version = revision === undefined ? [] : ['--spec-version', revision, '--force'];
  const args = ['client', '--command', command, '--scenario', scenario, ...version];
  const scenarios = await runHarness({ suite, args, limitMs: SCENARIO_LIMIT_MS });
  return scenarios.flatMap(({ checks }) => checks);
}
