import { chmod, copyFile, cp, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PRODUCT } from '../shared/product.ts';
import { BUNDLE_ENTRY, type Bundle, bundle } from './bundle.ts';
import { fingerprint, isUpToDate, rememberMade } from './fingerprint.ts';
import { collectNotices, packageFolders } from './notices.ts';
import { DIST, PINNED_NODE, ROOT } from './paths.ts';
import { mustRun, run } from './run.ts';
import { script } from './script.ts';

/** Where Node looks for the program; the first half of the name is Node's, the second a fixed number. */
const SENTINEL_FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
/** Name of the section (ELF note, Mach-O section, PE resource) that holds the program. */
const BLOB = 'NODE_SEA_BLOB';

/** The folder that is shipped: the executable, and its add-on where the executable looks for it. */
const EXECUTABLE_FOLDER = join(DIST, 'executable');

/** The single-executable build of Node 24 with the whole program in it. */
export const EXECUTABLE = join(
  EXECUTABLE_FOLDER,
  process.platform === 'win32' ? `${PRODUCT.command}.exe` : PRODUCT.command,
);

/** Holds a hash of everything that {@link EXECUTABLE} was made from. */
export const EXECUTABLE_STAMP = join(DIST, '.executable');
const require = createRequire(import.meta.url);

/** Fields as in "Single executable applications" of Node's manual. */
function seaConfig(made: Bundle, blob: string) {
  return {
    main: join(ROOT, 'build', 'sea-main.cjs'),
    output: blob,
    disableExperimentalSEAWarning: true,
    // Measured: no gain, since the first script is tiny; and the cache ties the blob to one CPU.
    useCodeCache: false,
    // A program that holds the company's sign-in takes no orders from its surroundings: not NODE_OPTIONS, not
    // --inspect, and no debugger that is woken by a signal.
    execArgv: ['--disable-sigusr1'],
    execArgvExtension: 'none',
    assets: Object.fromEntries(made.files.map((name) => [name, join(made.folder, name)])),
  };
}

/** Only what the program loads: keytar ships the add-on for every platform, and sources. */
async function copyKeytar(to: string): Promise<void> {
  const from = dirname(require.resolve('keytar/package.json'));
  const folder = join(to, 'node_modules', 'keytar');
  const addOn = join('prebuilds', `${process.platform}-${process.arch}`);
  for (const name of ['package.json', 'LICENSE.md', 'lib', addOn]) {
    await cp(join(from, name), join(folder, name), { recursive: true });
  }
}

/** The bundle's packages, and the two things that are in no bundle: the add-on, and Node with all that it contains. */
async function noticesOf(made: Bundle): Promise<string> {
  const node = dirname(dirname(await realpath(PINNED_NODE)));
  const keytar = dirname(require.resolve('keytar/package.json'));
  const bundled = packageFolders(made.inputs).map((folder) => join(ROOT, folder));
  const legal = await readFile(join(made.folder, `${BUNDLE_ENTRY}.LEGAL.txt`), 'utf8');
  return `${await collectNotices([...bundled, keytar, node])}\n${legal}`;
}

async function inject(executable: string, blob: string): Promise<void> {
  const mac = process.platform === 'darwin';
  // Node's own signature would no longer fit; an unsigned program does not start on Apple Silicon.
  if (mac) await mustRun('Removing the signature', 'codesign', ['--remove-signature', executable]);
  const args = [executable, BLOB, blob, '--sentinel-fuse', SENTINEL_FUSE];
  if (mac) args.push('--macho-segment-name', 'NODE_SEA');
  // In a process of its own: it prints a warning for every section it does not know, of use only when it fails.
  await mustRun('Putting the program into Node', PINNED_NODE, [require.resolve('postject/dist/cli.js'), ...args]);
  if (mac) await mustRun('Signing', 'codesign', ['--sign', '-', executable]);
}

/** Older versions of Node 24 silently ignore `execArgvExtension`; what they make must not be shipped. */
async function checkThatOptionsAreRefused(executable: string): Promise<void> {
  const env = { ...process.env, NODE_OPTIONS: '--no-such-option' };
  const { code, output } = await run(executable, ['--version'], { env });
  if (code !== 0) throw new Error(`The executable must run and ignore NODE_OPTIONS (code ${code}):\n${output}`);
}

/**
 * Makes the `lanyard` executable of this platform from the bundle and the pinned Node, unless the one that is there
 * was made from the same.
 */
export async function buildExecutable(): Promise<'made' | 'up to date'> {
  const made = await bundle();
  const parts = made.files.map((name) => join(made.folder, name));
  const recipe = ['executable.ts', 'notices.ts', 'sea-main.cjs'].map((name) => join(ROOT, 'build', name));
  const node = await mustRun('The pinned Node', PINNED_NODE, [
    '-p',
    'process.version + process.platform + process.arch',
  ]);
  const keytar = await readFile(require.resolve('keytar/package.json'), 'utf8');
  const print = await fingerprint([...parts, ...recipe], [node, keytar]);
  if (await isUpToDate(EXECUTABLE_STAMP, print)) return 'up to date';

  const folder = `${EXECUTABLE_FOLDER}.${process.pid}`;
  const executable = join(folder, EXECUTABLE.slice(EXECUTABLE_FOLDER.length + 1));
  const config = join(folder, 'sea.json');
  const blob = join(folder, 'sea.blob');
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(config, JSON.stringify(seaConfig(made, blob)));
    await mustRun('Making the blob', PINNED_NODE, ['--experimental-sea-config', config]);
    await copyFile(PINNED_NODE, executable);
    await chmod(executable, 0o755);
    await inject(executable, blob);
    await rm(config);
    await rm(blob);
    await copyKeytar(folder);
    await writeFile(join(folder, 'THIRD-PARTY.txt'), await noticesOf(made));
    await checkThatOptionsAreRefused(executable);
    await rm(EXECUTABLE_STAMP, { force: true });
    await rm(EXECUTABLE_FOLDER, { recursive: true, force: true });
    await rename(folder, EXECUTABLE_FOLDER);
    await rememberMade(EXECUTABLE_STAMP, print);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return 'made';
}

if (import.meta.main) await script(async () => console.log(`${EXECUTABLE}: ${await buildExecutable()}`));
