import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** What opening something gives that is no file, or no more: nothing, a socket, a folder. */
const NO_FILE: ReadonlySet<string> = new Set(['ENOENT', 'ENXIO', 'EISDIR']);

function openNow(path: string): number | undefined {
  try {
    // A pipe would make us wait for whoever writes into it, and the whole agent with us.
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (NO_FILE.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/**
 * Whether a file with exactly these bytes is at `path` now; not so where it is no file, or is gone. Without a pause,
 * and never waiting: anybody who may write into the folder may put anything there. A file of another size is not read.
 *
 * @throws what the file system throws otherwise.
 */
export function holdsBytes(path: string, expected: Buffer): boolean {
  const descriptor = openNow(path);
  if (descriptor === undefined) return false;
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size !== expected.length) return false;
    const bytes = Buffer.alloc(expected.length);
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(descriptor, bytes, length, bytes.length - length, length);
      if (count === 0) return false;
      length += count;
    }
    return bytes.equals(expected);
  } finally {
    closeSync(descriptor);
  }
}
