import { access, constants, cp, mkdir, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { Arch, build, type Configuration, Platform } from 'electron-builder';
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
function configuration({ quick, updateUrl }: InstallerChoice): Configuration {
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
      targets: Platform.LINUX.createTarget([...choice.targets], process.arch === 'arm64' ? Arch.arm64 : Arch.x64),
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
