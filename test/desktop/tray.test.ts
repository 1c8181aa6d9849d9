import { expect, test } from 'vitest';
import { isLastingPlace } from '../../shared/lasting-place.ts';
import { until } from '../integration/until.ts';
import { openTrayHost, type TrayEntry } from './dbus/tray.ts';
import { allProcesses } from './processes.ts';
import { endApp, exitOf, openScene, type Scene, testedApp } from './scene.ts';

const labels = (entries: readonly TrayEntry[]) => entries.map(({ label }) => label);

/** The end of the menu. A program in a place that passes, such as a checkout below /tmp, is not started at login. */
async function endOfMenu({ home }: Scene): Promise<readonly string[]> {
  const lasts = await isLastingPlace(testedApp(), { platform: process.platform, home });
  return ['Open Lanyard', 'Connect apps…', ...(lasts ? ['Start at login'] : []), "Quit Lanyard's window and tray"];
}

test('the tray alone is enough: sign in, see the servers, retry, sign out, quit', async () => {
  using host = await openTrayHost();
  await using scene = await openScene();
  const app = await scene.launch(['--hidden', '--policy', scene.policyFile, '--insecure-file-key']);
  const tray = await host.item;
  const menu = async () => labels(await tray.menu());
  const end = await endOfMenu(scene);

  await expect.poll(menu).toEqual(['Signed out', '1 warning', 'Sign in…', ...end]);
  expect(await tray.tooltip()).toBe('Lanyard: Signed out');
  expect(app.windows()).toEqual([]);

  await tray.click('Sign in…');
  await expect
    .poll(menu)
    .toEqual(['Waiting for you to sign in…', '1 warning', 'Open the sign-in page again', 'Cancel sign-in', ...end]);
  await scene.signInOnPage('alice');
  const servers = ['Notes — Ready', 'Tickets — Ready', 'Payroll — Denied'];
  await expect.poll(menu).toEqual(['Alice · 2 of 3 servers ready', '1 warning', ...servers, 'Sign out', ...end]);
  expect(await tray.tooltip()).toBe('Lanyard: Alice · 2 of 3 servers ready');

  scene.company.setGroups('alice', ['engineering', 'finance']);
  await tray.click('Try again');
  await expect.poll(menu).toContain('Payroll — Ready');

  await tray.click('Sign out');
  await expect.poll(async () => (await menu())[0]).toBe('Signed out');
  expect(app.windows()).toEqual([]);

  await tray.click("Quit Lanyard's window and tray");
  expect(await exitOf(app)).toBe(0);
  expect((await scene.state()).session.status).toBe('signed-out');
});

test('a closed window is hidden, and comes back from the tray', async () => {
  using host = await openTrayHost();
  await using scene = await openScene();
  const app = await scene.launch(['--hidden', '--policy', scene.policyFile, '--insecure-file-key']);
  const tray = await host.item;
  await expect.poll(async () => labels(await tray.menu())).toContain('Sign in…');
  const visible = () =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()));

  expect(await visible()).toEqual([]);
  const clickedAt = Date.now();
  await tray.click('Open Lanyard');
  await expect.poll(visible).toEqual([true]);
  const page = await app.firstWindow();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  const paintedAt = await page.evaluate(() => {
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    return performance.timeOrigin + (paint?.startTime ?? Number.NaN);
  });
  console.log(`First paint ${Math.round(paintedAt - clickedAt)} ms after the click in the tray`);

  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(visible).toEqual([false]);
  await tray.click('Open Lanyard');
  await expect.poll(visible).toEqual([true]);
});

test('"Connect apps…" opens the window with the apps', async () => {
  using host = await openTrayHost();
  await using scene = await openScene();
  const app = await scene.launch(['--hidden', '--policy', scene.policyFile, '--insecure-file-key']);
  const tray = await host.item;
  await expect.poll(async () => labels(await tray.menu())).toContain('Connect apps…');
  await tray.click('Connect apps…');
  const page = await app.firstWindow();
  await page.locator('[aria-current="page"]').getByText('Apps').waitFor();
});

test('a tray that comes back has our icon again, and one that stays away does not take the window along', async () => {
  await using scene = await openScene();
  const visible = (app: Awaited<ReturnType<typeof scene.launch>>) =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()));
  using first = await openTrayHost();
  const app = await scene.launch(['--hidden', '--policy', scene.policyFile, '--insecure-file-key']);
  const menu = async (host: typeof first) => labels(await (await host.item).menu());
  await expect.poll(() => menu(first)).toContain('Sign in…');

  first[Symbol.dispose]();
  using second = await openTrayHost();
  await expect.poll(() => menu(second)).toContain('Sign in…');
  await (await second.item).click('Open Lanyard');
  await expect.poll(() => visible(app)).toEqual([true]);
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(() => visible(app)).toEqual([false]);

  second[Symbol.dispose]();
  await expect.poll(() => visible(app), { timeout: 20_000 }).toEqual([true]);
});

test('a tray that comes up after the app has our icon too', async () => {
  await using scene = await openScene();
  const app = await scene.launch(['--hidden', '--policy', scene.policyFile, '--insecure-file-key']);
  // It is settled that there is none by the time that the window opens.
  await app.firstWindow();
  using host = await openTrayHost();
  await expect.poll(async () => labels(await (await host.item).menu())).toContain('Sign in…');
});

test('what watches for a tray ends with a face that dies', async () => {
  await using scene = await openScene();
  const app = await scene.launch(['--hidden', '--policy', scene.policyFile, '--insecure-file-key']);
  const watches = async () => {
    const { pid } = app.process();
    return (await allProcesses()).filter(({ command, parent }) => command.includes('gdbus') && parent === pid);
  };
  await expect.poll(async () => (await watches()).length).toBe(1);
  const [watch] = await watches();
  await endApp(app);
  await until(async () => (await allProcesses()).every(({ pid }) => pid !== watch?.pid));
});

test('without a tray the window opens even at login', async () => {
  await using scene = await openScene();
  const app = await scene.launch(['--hidden', '--policy', scene.policyFile, '--insecure-file-key']);
  await (await app.firstWindow()).getByRole('button', { name: 'Sign in', exact: true }).waitFor();
});

test('without a tray, closing the window ends the face and not the agent', async () => {
  await using scene = await openScene();
  const app = await scene.launch();
  const page = await app.firstWindow();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close()).catch(() => undefined);
  expect(await exitOf(app)).toBe(0);
  expect((await scene.state()).session.status).toBe('signed-out');
});
