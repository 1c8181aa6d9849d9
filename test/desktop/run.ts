import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { findElectron } from '../../build/electron-binary.ts';
import { INSPECT_APP, packageApp } from '../../build/package.ts';
import { DIST, ROOT } from '../../build/paths.ts';
import { CLIENTS_FOLDER } from '../clients/folder.ts';
import { installLocked } from '../locked-install.ts';
import { enableSandbox } from './sandbox.ts';
import { chooseRunner } from './unprivileged.ts';

// The desktop's tests: the packaged app, under Xvfb with a session bus of its own, as a user that is not root, with
// Chromium's sandbox on. `--screenshots` also puts new pictures into
// docs/images, and all of them into dist/pictures.

/** All scenarios take two to four minutes; a run of this length hangs. */
const RUN_TIMEOUT_MS = 15 * 60_000;

/** The pictures shall look the same on every machine that has one of these; none is needed. */
const FONTS = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include>/etc/fonts/fonts.conf</include><alias binding="same">
<family>sans-serif</family><prefer><family>Inter</family><family>Cantarell</family><family>Noto Sans</family></prefer>
</alias></fontconfig>`;

const isBelow = (folder: string, path: string) => !relative(folder, path).startsWith('..');

/** All pictures of the last run are kept for whoever wants to look; those that README.md shows also go there. */
function keepPictures(pictures: string): void {
  const shown = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const [all, documents] = [join(DIST, 'pictures'), join(ROOT, 'docs', 'images')];
  cpSync(pictures, all, { recursive: true });
  for (const name of readdirSync(pictures))
    if (shown.includes(`docs/images/${name}`)) cpSync(join(pictures, name), join(documents, name));
}

/** Runs the scenarios; gives their exit code. */
async function runScenarios(temporary: string, electron: string): Promise<number> {
  const runner = chooseRunner(temporary);
  const home = join(temporary, 'home');
  const pictures = join(temporary, 'pictures');
  for (const folder of [temporary, home, pictures]) runner.give(folder);
  const fonts = join(temporary, 'fonts.conf');
  writeFileSync(fonts, FONTS);
  chmodSync(fonts, 0o644);

  const app = join(runner.root, relative(ROOT, INSPECT_APP));
  const prefix = enableSandbox(runner, dirname(app));
  const vitest = [
    'vitest',
    'run',
    '--configLoader',
    'native',
    '--config',
    'test/desktop/vitest.config.ts',
    ...process.argv.slice(2),
  ];
  const [file = '', ...args] = [
    ...prefix,
    'xvfb-run',
    '--auto-servernum',
    '--server-args=-screen 0 1280x1024x24',
    'dbus-run-session',
    '--',
    ...vitest.filter((argument) => argument !== '--screenshots'),
  ];
  const child = spawn(file, args, {
    cwd: runner.root,
    stdio: ['ignore', 'inherit', 'inherit'],
    // A group of its own, so that everything that was started can be ended together.
    detached: true,
    env: {
      PATH: `${join(runner.root, 'node_modules', '.bin')}:${process.env.PATH}`,
      HOME: home,
      TMPDIR: temporary,
      LANG: 'C.UTF-8',
      FONTCONFIG_FILE: fonts,
      ...(process.env.FORCE_COLOR && { FORCE_COLOR: process.env.FORCE_COLOR }),
      LANYARD_TEST_APP: app,
      // What stands for the person's browser where pages are looked at.
      LANYARD_TEST_ELECTRON: isBelow(ROOT, electron) ? join(runner.root, relative(ROOT, electron)) : electron,
      LANYARD_TEST_PICTURES: pictures,
    },
  });
  const endAll = () => child.pid !== undefined && process.kill(-child.pid, 'SIGTERM');
  const timer = setTimeout(endAll, RUN_TIMEOUT_MS);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, endAll);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  if (process.argv.includes('--screenshots') && existsSync(pictures)) keepPictures(pictures);
  return code ?? 1;
}

if (process.platform !== 'linux') throw new Error('The desktop tests drive the Linux app and run on Linux.');
await packageApp();
// Claude Code is among them: what the window connects is asked whether it is connected.
await installLocked(CLIENTS_FOLDER);
const temporary = mkdtempSync(join(tmpdir(), 'lanyard-desktop-'));
try {
  process.exitCode = await runScenarios(temporary, (await findElectron()).path);
} finally {
  rmSync(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
