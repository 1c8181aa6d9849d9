import { execFile } from 'node:child_process';
import { access, readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Configuration } from 'electron-builder';
import { expect, test } from 'vitest';
import { validatedConfiguration } from '../../../../build/installers/validate.ts';
import { ROOT } from '../../../../build/paths.ts';
import { PRODUCT } from '../../../../shared/product.ts';

const configuration = () => validatedConfiguration(ROOT);

test('electron-builder takes the whole configuration, for every system', async () => {
  const { linux, mac, win, nsis, msi } = await configuration();
  expect(linux?.target).toEqual(['deb', 'rpm', 'AppImage']);
  expect(mac?.target).toEqual([
    { target: 'dmg', arch: 'universal' },
    { target: 'pkg', arch: 'universal' },
  ]);
  expect(win?.target).toEqual(['nsis', 'msi']);
  expect([nsis?.perMachine, msi?.perMachine]).toEqual([true, true]);
});

test.each([
  ['macOS', 'mac', { mac: { hardenedRuntme: true } }],
  ['Windows', 'nsis', { nsis: { perMachin: true } }],
  ['Linux', 'deb', { deb: { dependss: [] } }],
])('a typo in what is for %s is refused', async (_system, part, typo) => {
  await expect(validatedConfiguration(ROOT, typo as Configuration)).rejects.toThrow(`configuration.${part}`);
});

test('every file that the configuration names is there', async () => {
  const { deb, rpm, mac, pkg, nsis, msiProjectCreated } = await configuration();
  const named = [deb?.afterInstall, deb?.afterRemove, rpm?.afterInstall, rpm?.afterRemove, nsis?.include];
  named.push(
    mac?.entitlements,
    mac?.entitlementsInherit,
    String(msiProjectCreated),
    `build/${pkg?.scripts}/postinstall`,
  );
  named.push(...[deb?.fpm, rpm?.fpm].map((fpm) => fpm?.[(fpm?.indexOf('--before-remove') ?? 0) + 1]));
  for (const file of named) await expect(access(join(ROOT, file ?? 'missing'))).resolves.toBeUndefined();
});

test('macOS may compile to machine code and nothing more', async () => {
  const { mac } = await configuration();
  expect(mac?.hardenedRuntime).toBe(true);
  for (const file of [mac?.entitlements, mac?.entitlementsInherit]) {
    const keys = [...(await readFile(join(ROOT, file ?? ''), 'utf8')).matchAll(/<key>(.*?)<\/key>/g)];
    expect(keys.map(([, key]) => key)).toEqual(['com.apple.security.cs.allow-jit']);
  }
});

test('programs lie where launchd, systemd and the desktop start them', async () => {
  const text = (name: string) => readFile(join(ROOT, 'build', 'installers', name), 'utf8');
  const { name, command } = PRODUCT;
  expect(await text('linux/lanyard.service')).toContain(
    `\nExecStart=/opt/${name}/resources/${command}/${command} agent\n`,
  );
  expect(await text('linux/autostart.desktop')).toContain(`\nExec=/opt/${name}/${command}-desktop --hidden\n`);
  const app = `/Applications/${name}.app/Contents`;
  expect(await text('mac/launchd/dev.lanyard.agent.plist')).toContain(
    `<string>${app}/Resources/${command}/${command}<`,
  );
  expect(await text('mac/launchd/dev.lanyard.desktop.plist')).toContain(`<string>${app}/MacOS/${name}<`);
});

const require = createRequire(import.meta.url);
const builder = createRequire(createRequire(require.resolve('electron-builder')).resolve('app-builder-lib'));
const { parse } = builder('plist') as { parse: (text: string) => unknown };
const plist = async (name: string) => parse(await readFile(join(ROOT, 'build', 'installers', 'mac', name), 'utf8'));

test('launchd starts the agent again after a crash, not after it said that there is no policy', async () => {
  expect(await plist('launchd/dev.lanyard.agent.plist')).toMatchObject({
    Label: 'dev.lanyard.agent',
    RunAtLoad: true,
    KeepAlive: { Crashed: true },
    LimitLoadToSessionType: 'Aqua',
    AssociatedBundleIdentifiers: PRODUCT.bundleId,
  });
  const face = await plist('launchd/dev.lanyard.desktop.plist');
  expect(face).toMatchObject({ Label: PRODUCT.bundleId, RunAtLoad: true });
  expect(face).not.toHaveProperty('KeepAlive');
});

test('what root runs to remove Lanyard from a Mac lies where only root writes, and not in the app', async () => {
  const { mac, pkg } = await configuration();
  expect(JSON.stringify(mac?.extraResources)).not.toContain('uninstall');
  const scripts = join(ROOT, 'build', pkg?.scripts ?? '');
  await access(join(scripts, 'uninstall.sh'));
  const support = `/Library/Application Support/${PRODUCT.name}`;
  const placing = await readFile(join(scripts, 'postinstall'), 'utf8');
  expect(placing).toContain(`\nsupport='${support}'\n`);
  expect(placing).toContain(
    '\ninstall -o root -g wheel -m 755 "$(dirname "$0")/uninstall.sh" "$support/uninstall.sh"\n',
  );
  expect(await readFile(join(scripts, 'uninstall.sh'), 'utf8')).toContain(`'${support}'\n`);
});

test('systemd does not start the agent again for want of a policy', async () => {
  const unit = await readFile(join(ROOT, 'build', 'installers', 'linux', 'lanyard.service'), 'utf8');
  expect(unit).toMatch(/^Restart=on-failure$/m);
  expect(unit).toMatch(/^RestartPreventExitStatus=2$/m);
  expect(unit).toMatch(/^ConditionPathExists=\/etc\/lanyard\/policy\.json$/m);
});

test.each(['linux', 'mac', 'mac/scripts'])('every shell script in %s is one', async (folder) => {
  const path = join(ROOT, 'build', 'installers', folder);
  for (const name of await readdir(path)) {
    if (/\.sh$|install$/.test(name)) await promisify(execFile)('sh', ['-n', join(path, name)]);
  }
});
