import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { build, Platform } from 'electron-builder';
import { buildDesktop, DESKTOP_FOLDER } from './desktop.ts';
import { type ElectronBinary, findElectron } from './electron-binary.ts';
import { buildExecutable, EXECUTABLE_STAMP } from './executable.ts';
import { fingerprint, isUpToDate, rememberMade } from './fingerprint.ts';
import { DIST, ROOT } from './paths.ts';
import { prepareSandbox } from './sandbox.ts';
import { script } from './script.ts';

/** Name of the app's own program, as electron-builder.yml says. */
const PROGRAM = 'lanyard-desktop';
const UNPACKED = 'linux-unpacked';

/** The app as it ships. */
export const APP = join(DIST, 'app', UNPACKED, PROGRAM);

/**
 * The same app with the inspect fuse on, which is what Playwright needs to drive it. Nothing else differs, and it is
 * never shipped.
 */
export const INSPECT_APP = join(DIST, 'app-inspect', UNPACKED, PROGRAM);

const STAMP = join(DIST, '.app');

async function packApp(electron: ElectronBinary): Promise<void> {
  await rm(join(DIST, 'app'), { recursive: true, force: true });
  await build({
    targets: Platform.LINUX.createTarget('dir'),
    projectDir: ROOT,
    config: { electronDist: electron.folder, electronVersion: electron.version },
  });
  // Electron's own demo; it comes along with an unpacked Electron.
  await rm(join(DIST, 'app', UNPACKED, 'resources', 'default_app.asar'), { force: true });
}

/** Quicker than packing twice. Only the program is a file of its own; the rest is linked. */
async function copyWithInspect(): Promise<void> {
  const folder = join(DIST, 'app-inspect');
  const temporary = `${folder}.${process.pid}`;
  await mkdir(temporary, { recursive: true });
  await cp(join(DIST, 'app'), temporary, { recursive: true });
  await flipFuses(join(temporary, UNPACKED, PROGRAM), {
    version: FuseVersion.V1,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  await rm(folder, { recursive: true, force: true });
  await rename(temporary, folder);
  if (await prepareSandbox(join(folder, UNPACKED))) return;
  console.log(
    `This kernel keeps the sandbox from ordinary users. Package as root, or make chrome-sandbox setuid root.`,
  );
}

/**
 * Makes the unpacked Linux app from the executable, the desktop's bundle and an Electron, and its copy for tests,
 * unless those that are there were made from the same.
 */
export async function packageApp(): Promise<'made' | 'up to date'> {
  const electron = await findElectron();
  await buildExecutable();
  await buildDesktop();
  const recipe = ['electron-builder.yml', 'package.json', 'build/package.ts', 'build/icons'].map((name) =>
    join(ROOT, name),
  );
  const executable = await readFile(EXECUTABLE_STAMP, 'utf8');
  const print = await fingerprint([...recipe, DESKTOP_FOLDER], [executable, electron.version, electron.folder]);
  if (await isUpToDate(STAMP, print)) return 'up to date';
  await rm(STAMP, { force: true });
  await packApp(electron);
  await copyWithInspect();
  await rememberMade(STAMP, print);
  return 'made';
}

if (import.meta.main) await script(async () => console.log(`${APP}: ${await packageApp()}`));
