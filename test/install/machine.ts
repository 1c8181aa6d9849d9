import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { mustRun, type RunOutcome, run } from '../../build/run.ts';
import { layersIn } from './throw-away.ts';

/** Where a package puts the app. */
export const INSTALLED = '/opt/Lanyard';
export const INSTALLED_APP = `${INSTALLED}/lanyard-desktop`;
export const INSTALLED_COMMAND = `${INSTALLED}/resources/lanyard/lanyard`;
/** The command on PATH. */
export const COMMAND = '/usr/bin/lanyard';

/** "nobody" exists everywhere and owns nothing. */
const NOBODY = 65534;
/** Runs as an ordinary person: Chromium has no sandbox for root. */
export const AS_PERSON = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
export const PERSON = NOBODY;

/** How a kind of package is installed and removed. */
export interface Installer {
  readonly kind: 'deb' | 'rpm';
  readonly file: string;
  install(): Promise<string>;
  /** The same version in the place of itself, as an upgrade. */
  upgrade(): Promise<string>;
  remove(): Promise<string>;
}

// rpm is no package manager of Debian's: it knows none of the libraries that are installed.
const RPM = ['--force-debian', '--nodeps'];

function installerOf(file: string): Installer {
  if (file.endsWith('.deb')) {
    // Nothing is forced but speed: dependencies are checked against this machine.
    const install = () => mustRun('Installing', 'dpkg', ['--force-unsafe-io', '--install', file]);
    return {
      kind: 'deb',
      file,
      install,
      upgrade: install,
      remove: () => mustRun('Removing', 'dpkg', ['--remove', 'lanyard']),
    };
  }
  return {
    kind: 'rpm',
    file,
    install: () => mustRun('Installing', 'rpm', ['--install', ...RPM, file]),
    upgrade: () => mustRun('Upgrading', 'rpm', ['--upgrade', '--force', ...RPM, file]),
    remove: () => mustRun('Removing', 'rpm', ['--erase', ...RPM, 'lanyard']),
  };
}

const layers = layersIn(process.env.LANYARD_TEST_LAYERS ?? '');

/** The installers that test/install/run.ts made. */
export const INSTALLERS: readonly Installer[] = z
  .array(z.string())
  .parse(JSON.parse(process.env.LANYARD_TEST_INSTALLERS ?? '[]'))
  .map(installerOf);

/** What package managers keep for themselves, and caches over everything that is installed. */
const BOOKKEEPING =
  /^(var\/(lib\/(dpkg|rpm)|cache|log)\/|usr\/share\/(applications\/mimeinfo\.cache|mime\/|icons\/hicolor\/icon-theme\.cache))/;

/** Files that were written to the machine since the beginning, and are there now; bookkeeping left out. */
export async function writtenFiles(): Promise<string[]> {
  const found: string[] = [];
  for (const folder of layers.folders) {
    for (const entry of await readdir(layers.written(folder), { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath, entry.name).slice(layers.written('').length + 1);
      // Devices stand for files that are gone; folders of the machine itself are there when anything in them was.
      if (entry.isCharacterDevice() || BOOKKEEPING.test(path)) continue;
      if (entry.isDirectory() && (await isFolder(layers.before(path)))) continue;
      found.push(`/${path}`);
    }
  }
  return found.sort();
}

const isFolder = (path: string) =>
  readdir(path).then(
    () => true,
    () => false,
  );

/** Processes whose program is exactly this file. */
export async function processesRunning(program: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const programs = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/exe`).catch(() => '')));
  return pids.filter((_, index) => programs[index] === program);
}

/** The environment a process was started with. */
export async function environmentOf(pid: number): Promise<Record<string, string>> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8');
  return Object.fromEntries(
    text
      .split('\0')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** Runs a command as an ordinary person. */
export function asPerson(command: readonly string[], env: NodeJS.ProcessEnv): Promise<RunOutcome> {
  const [file = '', ...args] = [...AS_PERSON, ...command];
  return run(file, args, { env });
}
