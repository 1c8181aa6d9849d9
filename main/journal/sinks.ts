import { createWriteStream, existsSync, openSync, renameSync, statSync, type WriteStream } from 'node:fs';
import type { LogEntry, LogSink } from './log.ts';

/** A log file is turned over at this size, in bytes; one older file is kept. Weeks of a normal laptop's use. */
const FILE_LIMIT_BYTES = 5 * 1024 * 1024;

/**
 * How long a `debug` line may wait for company, in ms. Every call writes one: to the disk in twos and threes they
 * would cost more than the calls. A crash may lose the last of them; lines that matter more go out at once.
 */
const GATHER_MS = 100;

/** So much is written at once even before that, in characters. */
const GATHER_LIMIT = 64 * 1024;

function openFile(path: string): WriteStream {
  const options = { flags: 'a', mode: 0o600 };
  let stream: WriteStream;
  try {
    // Opened at once: lines that wait to be written then follow the file when it is turned over.
    stream = createWriteStream(path, { ...options, fd: openSync(path, 'a', options.mode) });
  } catch {
    stream = createWriteStream(path, options);
  }
  // A full disk must not end the agent; the terminal and the window still show what matters.
  stream.on('error', () => {});
  return stream;
}

const endOf = (stream: WriteStream) => new Promise<void>((resolve) => stream.end(() => resolve()));

/** JSON lines in `path` (0600), turned over to `path.1` when it grows too large. */
export function fileSink(path: string): LogSink {
  let size = existsSync(path) ? statSync(path).size : 0;
  let stream = openFile(path);
  let older: Promise<void> = Promise.resolve();
  let gathering: NodeJS.Timeout | undefined;
  let gathered = '';
  const release = () => {
    clearTimeout(gathering);
    gathering = undefined;
    if (gathered === '') return;
    // A failed write ends a stream for good; the disk may have room again.
    if (stream.destroyed) stream = openFile(path);
    stream.write(gathered);
    gathered = '';
  };
  const turnOver = () => {
    release();
    older = endOf(stream);
    try {
      renameSync(path, `${path}.1`);
    } catch {
      // Keeps appending to the same file: losing lines would be worse than a large file.
    }
    stream = openFile(path);
    size = 0;
  };
  return {
    write: ({ time, level, event, fields }) => {
      const line = `${JSON.stringify({ time, level, event, ...fields })}\n`;
      size += Buffer.byteLength(line);
      if (size > FILE_LIMIT_BYTES) turnOver();
      // One write for many lines: each by itself would cost a stream more than the line.
      gathered += line;
      if (level !== 'debug' || gathered.length >= GATHER_LIMIT) release();
      else gathering ??= setTimeout(release, GATHER_MS).unref();
    },
    close: async () => {
      release();
      await Promise.all([older, endOf(stream)]);
    },
  };
}

const SIGN = { debug: ' ', info: '·', warn: '!', error: '✗' } as const;

// JSON escapes line ends and ESC but neither DEL nor C1, with which a text from outside could steer the terminal too.
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /\p{Cc}/gu,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** One line as a person reads it: `12:04:31 · grant-ready server=notes expiresInSeconds=300`. */
export function formatForTerminal({ time, level, event, fields }: LogEntry): string {
  const words = Object.entries(fields).map(([name, value]) => {
    const text = String(value);
    return `${name}=${/[\s"=\p{Cc}]/u.test(text) ? quote(text) : text}`;
  });
  return [time.slice(11, 19), SIGN[level], event, ...words].join(' ');
}

/** Lines for a person on a terminal, without `debug`. */
export function terminalSink(output: { write(text: string): unknown }): LogSink {
  return {
    write: (entry) => {
      if (entry.level !== 'debug') output.write(`${formatForTerminal(entry)}\n`);
    },
    close: async () => {},
  };
}
