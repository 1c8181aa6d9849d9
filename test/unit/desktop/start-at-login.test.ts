import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { startedProgram, startingEntry } from '../../../main/desktop/autostart-entry.ts';
import {
  isStartedBySystem,
  judgeMac,
  judgeWindows,
  loginItem,
  type SystemLoginItems,
} from '../../../main/desktop/start-at-login.ts';
import { problemFrom, temporaryFolder } from '../fixtures.ts';

type Settings = ReturnType<SystemLoginItems['getLoginItemSettings']>;

const settings = (more: Partial<Settings> = {}): Settings => ({
  openAtLogin: false,
  wasOpenedAtLogin: false,
  status: 'not-registered',
  executableWillLaunchAtLogin: false,
  launchItems: [],
  ...more,
});
const item = (more: Partial<Settings['launchItems'][number]> = {}) => ({
  name: 'Lanyard',
  path: 'C:\\Program Files\\Lanyard\\Lanyard.exe',
  args: ['--hidden'],
  scope: 'user' as const,
  enabled: true,
  ...more,
});

/** A system that answers with these settings and writes down what it is asked for. */
function system(answer: Settings) {
  const asked: unknown[] = [];
  const items: SystemLoginItems = {
    getLoginItemSettings: (options) => {
      asked.push(options);
      return answer;
    },
    setLoginItemSettings: (wanted) => void asked.push(wanted),
  };
  return { asked, items };
}

const on = (platform: NodeJS.Platform, items: SystemLoginItems, isPackaged = true, files: readonly string[] = []) =>
  loginItem({
    platform,
    isPackaged,
    program: 'C:\\Program Files\\Lanyard\\Lanyard.exe',
    home: temporaryFolder(),
    environment: { XDG_CONFIG_DIRS: temporaryFolder() },
    system: items,
    isThere: (file) => files.includes(file),
    isLasting: async () => true,
  });

test.each<readonly [string, Settings, string]>([
  ['no item', settings(), 'off'],
  ['our item', settings({ launchItems: [item()] }), 'on'],
  ["our item, turned off in Windows' settings", settings({ launchItems: [item({ enabled: false })] }), 'off'],
  ['an item of the whole machine', settings({ launchItems: [item({ scope: 'machine' })] }), 'unavailable'],
  ['both', settings({ launchItems: [item(), item({ scope: 'machine' })] }), 'unavailable'],
  ["somebody else's item", settings({ launchItems: [item({ name: 'Other' })] }), 'off'],
])('Windows: %s', (_name, given, expected) => {
  expect(judgeWindows(given)).toBe(expected);
});

test.each<readonly [string, Settings, string]>([
  ['not registered', settings(), 'off'],
  ['registered', settings({ openAtLogin: true, status: 'enabled' }), 'on'],
  ['waits for approval', settings({ openAtLogin: true, status: 'requires-approval' }), 'off'],
])('macOS: %s', (_name, given, expected) => {
  expect(judgeMac(given)).toBe(expected);
});

test('Windows is asked with the path and the arguments that were set', async () => {
  const { asked, items } = system(settings());
  const login = on('win32', items);
  await login.set(true);
  await login.look();
  const same = { path: '"C:\\Program Files\\Lanyard\\Lanyard.exe"', args: ['--hidden'] };
  expect(asked).toEqual([{ ...same, openAtLogin: true, name: 'Lanyard' }, same]);
});

test('macOS that wants an approval says where', async () => {
  const { items } = system(settings({ openAtLogin: true, status: 'requires-approval' }));
  expect((await problemFrom(on('darwin', items).set(true))).user).toContain('System Settings');
  await on('darwin', items).set(false);
});

test('Linux has a file of its own', async () => {
  const { asked, items } = system(settings());
  const login = on('linux', items);
  await login.set(true);
  expect(await login.look()).toBe('on');
  expect(asked).toEqual([]);
});

const MOUNT = '/tmp/.mount_Lanyar1';
const IMAGE = '/home/ada/Lanyard.AppImage';

test.each<readonly [string, { APPIMAGE?: string; APPDIR?: string }, string | undefined]>([
  ['the AppImage that we run from', { APPIMAGE: IMAGE, APPDIR: MOUNT }, IMAGE],
  ['nothing: the AppImage is not known', { APPDIR: MOUNT }, undefined],
  ['nothing: another AppImage started us', { APPIMAGE: IMAGE, APPDIR: '/tmp/.mount_Other2' }, undefined],
  ['nothing: the AppImage is gone', { APPIMAGE: '/home/ada/gone', APPDIR: MOUNT }, undefined],
  ['nothing: the AppImage may be replaced by others', { APPIMAGE: '/tmp/Lanyard.AppImage', APPDIR: MOUNT }, undefined],
])('an app in a passing place starts at login: %s', async (_, environment, expected) => {
  const home = temporaryFolder();
  const entry = join(home, '.config', 'autostart', 'lanyard.desktop');
  const start = () =>
    loginItem({
      platform: 'linux',
      isPackaged: true,
      program: `${MOUNT}/lanyard-desktop`,
      home,
      environment: { XDG_CONFIG_DIRS: temporaryFolder(), ...environment },
      system: system(settings()).items,
      isThere: (file) => file === IMAGE || file.startsWith('/tmp'),
      isLasting: async (file) => !file.startsWith('/tmp'),
    });
  await start().set(true);
  expect(await start().look()).toBe(expected ? 'on' : 'unavailable');
  expect(existsSync(entry) && startedProgram(readFileSync(entry, 'utf8'))).toBe(expected ?? false);

  // What an earlier version wrote is set right, and what the person wrote stays.
  mkdirSync(dirname(entry), { recursive: true });
  writeFileSync(entry, startingEntry(['/tmp/.mount_Lanyar0/lanyard-desktop', '--hidden']));
  await start().tidy?.();
  expect(existsSync(entry) && startedProgram(readFileSync(entry, 'utf8'))).toBe(expected ?? false);
  writeFileSync(entry, startingEntry(['/opt/own/start', '--hidden']));
  await start().tidy?.();
  expect(startedProgram(readFileSync(entry, 'utf8'))).toBe('/opt/own/start');
});

test.each<readonly [NodeJS.Platform, boolean]>([
  ['linux', false],
  ['win32', false],
  ['darwin', false],
  ['freebsd', true],
])('%s, packaged: %s: not offered, and nothing is touched', async (platform, isPackaged) => {
  const { asked, items } = system(settings());
  const login = on(platform, items, isPackaged);
  await login.set(true);
  expect(await login.look()).toBe('unavailable');
  expect(asked).toEqual([]);
});

test('a Mac where launchd starts the face for everybody offers nothing', async () => {
  const { asked, items } = system(settings());
  const login = on('darwin', items, true, ['/Library/LaunchAgents/dev.lanyard.desktop.plist']);
  expect(await login.look()).toBe('unavailable');
  expect(asked).toEqual([]);
});

test('only macOS says that it started us', () => {
  const { items } = system(settings({ wasOpenedAtLogin: true }));
  expect(isStartedBySystem('darwin', items)).toBe(true);
  expect(isStartedBySystem('win32', items)).toBe(false);
});
