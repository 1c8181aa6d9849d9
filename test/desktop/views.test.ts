import { expect, test } from 'vitest';
import { takePictures } from './pictures.ts';
import { playAgent } from './played-agent.ts';
import { openScene, windowOf } from './scene.ts';
import {
  ANSWERS,
  APPS,
  BEFORE_SIGN_IN,
  CLIENTS,
  DENIED,
  newCall,
  PLAN,
  PRESENT_HOUR,
  TROUBLED_APPS,
  VSCODE,
  WAITING,
  WORKING_DAY,
} from './working-day.ts';

/** Which button of the navigation stands for the view that is shown. */
const CURRENT = '[aria-current="page"]';

test('servers: one glance for all, and on demand what one may do there', async () => {
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, WORKING_DAY, ANSWERS);
  const page = await windowOf(await scene.launch([]));
  const row = (title: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title }) });
  await page.getByText('2 of 4 ready').waitFor();
  await takePictures(page, 'window-servers');
  expect(await row('Notes').textContent()).toContain('31 calls today');

  await page.getByRole('button', { name: 'Notes', exact: true }).click();
  await row('Notes').getByText('11 of 12 tools allowed').waitFor();
  expect(await row('Notes').getByText('Read list 8').count()).toBe(0);
  await row('Notes').getByRole('searchbox', { name: 'Find a tool' }).fill('delete');
  expect(await row('Notes').locator('.tools').textContent()).toContain('Not allowed by your company');
  await row('Notes').getByRole('searchbox').fill('list 8');
  await row('Notes').getByText('Read list 8', { exact: true }).waitFor();
  await row('Notes').getByRole('searchbox').fill('');
  await takePictures(page, 'window-server-tools');
  await page.getByRole('button', { name: 'Notes', exact: true }).click();

  await page.getByRole('button', { name: 'Payroll', exact: true }).click();
  const request = await row('Payroll').locator('pre').textContent();
  expect(request).toContain('Please give me access to Payroll.');
  expect(request).toContain('Alice Archer');
  expect(request).toContain(DENIED.administrator);
  await row('Payroll').getByRole('button', { name: /^Copy/ }).click();
  await row('Payroll')
    .getByRole('button', { name: /^Copied/ })
    .waitFor();
  expect(await page.evaluate(() => window.getSelection()?.toString())).toContain('Please give me access');
  await takePictures(page, 'window-server-denied');
  await row('Payroll').getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => agent.heard).toContain('POST /v1/servers/payroll/retry');
});

test('apps: one switch each, what will be written before, what to do next after', async () => {
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, WORKING_DAY, ANSWERS);
  const page = await windowOf(await scene.launch([]));
  const row = (title: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title }) });
  await page.getByRole('button', { name: 'Apps', exact: true }).click();
  const region = page.getByRole('region', { name: 'Apps' });
  await region.getByText('2 connected').waitFor();
  expect(await page.getByRole('switch', { name: 'Claude Code' }).isChecked()).toBe(true);
  expect(await row('Claude Code').textContent()).toContain('43 calls today');
  expect(await row('Claude Desktop').textContent()).toContain('Also serves Cowork');
  expect(await row('Claude Desktop').textContent()).toContain('Quit Claude Desktop and open it again.');
  expect(await page.getByRole('switch', { name: 'Zed' }).count()).toBe(0);

  await row('VS Code').getByText('What will be written').click();
  await row('VS Code').locator('pre').waitFor();
  expect(await row('VS Code').locator('pre').textContent()).toBe(PLAN.text);
  expect(await row('VS Code').textContent()).toContain(PLAN.backup ?? '');
  await takePictures(page, 'window-apps');

  await row('VS Code').getByText('Connect it in another way').click();
  await row('VS Code').getByLabel('One for all servers together').click();
  await expect.poll(() => agent.heard).toContain('POST /v1/apps/vscode/plan {"gateway":true}');

  const connected = { ...VSCODE, status: 'connected', client: 'c-9' } as const;
  const client = {
    id: 'c-9',
    kind: 'vscode',
    title: 'VS Code',
    addedAt: Date.now(),
    entries: ['lanyard'],
    use: { callsToday: 0 },
  };
  agent.answer('POST /v1/clients', { client, snippet: '', localKey: 'lk_x' });
  agent.answer('GET /v1/apps', { apps: [...APPS.filter(({ kind }) => kind !== 'vscode'), connected] });
  await page.getByRole('switch', { name: 'VS Code' }).click();
  await expect.poll(() => agent.heard).toContain('POST /v1/clients {"kind":"vscode","gateway":true}');
  agent.show({ ...WORKING_DAY, clients: [...CLIENTS, client] });
  await row('VS Code').getByText('Quit VS Code and open it again.', { exact: true }).waitFor();
  expect(await page.getByRole('switch', { name: 'VS Code' }).isChecked()).toBe(true);

  await page.getByRole('switch', { name: 'VS Code' }).click();
  await expect.poll(() => agent.heard).toContain('DELETE /v1/clients/c-9');

  await page.getByText('Any other app', { exact: true }).click();
  const pasted = JSON.parse((await page.locator('.fold-body pre').first().textContent()) ?? '');
  expect(pasted.mcpServers['lanyard-notes']).toEqual({
    command: WORKING_DAY.agent.program?.file,
    args: ['stdio', 'notes'],
  });
});

test('apps that somebody else wrote into are said, and left alone until the person decides', async () => {
  await using scene = await openScene();
  const client = { id: 'c-3', kind: 'cursor', title: 'Cursor', addedAt: Date.now(), entries: ['lanyard'] };
  const answers = { ...ANSWERS, 'GET /v1/apps': { apps: TROUBLED_APPS } };
  await using agent = await playAgent(scene.paths, { ...WORKING_DAY, clients: [client] }, answers);
  const page = await windowOf(await scene.launch([]));
  const row = (title: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title }) });
  await page.getByRole('button', { name: 'Apps', exact: true }).click();
  await row('Cursor').getByText('The entry “lanyard-notes” is gone.').waitFor();
  expect(await row('Zed').textContent()).toContain('line 12, column 3');
  expect(await row('Zed').getByRole('switch').count()).toBe(0);
  expect(await row('Windsurf').textContent()).toContain('Your company does not offer this app');
  expect(await row('Windsurf').getByRole('switch').count()).toBe(0);
  await takePictures(page, 'window-apps-changed');
  agent.answer('POST /v1/clients', { client, snippet: '', localKey: 'lk_x' });
  await row('Cursor').getByRole('button', { name: 'Write again' }).click();
  await expect.poll(() => agent.heard).toContain('POST /v1/clients {"kind":"cursor"}');
  await row('Cursor').getByRole('button', { name: 'Disconnect' }).click();
  await expect.poll(() => agent.heard).toContain('DELETE /v1/clients/c-3');
});

test('activity: live while it is shown, still while somebody reads it, filtered by what they look for', async () => {
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, WORKING_DAY, ANSWERS);
  const page = await windowOf(await scene.launch([]));
  await page.getByRole('button', { name: 'Activity', exact: true }).click();
  const list = page.getByRole('list', { name: 'What happened, newest first' });
  await list.getByText('Claude Code called create_note on Notes · 310 ms').waitFor();
  await expect.poll(() => agent.followers).toBe(1);
  expect(await page.getByRole('region', { name: 'Last 24 hours' }).textContent()).toContain('234 calls, 8 failed');
  await takePictures(page, 'window-activity');

  const tell = (id: number, name: string) =>
    agent.tellNews({ entries: [newCall(id, name)], missed: id === 102 ? 7 : 0, hour: PRESENT_HOUR });
  tell(101, 'first_new');
  await list.getByText('first_new').waitFor();
  expect(await list.getByRole('listitem').first().textContent()).toContain('first_new');

  await list.hover();
  tell(102, 'second_new');
  await page.getByText('Paused · 1 new').waitFor();
  expect(await list.getByText('second_new').count()).toBe(0);
  await page.getByRole('heading', { name: 'Last 24 hours' }).hover();
  await list.getByText('second_new').waitFor();
  await page.getByText('7 more came too fast to be shown.').waitFor();

  await page.getByLabel('Only problems').check();
  await expect.poll(() => list.getByRole('listitem').count()).toBe(2);
  expect(await list.textContent()).toContain('delete_note');
  await page.getByLabel('Server', { exact: true }).selectOption('tickets');
  await page.getByText('Nothing that happened fits this.').waitFor();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await page.getByRole('searchbox', { name: 'Find in activity' }).fill('create_ticket');
  await expect.poll(() => list.getByRole('listitem').count()).toBe(1);

  await page.getByText('Show as a table').click();
  expect(await page.getByRole('table').getByRole('row').count()).toBe(25);

  await page.getByRole('button', { name: 'Servers', exact: true }).click();
  await expect.poll(() => agent.followers).toBe(0);
});

test('signing in begins and ends above the view that somebody looks at', async () => {
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, BEFORE_SIGN_IN, ANSWERS);
  const page = await windowOf(await scene.launch([]));
  await takePictures(page, 'window-sign-in');
  await page.getByRole('button', { name: 'Apps', exact: true }).click();
  await page.getByRole('switch', { name: 'VS Code' }).waitFor();
  expect(await page.getByRole('banner').textContent()).toContain('Signed out');
  agent.show(WAITING);
  await page.getByRole('heading', { name: 'Finish signing in in your browser' }).waitFor();
  expect(await page.getByRole('switch', { name: 'VS Code' }).isVisible()).toBe(true);
  await takePictures(page, 'window-waiting');
  agent.show(WORKING_DAY);
  await page.getByRole('heading', { level: 1, name: 'Alice Archer' }).waitFor();
  expect(await page.locator(CURRENT).textContent()).toBe('Apps');
});

test('after the first sign-in the next step is in sight: connect the apps that were found', async () => {
  await using scene = await openScene();
  await using _agent = await playAgent(
    scene.paths,
    { ...WORKING_DAY, clients: [] },
    { ...ANSWERS, 'GET /v1/apps': { apps: APPS.map((app) => ({ ...app, status: 'not-connected' })) } },
  );
  const page = await windowOf(await scene.launch([]));
  await page.getByText('Claude Code, Claude Desktop, VS Code and Cursor were found on this computer.').waitFor();
  await takePictures(page, 'window-first-apps');
  await page.getByRole('button', { name: 'Choose apps' }).click();
  await page.getByRole('switch', { name: 'VS Code' }).waitFor();
});

test('a call that waited for a sign-in says so', async () => {
  await using scene = await openScene();
  const signInWanted = { at: Date.now(), client: 'c-1', server: 'notes' };
  await using _agent = await playAgent(scene.paths, { ...BEFORE_SIGN_IN, clients: [...CLIENTS], signInWanted });
  const page = await windowOf(await scene.launch([]));
  await page.getByText('Claude Code is waiting for you: it wanted to use Notes.').waitFor();
});

test('what few people look for lies in the settings', async () => {
  await using scene = await openScene();
  await using _agent = await playAgent(scene.paths, WORKING_DAY, ANSWERS);
  const page = await windowOf(await scene.launch([]));
  await page.getByText('Settings', { exact: true }).click();
  const settings = page.getByRole('contentinfo');
  await settings.getByText('Whoever installed Lanyard updates it too.').waitFor();
  expect(await settings.textContent()).toContain(WORKING_DAY.agent.version);
  expect(await settings.textContent()).toContain(WORKING_DAY.relay.url);
  expect(await settings.textContent()).toContain(WORKING_DAY.company.policyFile);
  await takePictures(page, 'window-settings');
});

test('the first frame after a click shows what is known', async () => {
  await using scene = await openScene();
  await using _agent = await playAgent(scene.paths, WORKING_DAY, ANSWERS);
  const app = await scene.launch(['--hidden']);
  // The tray's click and a second start ask for the window in the same way.
  const shownAfterMs = await app.evaluate(
    ({ app: electron }) =>
      new Promise<number>((resolve) => {
        const start = performance.now();
        electron.once('browser-window-created', (_event, window) => {
          window.once('show', () => resolve(Math.round(performance.now() - start)));
        });
        electron.emit('activate');
      }),
  );
  const page = await app.firstWindow();
  const atShow = await page.getByRole('heading', { level: 1 }).count();
  await page.getByText('2 of 4 ready').waitFor();
  const paints = await page.evaluate(() =>
    performance.getEntriesByType('paint').map(({ name, startTime }) => `${name} ${Math.round(startTime)} ms`),
  );
  console.log(`The window is shown ${shownAfterMs} ms after the click; in the page: ${paints.join(', ')}.`);
  expect(atShow).toBe(1);
});
