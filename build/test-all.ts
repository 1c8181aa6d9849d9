import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Count, countTests } from './count-tests.ts';
import { PINNED_NODE, ROOT } from './paths.ts';

// Everything that decides whether the product works, in one command: `npm test`.

interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Whether the steps behind it make no sense without it. */
  readonly preparation?: boolean;
}

interface Result extends Count {
  readonly step: Step;
  readonly seconds: number;
}

const script = (name: string): [string, ...string[]] => ['npm', 'run', '--silent', name];
const build = (name: string): [string, ...string[]] => [PINNED_NODE, join(ROOT, 'build', name)];

const STEPS: readonly Step[] = [
  { name: 'system packages', command: build('system-packages.ts'), preparation: true },
  { name: 'Electron', command: build('electron-binary.ts'), preparation: true },
  { name: 'check', command: script('check') },
  { name: 'unit and integration', command: script('test:unit') },
  { name: 'faults', command: script('faults') },
  { name: 'fleet', command: ['npm', 'run', '--silent', 'fleet', '--', '--quick'] },
  { name: 'package', command: script('package'), preparation: true },
  { name: 'desktop', command: script('test:desktop') },
  { name: 'install', command: script('test:install') },
  { name: 'conformance', command: script('conformance') },
];

/** Runs one step, shows what it prints as it comes, and counts its tests. Preparations count only when they fail. */
function runStep(step: Step): Promise<Result> {
  const started = performance.now();
  const [file, ...args] = step.command;
  const child = spawn(file, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    process.stdout.write(chunk);
  });
  child.stderr.pipe(process.stderr, { end: false });
  return new Promise((resolve) => {
    const finish = (code: number | null) => {
      const { passed, failed } = countTests(Buffer.concat(chunks).toString('utf8'), code);
      const seconds = (performance.now() - started) / 1000;
      resolve({ step, seconds, passed: step.preparation ? 0 : passed, failed });
    };
    child.once('error', (error) => {
      console.error(`${file} could not be started: ${error.message}`);
      finish(null);
    });
    child.once('close', finish);
  });
}

const results: Result[] = [];
for (const step of STEPS) {
  console.log(`\n── ${step.name}`);
  const result = await runStep(step);
  results.push(result);
  if (step.preparation && result.failed > 0) break;
}

console.log('\n── summary');
for (const step of STEPS) {
  const result = results.find((other) => other.step === step);
  const outcome = !result ? 'not run' : result.failed > 0 ? 'FAILED' : 'ok';
  const counts = result && !step.preparation ? `${result.passed} passed, ${result.failed} failed` : '';
  console.log(
    `${outcome.padEnd(8)}${step.name.padEnd(22)}${`${result?.seconds.toFixed(1) ?? '–'} s`.padStart(8)}  ${counts}`,
  );
}
const total = (count: (result: Result) => number) => results.reduce((sum, result) => sum + count(result), 0);
const failed = total((result) => result.failed);
console.log(`\n${total((result) => result.passed)} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
