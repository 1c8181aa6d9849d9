import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runChild } from './children.ts';

// The clients are large, so they have a package and a lock file of their own and are installed when first needed.
// Their install scripts stay off (.npmrc): what we start is found without them.

/** The folder of this package. */
export const CLIENTS_FOLDER = import.meta.dirname;

/** About 130 MB are fetched; a slow line of 3 Mbit/s still ends in this time, in milliseconds. */
const INSTALL_LIMIT_MS = 6 * 60_000;

/** Says which lock the installed folder belongs to. `npm ci` empties the folder first, so a half install has none. */
const STAMP = join(CLIENTS_FOLDER, 'node_modules', '.installed-lock');

/** What npm sets for its own scripts only; handed on to another npm, these would point it at the wrong package. */
const OF_THE_OUTER_NPM = /^(?:npm_(?:package|lifecycle|command|execpath)|npm_config_(?:local_prefix|allow_scripts)$)/i;

/**
 * Installs the clients exactly as locked, unless they already are. Returns whether anything had to be installed.
 * Works with npm 10 and 11; throws with npm's output where it failed.
 */
export async function installClients(): Promise<boolean> {
  const wanted = lockStamp();
  if (readStamp() === wanted) return false;
  const { command, prefix } = findNpm();
  const args = [...prefix, 'ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const options = { cwd: CLIENTS_FOLDER, env: npmEnvironment(), timeLimitMs: INSTALL_LIMIT_MS };
  const { exitCode, stdout, stderr } = await runChild(command, args, options);
  if (exitCode !== 0) throw new Error(`npm ci in ${CLIENTS_FOLDER} failed:\n${stdout}\n${stderr}`);
  writeFileSync(STAMP, wanted);
  return true;
}

/** The lock alone does not say which system's programs it brought, so platform and processor are part of the stamp. */
function lockStamp(): string {
  const lock = readFileSync(join(CLIENTS_FOLDER, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform} ${process.arch}\n`;
}

function readStamp(): string | undefined {
  try {
    return readFileSync(STAMP, 'utf8');
  } catch {
    return undefined;
  }
}

/** The npm that runs us, else the one on the path. */
function findNpm(): { readonly command: string; readonly prefix: readonly string[] } {
  const outer = process.env.npm_execpath;
  // pnpm and yarn set the same variable; they cannot read our lock file.
  if (outer !== undefined && basename(outer) === 'npm-cli.js') return { command: process.execPath, prefix: [outer] };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', prefix: [] };
}

/** Registry, proxy and cache settings are the person's own, so unlike the tests' children npm inherits them. */
function npmEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => !OF_THE_OUTER_NPM.test(name));
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
