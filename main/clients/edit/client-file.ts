import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { TextProblem } from './file-problem.ts';

/** Largest file that is edited, in bytes: Claude Code keeps its history in the same file. */
export const FILE_LIMIT_BYTES = 64 * 1024 * 1024;

/** How long a writer that does not replace its file as a whole may take between emptying and filling it, in ms. */
export const SETTLE_MS = 50;

/** How often an empty or broken file is looked at until it stays as it is. */
const LOOK_LIMIT = 4;

const BYTE_ORDER_MARK = '\ufeff';

/** A client's file as it was read. */
export interface ClientFile {
  /** Where it really is; a link is followed, not replaced. */
  readonly real: string;
  readonly bytes: Buffer;
  /** SHA-256 of the bytes, in hex. */
  readonly hash: string;
  /** Permission bits. */
  readonly mode: number;
  readonly stats: BigIntStats;
  /** Sees what is written into this very file later, also after another took its place. To be closed. */
  readonly handle: FileHandle;
}

/** A text without its byte order mark, as some Windows editors leave one: not JSON, but not ours to remove. */
export interface MarkedText {
  readonly mark: string;
  readonly text: string;
}

/** SHA-256 in hex. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * The text of a file.
 *
 * @throws {TextProblem} where it is not UTF-8: bytes that are no letters would not come back out as they were.
 */
export function textOf(bytes: Buffer): MarkedText {
  if (!isUtf8(bytes)) throw new TextProblem('it is not UTF-8', { next: 'Save it as UTF-8, then try again.' });
  const text = bytes.toString('utf8');
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  return { mark, text: text.slice(mark.length) };
}

function notAFile(detail: string): TextProblem {
  return new TextProblem(detail, { next: 'Move it away, then try again.' });
}

async function openFile(real: string): Promise<ClientFile | undefined> {
  const found = await stat(real).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!found) return undefined;
  // A pipe would make us wait for whoever writes into it.
  if (!found.isFile()) throw notAFile(found.isDirectory() ? 'it is a folder' : 'it is not a file');
  const handle = await open(real, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw notAFile('it is not a file');
    if (stats.size > FILE_LIMIT_BYTES)
      throw new TextProblem('it is larger than 64 MiB', { next: 'Make it smaller, then try again.' });
    const bytes = await handle.readFile();
    return { real, bytes, hash: hashOf(bytes), mode: Number(stats.mode) & 0o777, stats, handle };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function isWhole({ bytes }: ClientFile, parse: (text: string) => unknown): boolean {
  if (bytes.length === 0) return false;
  try {
    parse(textOf(bytes).text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Opens the file at `real`; `undefined` where there is none. One that is empty or does not parse is looked at again
 * until it stays so: many programs empty their file before they fill it.
 *
 * @throws {TextProblem} for what is no file, or too large; else what the file system throws.
 */
export async function openClientFile(real: string, parse: (text: string) => unknown): Promise<ClientFile | undefined> {
  let file = await openFile(real);
  for (let look = 1; look < LOOK_LIMIT && file && !isWhole(file, parse); look += 1) {
    await setTimeout(SETTLE_MS);
    const { hash, handle } = file;
    await handle.close();
    file = await openFile(real);
    if (file?.hash === hash) break;
  }
  return file;
}
