import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeLinuxInstallers } from '../../build/installers/make.ts';
import { ROOT } from '../../build/paths.ts';
import { mustRun } from '../../build/run.ts';
import { inThrowAwayMachine } from './throw-away.ts';

// The installers' tests: .deb and .rpm are made from the packaged app, really installed on a throw-away machine, run,
// upgraded and removed there.

/** Everything takes about a minute; a run of this length hangs. */
const RUN_TIMEOUT_MS = 8 * 60_000;

async function runTests(temporary: string, installers: readonly string[]): Promise<number> {
  const home = join(temporary, 'home');
  mkdirSync(home);
  const vitest = ['vitest', 'run', '--configLoader', 'native', '--config', 'test/install/vitest.config.ts'];
  const [file = '', ...args] = inThrowAwayMachine(temporary, [...vitest, ...process.argv.slice(2)]);
  const child = spawn(file, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    // A group of its own, so that a signal for us does not reach it twice.
    detached: true,
    env: {
      PATH: `${join(ROOT, 'node_modules', '.bin')}:${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`,
      HOME: home,
      TMPDIR: tmpdir(),
      LANG: 'C.UTF-8',
      ...(process.env.FORCE_COLOR && { FORCE_COLOR: process.env.FORCE_COLOR }),
      LANYARD_TEST_INSTALLERS: JSON.stringify(installers),
      LANYARD_TEST_LAYERS: temporary,
    },
  });
  const endAll = () => child.pid !== undefined && process.kill(-child.pid, 'SIGTERM');
  const timer = setTimeout(endAll, RUN_TIMEOUT_MS);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, endAll);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  return code ?? 1;
}

if (process.platform !== 'linux') throw new Error('The installers that can be tested are those for Linux.');
const installers = await makeLinuxInstallers({ targets: ['deb', 'rpm'], quick: true, updateUrl: undefined });
const temporary = mkdtempSync(join(tmpdir(), 'lanyard-install-'));
chmodSync(temporary, 0o755);
try {
  process.exitCode = await runTests(temporary, installers);
} finally {
  // The kernel's own work folders belong to root.
  if (process.getuid?.() === 0) rmSync(temporary, { recursive: true, force: true });
  else await mustRun('Throwing the machine away', 'sudo', ['--non-interactive', 'rm', '-rf', temporary]);
}
