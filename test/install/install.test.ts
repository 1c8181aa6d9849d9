import { access, chmod, chown, mkdir, mkdtemp, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../build/paths.ts';
import { mustRun, run } from '../../build/run.ts';
import { PRODUCT } from '../../shared/product.ts';
import { until } from '../integration/until.ts';
import { openLaptop } from './laptop.ts';
import {
  asPerson,
  COMMAND,
  INSTALLED,
  INSTALLED_APP,
  INSTALLED_COMMAND,
  INSTALLERS,
  PERSON,
  processesRunning,
  writtenFiles,
} from './machine.ts';

const UNIT = '/usr/lib/systemd/user/lanyard.service';
const AUTOSTART = '/etc/xdg/autostart/lanyard.desktop';
const MENU_ENTRY = '/usr/share/applications/lanyard-desktop.desktop';
const SETUID_ROOT = 0o4755;
const NOT_SETUID = 0o755;

const PROFILE = '/etc/apparmor.d/lanyard-desktop';
const SCRIPTS = join(ROOT, 'build', 'installers', 'linux');
const AFTER_INSTALL = join(SCRIPTS, 'after-install.sh');
const AFTER_REMOVE = join(SCRIPTS, 'after-remove.sh');

/** AppArmor's own programs, which say yes to everything and write down what they are called with. */
const APPARMOR_PROGRAMS = ['/usr/local/sbin/apparmor_status', '/usr/local/sbin/apparmor_parser'];
const APPARMOR_FOLDER = '/etc/apparmor.d';
const APPARMOR_CALLS = '/var/tmp/apparmor-calls';

let hadFolder = true;

async function pretendAppArmor(): Promise<() => Promise<string>> {
  const script = `#!/bin/sh\necho "$@" >> ${APPARMOR_CALLS}\n`;
  for (const program of APPARMOR_PROGRAMS) await writeFile(program, script, { mode: 0o755 });
  hadFolder = (await mkdir(APPARMOR_FOLDER, { recursive: true })) === undefined;
  return () => readFile(APPARMOR_CALLS, 'utf8');
}

async function forgetAppArmor(): Promise<void> {
  for (const path of [...APPARMOR_PROGRAMS, APPARMOR_CALLS]) await rm(path);
  if (!hadFolder) await rmdir(APPARMOR_FOLDER);
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/'));

// In this order, since unpacking half a gigabyte for each of them would take minutes.
describe.each(INSTALLERS)('.$kind', ({ install, upgrade, remove }) => {
  let before: readonly string[];
  beforeAll(async () => {
    before = await writtenFiles();
    await install();
  });

  test('it writes files of its own alone', async () => {
    expect(before).toEqual([]);
    const written = await writtenFiles();
    expect(written).toEqual(expect.arrayContaining([COMMAND, INSTALLED_APP, UNIT, AUTOSTART, MENU_ENTRY]));
    const isFolderOfOurs = (path: string) =>
      written.some((other) => /lanyard/i.test(other) && folderOf(other).startsWith(path));
    expect(written.filter((path) => !/lanyard/i.test(path) && !isFolderOfOurs(path))).toEqual([]);
  });

  test('the command is on PATH and takes no options from the environment', async () => {
    const env = { PATH: process.env.PATH, HOME: '/nonexistent', NODE_OPTIONS: '--no-such-option' };
    expect(await asPerson(['lanyard', '--version'], env)).toEqual({ code: 0, output: `${PRODUCT.version}\n` });
  });

  test('what the desktop and systemd read is what they expect', async () => {
    for (const file of [AUTOSTART, MENU_ENTRY]) expect((await run('desktop-file-validate', [file])).output).toBe('');
    const env = { ...process.env, XDG_RUNTIME_DIR: tmpdir() };
    expect(await run('systemd-analyze', ['--user', 'verify', UNIT], { env })).toEqual({ code: 0, output: '' });
    expect(await readFile('/usr/lib/systemd/user/default.target.wants/lanyard.service')).toEqual(await readFile(UNIT));
  });

  test("Chromium's helper is setuid exactly where people cannot build a sandbox themselves", async () => {
    const attempt = await asPerson(['unshare', '--user', '--map-root-user', '--pid', '--fork', 'true'], process.env);
    const { uid, mode } = await stat(join(INSTALLED, 'chrome-sandbox'));
    expect({ uid, mode: mode & 0o7777 }).toEqual({ uid: 0, mode: attempt.code === 0 ? NOT_SETUID : SETUID_ROOT });
  });

  test('without a policy the agent ends with the code that systemd and launchd take for an answer', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'home-'));
    await chown(folder, PERSON, PERSON);
    const { code, output } = await asPerson([INSTALLED_COMMAND, 'agent'], { HOME: folder });
    await rm(folder, { recursive: true });
    expect(output).toContain('/etc/lanyard/policy.json');
    expect(code).toBe(2);
  });

  test('where there is AppArmor, its profile allows the app its sandbox, and the helper is not setuid', async () => {
    const called = await pretendAppArmor();
    await mustRun('Its script', 'sh', [AFTER_INSTALL, 'configure']);
    expect(await readFile(PROFILE, 'utf8')).toContain(
      `profile "lanyard-desktop" "${INSTALLED_APP}" flags=(unconfined)`,
    );
    expect(await called()).toContain(`--replace --write-cache --skip-read-cache ${PROFILE}`);
    expect((await stat(join(INSTALLED, 'chrome-sandbox'))).mode & 0o7777).toBe(NOT_SETUID);
    await mustRun('Its script', 'sh', [AFTER_REMOVE, 'remove']);
    expect(await called()).toContain(`--remove ${PROFILE}`);
    await expect(access(PROFILE)).rejects.toThrow('ENOENT');
    await forgetAppArmor();
  });

  test('the app comes up, deaf to the environment; an upgrade leaves it alone; removal ends it and takes all away', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'foreign-'));
    await chmod(folder, 0o777);
    const [foreign, ran] = [join(folder, 'foreign.cjs'), join(folder, 'ran')];
    await writeFile(foreign, `require('fs').writeFileSync(${JSON.stringify(ran)}, '')`, { mode: 0o644 });
    await using laptop = await openLaptop({ ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: `--require=${foreign}` });

    await until(async () => (await laptop.windows()).includes('"Lanyard"'));
    await until(async () => (await laptop.lanyard('status')) !== undefined);
    expect(await laptop.lanyard('status')).toContain('Signed out');
    await expect(access(ran)).rejects.toThrow('ENOENT');
    await rm(folder, { recursive: true });
    const agents = await processesRunning(INSTALLED_COMMAND);
    expect(agents).toHaveLength(1);

    await upgrade();
    expect(await laptop.lanyard('status')).toContain('Signed out');

    await remove();
    expect(await processesRunning(INSTALLED_APP)).toEqual([]);
    expect(await processesRunning(INSTALLED_COMMAND)).toEqual([]);
    expect(await writtenFiles()).toEqual([]);
  });
});
