import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

// What only some tests need, and what is large, has a package and a lock file of its own in its folder, so that the
// product's own install stays small. It is installed when it is first needed.

/** A slow line of 3 Mbit/s still fetches the largest of these packages in this time, in ms. */
const INSTALL_LIMIT_MS = 6 * 60_000;

/** What npm sets for its own scripts only; handed on to another npm, these would point it at the wrong package. */
const OF_THE_OUTER_NPM = /^(?:npm_(?:package|lifecycle|command|execpath)|npm_config_(?:local_prefix|allow_scripts)$)/i;

/** The lock alone does not say which system's programs it brought, so platform and processor are part of the stamp. */
function lockStamp(folder: string): string {
  const lock = readFileSync(join(folder, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform} ${process.arch}\n`;
}

function readStamp(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
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

function npmEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_THE_OUTER_NPM.test(name)));
}

/**
 * Installs the package in `folder` exactly as locked, unless it already is. Install scripts stay off. Returns
 * whether anything had to be installed. Works with npm 10 and 11; throws with npm's output where it failed.
 */
export async function installLocked(folder: string): Promise<boolean> {
  // `npm ci` empties node_modules first, so an install that was cut off has no stamp.
  const stamp = join(folder, 'node_modules', '.installed-lock');
  const wanted = lockStamp(folder);
  if (readStamp(stamp) === wanted) return false;
  const { command, prefix } = findNpm();
  const child = spawn(command, [...prefix, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    env: npmEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: INSTALL_LIMIT_MS,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`npm ci in ${folder} failed:\n${output}`);
  writeFileSync(stamp, wanted);
  return true;
}
