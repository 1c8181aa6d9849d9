import { expect, test } from 'vitest';
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
