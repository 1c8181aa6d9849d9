import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buildDesktop } from '../../build/desktop.ts';
import { findElectron } from '../../build/electron-binary.ts';
import { ROOT } from '../../build/paths.ts';
import { prepareSandbox } from '../../build/sandbox.ts';
import { PROGRAM } from './program.ts';

/** Whether a window can be shown here. */
export function hasDisplay(env: NodeJS.ProcessEnv = process.env): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * Shows the tray app until the person quits it, or until `interrupted`.
 *
 * @returns whether it could be shown; `false` where Electron or a system library is missing.
 */
export async function showFace(say: (text: string) => void, interrupted: Promise<void>): Promise<boolean> {
  const electron = await findElectron().catch((error: unknown) => {
    say(`The tray app cannot be shown: ${error instanceof Error ? error.message : String(error)}\n`);
  });
  if (!electron) return false;
  // Chromium has no sandbox for root; on a machine where one works as root, only the demo goes without.
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !(await prepareSandbox(electron.folder))) {
    say('The tray app cannot be shown: this system does not let Chromium have its sandbox.\n');
    return false;
  }
  await buildDesktop();
  const startedAt = performance.now();
  const face = spawn(electron.path, [...(isRoot ? ['--no-sandbox'] : []), ROOT], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, LANYARD_AGENT_COMMAND: JSON.stringify([PROGRAM.file, ...PROGRAM.args]) },
  });
  let errors = '';
  face.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2_000);
  });
  say('The tray app is open. Quit it from its tray menu, or press Ctrl+C here.\n');
  let stopped = false;
  void interrupted.then(() => {
    stopped = true;
    face.kill('SIGTERM');
  });
  const [code] = (await once(face, 'exit')) as [number | null];
  // Ended at once with an error: a library is missing, most likely.
  if (!stopped && code !== 0 && performance.now() - startedAt < 5_000) {
    say(`The tray app ended with code ${code}:\n${errors}\n`);
    return false;
  }
  return true;
}
