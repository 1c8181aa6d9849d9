import { access, constants, cp, mkdir, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { Arch, build, type Configuration, Platform } from 'electron-builder';
import { PRODUCT } from '../../shared/product.ts';
import { buildDesktop } from '../desktop.ts';
import { buildExecutable } from '../executable.ts';
import { APP, packageApp } from '../package.ts';
import { DIST, PINNED_NODE, ROOT } from '../paths.ts';
import { run } from '../run.ts';
import { writeLinuxFiles } from './linux-files.ts';
import { updateFeed } from './update-feed.ts';

/** Where installers come to lie. */
export const INSTALLERS = join(DIST, 'installers');

/** Our own over dpkg-deb and rpmbuild; see build/installers/fpm.ts. */
const FPM_STAND_IN = join(ROOT, 'build', 'installers', 'fpm.ts');
/** For tests: xz that hardly compresses, since the best takes minutes. */
const QUICK_LEVEL = '0';

/** What to make. */
export interface InstallerChoice {
  readonly targets: readonly ('deb' | 'rpm' | 'AppImage')[];
  /** Large, in seconds rather than minutes. */
  readonly quick: boolean;
  /** From LANYARD_UPDATE_URL; see {@link updateFeed}. */
  readonly updateUrl: string | undefined;
}

/** When the newest change was made, so that the same sources make the same packages. Undefined outside a clone. */
async function sourceDate(): Promise<string | undefined> {
  if (process.env.SOURCE_DATE_EPOCH) return process.env.SOURCE_DATE_EPOCH;
  const { code, output } = await run('git', ['log', '-1', '--format=%ct'], { cwd: ROOT });
  return code === 0 && /^\d+$/.test(output.trim()) ? output.trim() : undefined;
}

/** `CUSTOM_FPM_PATH` and `USE_SYSTEM_FPM` choose another fpm, as with electron-builder itself. */
async function chooseFpm(): Promise<void> {
  if (process.env.CUSTOM_FPM_PATH || process.env.USE_SYSTEM_FPM === 'true') return;
  await access(FPM_STAND_IN, constants.X_OK);
  process.env.CUSTOM_FPM_PATH = FPM_STAND_IN;
  process.env.PATH = `${dirname(PINNED_NODE)}${delimiter}${process.env.PATH}`;
}

/** Options of electron-builder.yml that this build changes. */
function configuration({ quick, updateUrl }: Pick<InstallerChoice, 'quick' | 'updateUrl'>): Configuration {
  const feed = updateFeed(updateUrl);
  return {
    directories: { output: INSTALLERS },
    ...(feed && { publish: feed }),
    ...(quick && {
      deb: { fpm: ['--deb-compression-level', QUICK_LEVEL] },
      rpm: { fpm: ['--rpm-compression-level', QUICK_LEVEL] },
    }),
  };
}

/**
 * Makes Linux installers in {@link INSTALLERS} from the packaged app.
 *
 * @returns their paths.
 * @throws {Error} when a program that makes them fails or is missing.
 */
export async function makeLinuxInstallers(choice: InstallerChoice): Promise<readonly string[]> {
  await packageApp();
  await writeLinuxFiles();
  await chooseFpm();
  const date = await sourceDate();
  if (date !== undefined) process.env.SOURCE_DATE_EPOCH = date;
  await rm(INSTALLERS, { recursive: true, force: true });
  await mkdir(INSTALLERS, { recursive: true });
  // electron-builder adds files of its own for each target; the app that is tested stays as it is.
  const app = join(INSTALLERS, 'app');
  await cp(dirname(APP), app, { recursive: true, mode: constants.COPYFILE_FICLONE });
  try {
    const made = await build({
      targets: Platform.LINUX.createTarget([...choice.targets], thisArch()),
      projectDir: ROOT,
      prepackaged: app,
      publish: 'never',
      config: configuration(choice),
    });
    return made;
  } finally {
    await rm(app, { recursive: true, force: true });
  }
}

const thisArch = () => (process.arch === 'arm64' ? Arch.arm64 : Arch.x64);

/** A universal app holds the executables of both processors, each made on a Mac of its own. */
async function expectBothExecutables(): Promise<void> {
  for (const arch of ['x64', 'arm64']) {
    const folder = join(DIST, `executable-darwin-${arch}`);
    await access(join(folder, PRODUCT.command)).catch(() => {
      throw new Error(
        `${folder} is missing: run "node build/executable.ts" on such a Mac and bring its dist/executable`,
      );
    });
  }
}

/**
 * Makes the installers of the Mac or the Windows machine that this runs on, in {@link INSTALLERS}: electron-builder
 * fetches the official Electron and its own tools, and signs with what the environment gives it.
 *
 * @returns their paths.
 */
export async function makeOwnInstallers(updateUrl: string | undefined): Promise<readonly string[]> {
  const isMac = process.platform === 'darwin';
  if (isMac) await expectBothExecutables();
  else await buildExecutable();
  await buildDesktop();
  return build({
    targets: isMac
      ? Platform.MAC.createTarget(['dmg', 'pkg'], Arch.universal)
      : Platform.WINDOWS.createTarget(['nsis', 'msi'], thisArch()),
    projectDir: ROOT,
    publish: 'never',
    config: configuration({ quick: false, updateUrl }),
  });
}
