import { join } from 'node:path';
import { run } from 'node:test';
import { installLocked } from '../locked-install.ts';
import { killAllChildren } from './children.ts';
import { figureLines, noteFigure } from './figures.ts';
import { CLIENTS_FOLDER } from './folder.ts';
import { programFile } from './lanyard-program.ts';
import { removeAllSandboxes } from './sandbox.ts';

// npm run test:clients: installs the pinned clients when they are not, proves what we say about them, prints figures.

const PROOFS = [
  'asked.proof.ts',
  'claude-code.proof.ts',
  'client-file.proof.ts',
  'codex.proof.ts',
  'eras.proof.ts',
  'headers.proof.ts',
  'inspector.proof.ts',
  'no-oauth.proof.ts',
  'one-era.proof.ts',
  'staying.proof.ts',
];

/** Everything together, a slow install included; in milliseconds. Beyond it something hangs. */
const RUN_LIMIT_MS = 15 * 60_000;

/** One test drives at most two clients, which have limits of their own; in milliseconds. */
const TEST_LIMIT_MS = 5 * 60_000;

const EXIT_FAILED = 1;

/** Children lead their own process groups, so a Ctrl+C at the terminal reaches only us. */
function leaveNothingRunning(): void {
  process.on('exit', () => {
    killAllChildren();
    removeAllSandboxes();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      console.error(`Stopped by ${signal}`);
      process.exit(EXIT_FAILED);
    });
  const limit = setTimeout(() => {
    console.error(`Not finished after ${RUN_LIMIT_MS / 60_000} minutes`);
    process.exit(EXIT_FAILED);
  }, RUN_LIMIT_MS);
  limit.unref();
}

async function install(): Promise<void> {
  const start = performance.now();
  console.log('Clients: looking whether they are installed as locked …');
  const installed = await installLocked(CLIENTS_FOLDER);
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  noteFigure('Program', programFile());
  noteFigure('Clients', installed ? `installed in ${seconds} s` : `already installed, looked in ${seconds} s`);
}

interface Counts {
  passed: number;
  failed: number;
}

/** Runs the proofs one after the other in this process, and tells each as it ends. A skipped test has not passed. */
async function prove(): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0 };
  const events = run({
    files: PROOFS.map((file) => join(CLIENTS_FOLDER, file)),
    isolation: 'none',
    concurrency: 1,
    timeout: TEST_LIMIT_MS,
  });
  let brokenSuites = 0;
  events.on('test:start', ({ nesting, name }) => {
    if (nesting === 0) console.log(`\n${name}`);
  });
  events.on('test:pass', ({ name, details, skip, todo }) => {
    if (details.type === 'suite') return;
    if (skip || todo) {
      counts.failed += 1;
      console.log(`  not run: ${name}`);
    } else {
      counts.passed += 1;
      console.log(`  ok      ${name} (${Math.round(details.duration_ms)} ms)`);
    }
  });
  events.on('test:fail', ({ name, details }) => {
    const { cause } = details.error;
    // A suite fails with its tests, which are counted; only where its own hook broke is there something more to say.
    if (details.type === 'suite' && 'failureType' in details.error && details.error.failureType === 'subtestsFailed')
      return;
    if (details.type === 'suite') brokenSuites += 1;
    else counts.failed += 1;
    console.log(`  FAILED  ${name}\n${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
  });
  await new Promise((resolve, reject) => {
    events.once('end', resolve);
    events.once('error', reject);
    events.resume();
  });
  return { ...counts, failed: counts.failed + brokenSuites };
}

leaveNothingRunning();
try {
  await install();
  const { passed, failed } = await prove();
  console.log(`\n${figureLines().join('\n')}\n\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : EXIT_FAILED;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('\n0 passed, 1 failed');
  process.exitCode = EXIT_FAILED;
}
