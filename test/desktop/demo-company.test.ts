import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ElectronApplication, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { isAgentRunning } from '../../shared/agent-process.ts';
import { signInByScript } from '../company/sign-in.ts';
import { until } from '../integration/until.ts';
import { peopleOnPage } from './demo-people.ts';
import { takePictures } from './pictures.ts';
import { endProcess, processesOf } from './processes.ts';
import { endApp, exitOf, openScene, type Scene, windowOf } from './scene.ts';

const OFFER = 'Try it with a demo company';
const END = 'End the demo';
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const demoFolder = ({ paths }: Scene) => join(paths.state, 'demo');

/** A machine without a policy, and the app's window on it. */
async function openUnset(scene: Scene): Promise<{ app: ElectronApplication; page: Page }> {
  const app = await scene.launch([]);
  const page = await windowOf(app);
  await button(page, OFFER).waitFor();
  return { app, page };
}

async function startDemo(page: Page): Promise<void> {
  await button(page, OFFER).click();
  await button(page, END).waitFor();
}

async function signIn(scene: Scene, page: Page, username: string): Promise<void> {
  await button(page, 'Sign in').click();
  const url = await scene.opened();
  const password = (await peopleOnPage(url)).get(username) ?? '';
  await signInByScript({ url, username, password });
}

async function isAllGone(scene: Scene): Promise<void> {
  await until(async () => !(await isAgentRunning(scene.paths)));
  await until(() => !existsSync(demoFolder(scene)));
  const left = await readdir(scene.paths.state);
  expect(left.filter((name) => /insecure|lists/.test(name))).toEqual([]);
}

test('on a machine without a policy a person tries it with a demo company, and nothing of that stays', async () => {
  await using scene = await openScene();
  const { app, page } = await openUnset(scene);
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Lanyard is not set up on this computer');
  await takePictures(page, 'first-run');

  await startDemo(page);
  await page.getByRole('heading', { name: 'Sign in to Demo Company' }).waitFor();
  expect(await page.getByRole('region', { name: 'Demo', exact: true }).textContent()).toContain(
    'on this computer alone',
  );
  expect(await page.getByRole('region', { name: 'Demo', exact: true }).textContent()).toContain(
    'Nothing here is protected, and nothing is real.',
  );
  expect(await page.getByRole('region', { name: 'Warnings' }).count()).toBe(0);

  await signIn(scene, page, 'alice');
  await page.getByRole('heading', { level: 1, name: 'Alice' }).waitFor();
  await page.getByText('2 of 3 ready').waitFor();
  const payroll = page
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: 'Payroll', exact: true }) })
    .first();
  const blocked = (await scene.state()).servers.find(({ name }) => name === 'payroll')?.work;
  if (blocked?.kind !== 'blocked') throw new Error('Payroll is not blocked');
  expect(await payroll.textContent()).toContain(blocked.cause.user);

  await button(page, END).click();
  await button(page, OFFER).waitFor();
  await isAllGone(scene);
  expect((await processesOf(scene.folder)).some(({ command }) => command.includes('demo/company.js'))).toBe(false);
  expect(app.windows()).toHaveLength(1);
});

test('the demo can be had again, with people of its own', async () => {
  await using scene = await openScene();
  const { page } = await openUnset(scene);
  await startDemo(page);
  await button(page, END).click();
  await button(page, OFFER).waitFor();
  await startDemo(page);
  await signIn(scene, page, 'bob');
  await page.getByRole('heading', { level: 1, name: 'Bob' }).waitFor();
});

test('an app that was connected to the demo has its file back, to the byte', async () => {
  await using scene = await openScene();
  const file = join(scene.home, '.claude.json');
  const own = '{ "numStartups": 3 }\n';
  await mkdir(join(scene.home, '.claude'));
  await writeFile(file, own);
  const { page } = await openUnset(scene);
  await startDemo(page);
  await button(page, 'Apps').click();
  await page.getByRole('switch', { name: 'Claude Code', exact: true }).click();
  await expect.poll(() => readFile(file, 'utf8')).toContain('lanyard-notes');

  await button(page, END).click();
  await button(page, OFFER).waitFor();
  expect(await page.getByRole('region', { name: 'Problem' }).allTextContents()).toEqual([]);
  expect(await readFile(file, 'utf8')).toBe(own);
});

test('who quits the app ends the demo with it', async () => {
  await using scene = await openScene();
  const { app, page } = await openUnset(scene);
  await startDemo(page);
  await app.evaluate(({ app: electron }) => electron.quit()).catch(() => undefined);
  expect(await exitOf(app)).toBe(0);
  await isAllGone(scene);
});

test('the agent of a demo whose app was killed ends by itself, and the next app clears away what is left', async () => {
  await using scene = await openScene();
  const file = join(scene.home, '.claude.json');
  const own = '{ "numStartups": 3 }\n';
  await mkdir(join(scene.home, '.claude'));
  await writeFile(file, own);
  const { app, page } = await openUnset(scene);
  await startDemo(page);
  const { agent } = await scene.state();
  await button(page, 'Apps').click();
  await page.getByRole('switch', { name: 'Claude Code', exact: true }).click();
  await expect.poll(() => readFile(file, 'utf8')).toContain('lanyard-notes');
  await endApp(app);
  await until(async () => !(await isAgentRunning(scene.paths)));
  expect(await readFile(file, 'utf8')).toBe(own);

  await openUnset(scene);
  await isAllGone(scene);
  // Whatever else happens, that agent is not the next person's.
  await endProcess(agent.pid, 'SIGKILL');
});

test('with a policy that has a mistake no demo is offered: the administrator shall mend it', async () => {
  await using scene = await openScene();
  const page = await windowOf(await scene.launch(['--policy', `${scene.policyFile}.missing`]));
  await page.getByRole('heading', { name: 'Lanyard is not set up on this computer' }).waitFor();
  expect(await button(page, OFFER).count()).toBe(0);
});
