import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { signedOut } from '../unit/desktop/states.ts';
import { openTrayHost } from './dbus/tray.ts';
import { playAgent } from './played-agent.ts';
import { openScene, testedApp } from './scene.ts';

test('start at login is switched in the tray, and the tray says how it truly stands', async () => {
  using host = await openTrayHost();
  await using scene = await openScene();
  await using _agent = await playAgent(scene.paths, signedOut());
  await scene.launch(['--hidden']);
  const tray = await host.item;
  const isChecked = async () => (await tray.menu()).find(({ label }) => label === 'Start at login')?.isChecked;
  const entry = join(scene.folder, 'home', '.config', 'autostart', 'lanyard.desktop');

  await expect.poll(isChecked).toBe(false);
  await tray.click('Start at login');
  await expect.poll(isChecked).toBe(true);
  expect(await readFile(entry, 'utf8')).toContain(`Exec="${testedApp()}" "--hidden"\n`);

  await tray.click('Start at login');
  await expect.poll(isChecked).toBe(false);
  expect(existsSync(entry)).toBe(false);
});
