import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { callTool as callFromClaude, listEntries, toolName } from '../clients/claude-code.ts';
import { callTool } from '../demo/call-tool.ts';
import { startKeyring } from '../integration/vault/keyring.ts';
import { animate, type Frame } from './animation.ts';
import { openPageBrowser } from './browser/browser.ts';
import { atTerminal } from './claude-code.ts';
import { takePictures } from './pictures.ts';
import { openScene, type Scene, windowOf } from './scene.ts';

// What README.md shows: nothing here is played, so a picture cannot promise what the program does not do.

/** Besides Claude Code, which runs: folders that only these apps make. */
const OTHER_APPS = ['.cursor/extensions', '.codex', '.config/Code/User/globalStorage'];
/** Frames that are shown this long are looked at; no pointer lies on anything there. */
const RESTING_MS = 1_000;
/** Width and height of the window, in pixels: as wide as it opens, and no higher than what it shows. */
const SIZE: [number, number] = [600, 710];
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function takeAtRest(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await takePictures(page, name);
}

/** A roll of film: pictures of whatever page is looked at, each shown for so long. */
function roll() {
  const frames: Frame[] = [];
  return {
    frames,
    take: async (page: Page, showMs: number) => {
      if (showMs >= RESTING_MS) await page.mouse.move(0, 0);
      frames.push({ png: await page.screenshot({ animations: 'disabled', caret: 'hide' }), showMs });
    },
  };
}

/** The first sign-in as a person sees it: window, the company's page in a browser, window. */
async function filmFirstSignIn(scene: Scene, page: Page): Promise<readonly Frame[]> {
  const { frames, take } = roll();
  const size = await page.evaluate(() => ({ width: innerWidth, height: innerHeight }));
  await using browser = await openPageBrowser(size, scene.folder);
  const { page: tab } = browser;
  for (const each of [page, tab]) await each.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });

  await button(page, 'Sign in').waitFor();
  await take(page, 1_500);
  await button(page, 'Sign in').hover();
  await take(page, 600);
  await button(page, 'Sign in').click();
  await page.getByRole('heading', { name: 'Finish signing in in your browser' }).waitFor();
  await take(page, 1_000);

  const { username, password } = scene.company.person('alice');
  await tab.goto(await scene.opened());
  await take(tab, 1_000);
  for (const length of [2, username.length]) {
    await tab.getByLabel('Username or email').fill(username.slice(0, length));
    await take(tab, 300);
  }
  for (const length of [4, password.length]) {
    await tab.getByLabel('Password').fill(password.slice(0, length));
    await take(tab, 300);
  }
  await tab.getByRole('button', { name: 'Sign in' }).hover();
  await take(tab, 500);
  await tab.getByRole('button', { name: 'Sign in' }).click();
  await tab.getByRole('heading', { name: 'You are signed in' }).waitFor();
  await take(tab, 1_300);

  await page.getByText('2 of 3 ready').waitFor();
  await take(page, 3_500);
  return frames;
}

/** Cursor and Claude Code are connected, and each uses what it has. */
async function work(scene: Scene, page: Page): Promise<void> {
  await button(page, 'Apps').click();
  for (const name of ['Claude Code', 'Cursor']) {
    await page.getByRole('switch', { name, exact: true }).click();
    await expect.poll(() => page.getByRole('switch', { name, exact: true }).getAttribute('aria-busy')).toBe('false');
  }
  const terminal = await atTerminal(scene);
  await callFromClaude(terminal, { tool: toolName('lanyard-notes', 'whoami'), input: {} });
  const cursor = JSON.parse(await readFile(join(scene.home, '.cursor', 'mcp.json'), 'utf8'));
  for (const server of ['notes', 'tickets']) {
    const { url, headers } = cursor.mcpServers[`lanyard-${server}`];
    await callTool({ address: url, localKey: headers['Lanyard-Key'], tool: 'whoami' });
  }
}

test('the first sign-in, the three views and what happened in them, with real programs only', async () => {
  await using scene = await openScene();
  for (const name of OTHER_APPS) await mkdir(join(scene.home, name), { recursive: true });
  await listEntries(await atTerminal(scene));
  const keyring = await startKeyring(scene.home);
  try {
    const app = await scene.launch(['--policy', scene.policyFile], keyring.env);
    const page = await windowOf(app);
    await app.evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(...size), SIZE);
    await page.waitForFunction(([, height]) => innerHeight === height, SIZE);
    const film = animate(await filmFirstSignIn(scene, page));
    const pictures = process.env.LANYARD_TEST_PICTURES;
    if (pictures) await writeFile(join(pictures, 'sign-in.png'), film);
    expect((await scene.state()).vault.keyStore).toBe('keychain');

    await work(scene, page);
    await expect.poll(() => page.getByText(/calls? today/).count()).toBe(2);
    await takeAtRest(page, 'apps');
    await button(page, 'Activity').click();
    await page.getByRole('listitem').filter({ hasText: 'Claude Code' }).first().waitFor();
    await takeAtRest(page, 'activity');
    await button(page, 'Servers').click();
    await page.getByText('2 of 3 ready').waitFor();
    await takeAtRest(page, 'servers');
  } finally {
    await keyring.close();
  }
});
