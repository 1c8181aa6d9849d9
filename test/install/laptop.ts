import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCompany } from '../company/company.ts';
import { freePort } from '../integration/ports.ts';
import { AS_PERSON, asPerson, COMMAND, environmentOf, INSTALLED_APP, PERSON, processesRunning } from './machine.ts';

const SESSION_BUS = '/usr/bin/dbus-run-session';

/** A person with a screen on the throw-away machine, who starts the installed app. */
export interface Laptop extends AsyncDisposable {
  readonly folder: string;
  /** What the installed command prints for that person; undefined when it fails. */
  lanyard(...args: readonly string[]): Promise<string | undefined>;
  /** Titles and classes of the windows on the screen. */
  windows(): Promise<string>;
}

/** Starts the installed app, with more in its environment. Everything ends when it is disposed, the agent too. */
export async function openLaptop(more: Readonly<Record<string, string>>): Promise<Laptop> {
  const folder = await mkdtemp(join(tmpdir(), 'laptop-'));
  const home = join(folder, 'home');
  await mkdir(home, { mode: 0o700 });
  for (const path of [folder, home]) await chown(path, PERSON, PERSON);
  const company = await startCompany();
  const policy = join(folder, 'policy.json');
  await writeFile(policy, JSON.stringify(company.policy({ relayPort: await freePort() })));
  const own = { PATH: process.env.PATH, HOME: home, TMPDIR: folder, LANG: 'C.UTF-8' };
  const [file = '', ...args] = [
    ...AS_PERSON,
    ...['xvfb-run', '--auto-servernum', '--server-args=-screen 0 1280x1024x24', 'dbus-run-session', '--'],
    ...['env', ...Object.entries(more).map(([name, value]) => `${name}=${value}`)],
    ...[INSTALLED_APP, '--policy', policy, '--insecure-file-key'],
  ];
  const child = spawn(file, args, { env: own, stdio: 'ignore', detached: true });
  const exited = once(child, 'exit');
  return {
    folder,
    lanyard: async (...given) => {
      const { code, output } = await asPerson([COMMAND, ...given], own);
      return code === 0 ? output : undefined;
    },
    windows: async () => {
      // Chromium writes over its own environment; who started it has the same.
      const [pid] = await processesRunning(SESSION_BUS);
      if (pid === undefined) return '';
      const { DISPLAY, XAUTHORITY } = await environmentOf(pid);
      return (await asPerson(['xwininfo', '-root', '-tree'], { ...own, DISPLAY, XAUTHORITY })).output;
    },
    [Symbol.asyncDispose]: async () => {
      for (const program of await processesRunning(INSTALLED_APP)) tryKill(program);
      if (child.pid !== undefined) tryKill(-child.pid);
      await exited;
      await company.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}
