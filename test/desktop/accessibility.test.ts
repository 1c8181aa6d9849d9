import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { ElectronApplication, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { stateLine } from '../../main/desktop/bridge/words.ts';
import { takePictures } from './pictures.ts';
import { playAgent } from './played-agent.ts';
import { openScene, windowOf } from './scene.ts';
import { ANSWERS, BEFORE_SIGN_IN, TROUBLED_APPS, WAITING, WORKING_DAY } from './working-day.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Fewer rules than this mean that axe did not see the page. */
const RULES_AT_LEAST = 15;

const THEMES = [
  { colorScheme: 'light', forcedColors: 'none', contrast: 'no-preference' },
  { colorScheme: 'dark', forcedColors: 'none', contrast: 'no-preference' },
  { colorScheme: 'light', forcedColors: 'active', contrast: 'no-preference' },
  { colorScheme: 'dark', forcedColors: 'none', contrast: 'more' },
] as const;

/** What axe finds wrong in each theme, one line for each element. */
async function violations(page: Page): Promise<string[]> {
  const axe = await readFile(AXE, 'utf8');
  const lines: string[] = [];
  for (const theme of THEMES) {
    await page.emulateMedia(theme);
    await page.evaluate(axe);
    const found = await page.evaluate<AxeResults>('axe.run()');
    expect(found.passes.length).toBeGreaterThan(RULES_AT_LEAST);
    for (const { id, nodes } of found.violations)
      lines.push(...nodes.map(({ html }) => `${JSON.stringify(theme)} ${id}: ${html}`));
  }
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none', contrast: 'no-preference' });
  return lines;
}

const go = (page: Page, view: string) => page.getByRole('button', { name: view, exact: true }).click();

async function openAll(page: Page): Promise<void> {
  const closed = page.locator('details:not([open]) > summary:visible');
  // One that is opened may hold others.
  while ((await closed.count()) > 0) await closed.first().click();
}

test('axe finds nothing wrong in any view, open or closed, in any theme', async () => {
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, WORKING_DAY, ANSWERS);
  const page = await windowOf(await scene.launch([]));
  await page.getByText('2 of 4 ready').waitFor();
  expect(await violations(page)).toEqual([]);
  for (const row of await page.locator('.row-button').all()) await row.click();
  await page.getByText('11 of 12 tools allowed').waitFor();
  await openAll(page);
  expect(await violations(page)).toEqual([]);

  await go(page, 'Apps');
  await page.getByRole('switch', { name: 'VS Code' }).waitFor();
  await page.getByText('What will be written: VS Code').click();
  await page.locator('.written').waitFor();
  await openAll(page);
  expect(await violations(page)).toEqual([]);
  agent.answer('GET /v1/apps', { apps: TROUBLED_APPS });
  await page.getByText('Your company does not offer this app').waitFor();
  expect(await violations(page)).toEqual([]);

  await go(page, 'Activity');
  await page.getByRole('list', { name: 'What happened, newest first' }).waitFor();
  await openAll(page);
  expect(await violations(page)).toEqual([]);
});

test('axe finds nothing wrong while nobody is signed in, while a sign-in is waited for, and when it failed', async () => {
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, BEFORE_SIGN_IN, ANSWERS);
  const page = await windowOf(await scene.launch([]));
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  expect(await violations(page)).toEqual([]);
  agent.show(WAITING);
  await page.getByRole('button', { name: 'Cancel' }).waitFor();
  expect(await violations(page)).toEqual([]);
  const problem = { code: 'x', user: 'The sign-in took too long.', administrator: 'No answer in ten minutes.' };
  if (!WAITING.signIn) throw new Error('Nobody waits');
  agent.show({ ...BEFORE_SIGN_IN, signIn: { ...WAITING.signIn, phase: 'failed', problem } });
  await page.getByText(problem.user).waitFor();
  expect(await violations(page)).toEqual([]);
});

test('axe finds nothing wrong on a machine that is not set up', async () => {
  await using scene = await openScene();
  const page = await windowOf(await scene.launch(['--policy', `${scene.policyFile}.missing`]));
  await page.getByRole('heading', { name: 'Lanyard is not set up on this computer' }).waitFor();
  expect(await violations(page)).toEqual([]);
  await takePictures(page, 'window-first-run');
});

/** The accessible name of what has the focus, as far as it is its text or its label. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    const labels = (element?.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id));
    return labels[0]?.textContent ?? element?.getAttribute('aria-label') ?? element?.textContent ?? '';
  });

/** Presses Tab until this has the focus; gives what was passed. */
async function tabTo(page: Page, name: string): Promise<string[]> {
  const passed: string[] = [];
  const most = 40;
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (now === name) return passed;
    passed.push(now);
  }
  throw new Error(`Tab does not lead to ${name}, only to: ${passed.join(', ')}`);
}

const outlineOf = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!element) return 0;
    const own = Number.parseFloat(getComputedStyle(element).outlineWidth);
    const isDrawn = (pseudo?: string) => getComputedStyle(element, pseudo).outlineStyle !== 'none';
    return isDrawn() || isDrawn('::after') ? Math.max(own, 1) : 0;
  });

test('everything is reached and done with the keyboard alone, and the focus can be seen', async () => {
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, WORKING_DAY, ANSWERS);
  const page = await windowOf(await scene.launch([]));
  await page.getByText('2 of 4 ready').waitFor();
  expect(await tabTo(page, 'Servers')).toEqual(['Sign out']);
  await tabTo(page, 'Notes');
  expect(await outlineOf(page)).toBeGreaterThan(0);
  await page.keyboard.press('Enter');
  await page.getByText('11 of 12 tools allowed').waitFor();
  await tabTo(page, 'Find a tool');
  await page.keyboard.type('delete');
  await expect.poll(() => page.locator('.tools > li').count()).toBe(1);

  await page.keyboard.press('Control+2');
  expect(await focused(page)).toBe('Apps');
  await page.getByRole('switch', { name: 'VS Code' }).waitFor();
  await tabTo(page, 'VS Code');
  expect(await outlineOf(page)).toBeGreaterThan(0);
  await page.keyboard.press('Space');
  await expect.poll(() => agent.heard).toContain('POST /v1/clients {"kind":"vscode"}');

  await page.keyboard.press('Control+3');
  expect(await focused(page)).toBe('Activity');
  await page.getByRole('searchbox', { name: 'Find in activity' }).waitFor();
  await tabTo(page, 'Find in activity');
  await page.keyboard.type('renewed');
  await expect
    .poll(() => page.getByRole('list', { name: 'What happened, newest first' }).getByRole('listitem').count())
    .toBe(2);
  await page.keyboard.press('Control+1');
  await page.getByText('2 of 4 ready').waitFor();
});

test('a screen reader hears names, states and changes', async () => {
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, BEFORE_SIGN_IN, ANSWERS);
  const page = await windowOf(await scene.launch([]));
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
  expect(await page.locator('main').count()).toBe(1);
  agent.show(WORKING_DAY);
  const said = stateLine({ link: 'connected', state: WORKING_DAY });
  await expect.poll(() => page.getByRole('status').last().textContent()).toContain(said);
  const payroll = page.getByRole('button', { name: 'Payroll', exact: true, expanded: false });
  const word = await payroll.getAttribute('aria-describedby');
  expect(await page.locator(`[id="${word}"]`).textContent()).toBe('Denied');
  await payroll.click();
  await page.getByRole('button', { name: 'Payroll', exact: true, expanded: true }).waitFor();
  await page.getByRole('button', { name: /^Try again\W+Payroll$/ }).waitFor();
  await go(page, 'Apps');
  await page.getByRole('switch', { name: 'Claude Code', checked: true }).waitFor();
  await page.getByRole('switch', { name: 'VS Code', checked: false }).waitFor();
  await go(page, 'Activity');
  await page.getByRole('img', { name: /^Calls of each hour: \d+ calls, \d+ failed/ }).waitFor();
});

async function resize(app: ElectronApplication, width: number, height: number, zoom: number): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, size) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.setContentSize(size.width, size.height);
      window?.webContents.setZoomFactor(size.zoom);
    },
    { width, height, zoom },
  );
}

const sticksOut = (page: Page) =>
  page.evaluate(() => (document.scrollingElement?.scrollWidth ?? 0) - document.documentElement.clientWidth);

test.each([
  ['a narrow window with text of 125 %', 360, 640, 1.25],
  ['text of 200 %', 600, 820, 2],
])(
  'in %s nothing has to be scrolled sideways, with long names and forty servers',
  async (_name, width, height, zoom) => {
    await using scene = await openScene();
    const title =
      'A server whose name somebody thought of on a long afternoon, Pneumonoultramicroscopicsilicovolcanoconiosis';
    const servers = Array.from({ length: 40 }, (_, index) => {
      const one = WORKING_DAY.servers[index % WORKING_DAY.servers.length] ?? WORKING_DAY.servers[0];
      if (!one) throw new Error('No server');
      return {
        ...one,
        name: `s${index}`,
        title: index % 9 === 0 ? title : `Server ${index}`,
        url: `https://example.com/${'y'.repeat(90)}`,
      };
    });
    const session = { ...WORKING_DAY.session, name: title, email: `${'a'.repeat(60)}@company.example` };
    await using _agent = await playAgent(scene.paths, { ...WORKING_DAY, servers, session }, ANSWERS);
    const app = await scene.launch([]);
    const page = await windowOf(app);
    await resize(app, width, height, zoom);
    await expect.poll(() => page.evaluate(() => window.innerWidth)).toBeLessThanOrEqual(Math.ceil(width / zoom));
    for (const row of (await page.locator('.row-button').all()).slice(0, 5)) await row.click();
    expect(await sticksOut(page)).toBe(0);
    for (const view of ['Apps', 'Activity']) {
      await go(page, view);
      await page.getByRole('heading', { level: 2, name: view }).waitFor();
      await openAll(page);
      expect(await sticksOut(page)).toBe(0);
    }
  },
);
