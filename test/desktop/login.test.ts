import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { startingEntry } from '../../main/desktop/autostart-entry.ts';
import { isLastingPlace } from '../../shared/lasting-place.ts';
import { until } from '../integration/until.ts';
import { signedOut } from '../unit/desktop/states.ts';
import { openTrayHost } from './dbus/tray.ts';
import { playAgent } from './played-agent.ts';
import { openScene, type Scene, testedApp } from './scene.ts';

/** What an AppImage's runtime tells; where the tested app lies in a temporary folder, the entry names this file. */
async function asAppImage(scene: Scene) {
  const APPIMAGE = join(scene.home, 'Lanyard.AppImage');
  await writeFile(APPIMAGE, '', { mode: 0o755 });
  return { APPIMAGE, APPDIR: dirname(testedApp()) };
}

test('start at login is switched in the tray, and the tray says how it truly stands', async () => {
  using host = await openTrayHost();
  await using scene = await openScene();
  await using _agent = await playAgent(scene.paths, signedOut());
  const image = await asAppImage(scene);
  await scene.launch(['--hidden'], image);
  const tray = await host.item;
  const isChecked = async () => (await tray.menu()).find(({ label }) => label === 'Start at login')?.isChecked;
  const entry = join(scene.folder, 'home', '.config', 'autostart', 'lanyard.desktop');

  await expect.poll(isChecked).toBe(false);
  await tray.click('Start at login');
  await expect.poll(isChecked).toBe(true);
  const lasts = await isLastingPlace(testedApp(), { platform: process.platform, home: scene.home });
  const program = lasts ? testedApp() : image.APPIMAGE;
  expect(await readFile(entry, 'utf8')).toContain(`Exec="${program}" "--hidden"\n`);

  await tray.click('Start at login');
  await expect.poll(isChecked).toBe(false);
  expect(existsSync(entry)).toBe(false);
});

test('where the settings cannot be written the checkbox does not lie, and the window says why', async () => {
  using host = await openTrayHost();
  await using scene = await openScene();
  await using _agent = await playAgent(scene.paths, signedOut());
  const folder = join(scene.folder, 'home', '.config', 'autostart');
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o500);
  const app = await scene.launch(['--hidden'], await asAppImage(scene));
  const tray = await host.item;
  const isChecked = async () => (await tray.menu()).find(({ label }) => label === 'Start at login')?.isChecked;

  await expect.poll(isChecked).toBe(false);
  await tray.click('Start at login');
  await (await app.firstWindow()).getByText('could not be changed').first().waitFor();
  expect(await isChecked()).toBe(false);
  await chmod(folder, 0o700);
});

test('a second start at login brings no window up, and one with a view shows that', async () => {
  using host = await openTrayHost();
  await using scene = await openScene();
  await using _agent = await playAgent(scene.paths, signedOut());
  const app = await scene.launch(['--hidden']);
  await host.item;
  const env = { ...process.env, HOME: join(scene.folder, 'home') };
  const startAgain = async (argument: string) => {
    const [code] = await once(spawn(testedApp(), [argument], { stdio: 'ignore', env }), 'exit');
    expect(code).toBe(0);
  };
  // Listens after the app does, so that whatever the app makes of the second start is done.
  const heard = app.evaluate(
    ({ app: electron, BrowserWindow }) =>
      new Promise((resolve) => {
        electron.once('second-instance', () => resolve(BrowserWindow.getAllWindows().length));
      }),
  );
  await startAgain('--hidden');
  expect(await heard).toBe(0);
  await startAgain('--view=apps');
  const page = await app.firstWindow();
  await page.locator('[aria-current="page"]').getByText('Apps').waitFor();
  await startAgain('--view=activity');
  await page.locator('[aria-current="page"]').getByText('Activity').waitFor();
});

test('every character of a path and an argument arrives at the program, as GLib reads the entry', async () => {
  await using scene = await openScene();
  const program = join(scene.folder, 'a b"c$d`e\\f\'g;h', 'say');
  await mkdir(dirname(program));
  await writeFile(program, '#!/bin/sh\nprintf "%s" "$1" > "$0.said"\n');
  await chmod(program, 0o755);
  const entry = join(scene.folder, 'lanyard.desktop');
  await writeFile(entry, startingEntry([program, 'x $HOME "100%" \\']));
  execFileSync('gio', ['launch', entry]);
  await until(() => existsSync(`${program}.said`));
  await expect.poll(() => readFile(`${program}.said`, 'utf8')).toBe('x $HOME "100%" \\');
});
