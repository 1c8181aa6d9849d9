import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import type { LogEntry } from './log.ts';

/** So much of a log file's end is read, in bytes: a few hundred lines have a third of it. */
const TAIL_BYTES = 256 * 1024;

const lineSchema = z.object({
  time: z.iso.datetime(),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  event: z.string().max(100),
});

const fieldsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

/** An entry from its line in the file; `undefined` where it is not one, as after a power cut. */
export function parseLogLine(line: string): LogEntry | undefined {
  try {
    const { time, level, event, ...rest } = JSON.parse(line) as Record<string, unknown>;
    return { ...lineSchema.parse({ time, level, event }), fields: fieldsSchema.parse(rest) };
  } catch {
    return undefined;
  }
}

async function readEnd(path: string): Promise<string> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const text = buffer.toString('utf8', 0, bytesRead);
    // A line that begins before what was read is none.
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } catch {
    return '';
  } finally {
    await file.close();
  }
}

async function entriesIn(path: string, limit: number): Promise<LogEntry[]> {
  const lines = (await readEnd(path)).split('\n').filter((line) => line !== '');
  return lines.slice(-limit).flatMap((line) => parseLogLine(line) ?? []);
}

/**
 * The last entries of a log file, oldest first, and where it is short, of the one before it (see `fileSink`). Never
 * throws: a log that cannot be read has none.
 */
export async function readLogTail(path: string, limit: number): Promise<readonly LogEntry[]> {
  const newest = await entriesIn(path, limit);
  if (newest.length >= limit) return newest;
  return [...(await entriesIn(`${path}.1`, limit - newest.length)), ...newest];
}
