import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { type AgentState, agentStateSchema } from '../../shared/local-api.ts';
import { callLocal } from '../../shared/local-client.ts';
import { type LocalPaths, localPaths } from '../../shared/paths.ts';
import { type Company, type CompanyOptions, startCompany } from '../company/company.ts';
import { signInByScript } from '../company/sign-in.ts';
import { freePort } from '../integration/ports.ts';
import { until } from '../integration/until.ts';
import { endProcess, endProcessesOf } from './processes.ts';

const LAUNCH_TIMEOUT_MS = 30_000;

/** One laptop of the demo company: a home folder, a browser that writes down what it is asked to open, no app yet. */
export interface Scene extends AsyncDisposable {
  readonly company: Company;
  /** The person's home folder. */
  readonly home: string;
  /** Everything of the scene lies below it, and the arguments of all its processes name it. */
  readonly folder: string;
  readonly paths: LocalPaths;
  readonly policyFile: string;
  /** Starts the app as a person would, with these arguments and this in its environment. */
  launch(args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<ElectronApplication>;
  /** The newest address the system browser was asked to open, once there is one other than `before`. */
  opened(before?: string): Promise<string>;
  /** Somebody signs in on the page that was opened (after `before`), through the company's real pages. */
  signInOnPage(username?: string, before?: string): Promise<void>;
  /** The agent's state, over the Local API. */
  state(): Promise<AgentState>;
}

/** The app that is tested, as test/desktop/run.ts says. */
export function testedApp(): string {
  const app = process.env.LANYARD_TEST_APP;
  if (!app) throw new Error('Run the desktop tests with: npm run test:desktop');
  return app;
}

async function fakeBrowser(folder: string): Promise<{ readonly bin: string; readonly opened: string }> {
  const [bin, opened] = [join(folder, 'bin'), join(folder, 'opened')];
  await mkdir(bin);
  await writeFile(join(bin, 'xdg-open'), `#!/bin/sh\nprintf '%s\\n' "$1" >> '${opened}'\n`);
  await chmod(join(bin, 'xdg-open'), 0o755);
  return { bin, opened };
}

/** Sets the scene. Everything it started ends when it is disposed, the agent included. */
export async function openScene(options: CompanyOptions = {}): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 's-'));
  const home = join(folder, 'home');
  await mkdir(home);
  const paths = localPaths(home);
  const browser = await fakeBrowser(folder);
  const company = await startCompany(options);
  const policyFile = join(folder, 'policy.json');
  await writeFile(policyFile, JSON.stringify(company.policy({ relayPort: await freePort() })));
  const apps: ElectronApplication[] = [];
  const state = () => callLocal(paths, { method: 'GET', path: '/state', answer: agentStateSchema });
  const opened = async (before?: string) => {
    let last: string | undefined;
    await until(async () => {
      last = (await readFile(browser.opened, 'utf8').catch(() => '')).trim().split('\n').at(-1);
      return Boolean(last) && last !== before;
    });
    return last ?? '';
  };
  return {
    company,
    home,
    folder,
    paths,
    policyFile,
    state,
    opened,
    launch: async (args = ['--policy', policyFile, '--insecure-file-key'], env = {}) => {
      const app = await _electron.launch({
        executablePath: testedApp(),
        args: [...args],
        chromiumSandbox: true,
        timeout: LAUNCH_TIMEOUT_MS,
        env: {
          ...(process.env as Record<string, string>),
          HOME: home,
          PATH: `${browser.bin}:${process.env.PATH}`,
          ...env,
        },
      });
      apps.push(app);
      processes.set(app, app.process());
      return app;
    },
    signInOnPage: async (username = 'alice', before) => {
      const { password, otp } = company.person(username);
      await signInByScript({ url: await opened(before), username, password, otp });
    },
    [Symbol.asyncDispose]: async () => {
      for (const app of apps) await endApp(app);
      const agent = await state().catch(() => undefined);
      if (agent) await endProcess(agent.agent.pid);
      // An agent that was only just starting, and what Chromium left behind.
      await endProcessesOf(folder);
      await company.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

// Playwright forgets the process of an app that has ended.
const processes = new WeakMap<ElectronApplication, ChildProcess>();

function processOf(app: ElectronApplication): ChildProcess {
  const child = processes.get(app);
  if (!child) throw new Error('Not an app that a scene launched');
  return child;
}

/** Waits until the app has ended by itself, and gives its exit code. */
export async function exitOf(app: ElectronApplication): Promise<number | null> {
  const child = processOf(app);
  // Not Playwright's own `close`: that waits for every process that holds the app's pipes, and the agent may.
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

/** Kills the app, as a crash would. */
export async function endApp(app: ElectronApplication): Promise<void> {
  const child = processOf(app);
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await exitOf(app);
}

/** The app's window once it shows something. */
export async function windowOf(app: ElectronApplication): Promise<Page> {
  const page = await app.firstWindow();
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

/** The way of every day: the window's button, the page in the browser, and back to a window that knows the person. */
export async function signInFromWindow(scene: Scene, page: Page, username: string, before?: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await scene.signInOnPage(username, before);
  await page.getByRole('heading', { level: 1, name: scene.company.person(username).displayName }).waitFor();
}
