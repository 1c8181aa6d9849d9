import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { buildDemoCompany, DEMO_SOURCES } from './demo-company.ts';
import { fingerprint, isUpToDate, rememberMade } from './fingerprint.ts';
import { DIST, PINNED_NODE, ROOT } from './paths.ts';
import { mustRun } from './run.ts';
import { script } from './script.ts';

/** Main process, preload and page of the app, and its demo company, bundled. */
export const DESKTOP_FOLDER = join(DIST, 'desktop');

const STAMP = join(DIST, '.desktop');
const SOURCES = [
  'main/desktop',
  'renderer',
  'shared',
  ...DEMO_SOURCES,
  'electron.vite.config.ts',
  'tsconfig.json',
  'package-lock.json',
];

/** Bundles the desktop app's parts, unless they were made from the same sources. */
export async function buildDesktop(): Promise<'made' | 'up to date'> {
  const print = await fingerprint(SOURCES.map((path) => join(ROOT, path)));
  if (await isUpToDate(STAMP, print)) return 'up to date';
  const electronVite = dirname(createRequire(import.meta.url).resolve('electron-vite/package.json'));
  const program = join(electronVite, 'bin', 'electron-vite.js');
  await mustRun('Bundling the desktop app', PINNED_NODE, [program, 'build'], { cwd: ROOT });
  await buildDemoCompany(join(DESKTOP_FOLDER, 'demo'));
  await rememberMade(STAMP, print);
  return 'made';
}

if (import.meta.main) await script(async () => console.log(`${DESKTOP_FOLDER}: ${await buildDesktop()}`));
