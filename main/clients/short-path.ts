import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** The command processor answers at once; one that hangs must not hold up connecting, in ms. */
const ANSWER_LIMIT_MS = 2_000;

/** A drive, then names in what 8.3 names are made of: ASCII, no white space, nothing with a meaning on command lines. */
const SHORT_PATH = /^[A-Za-z]:(?:\\[\w!#$'()@`{}~.-]+)+$/;

/** The path in what the command processor printed; `undefined` where the disk keeps no short names. */
export function readShortPath(printed: string): string | undefined {
  const path = printed.trim();
  return SHORT_PATH.test(path) ? path : undefined;
}

/**
 * The short (8.3) name of a file on Windows, such as `C:\PROGRA~1\Lanyard\lanyard.exe`. The path goes into the
 * environment, not into the command's text: `%…%` is replaced once, and inside quotes nothing else has a meaning.
 *
 * @returns `undefined` where the disk keeps no such names, or the system does not say.
 */
export function shortPath(file: string): Promise<string | undefined> {
  const root = process.env.SystemRoot ?? 'C:\\Windows';
  const question = 'for %I in ("%LANYARD_FILE%") do @echo %~sI';
  return new Promise((resolve) => {
    execFile(
      join(root, 'System32', 'cmd.exe'),
      ['/d', '/v:off', '/c', question],
      {
        env: { SystemRoot: root, LANYARD_FILE: file },
        timeout: ANSWER_LIMIT_MS,
        windowsHide: true,
        windowsVerbatimArguments: true,
      },
      (error, printed) => resolve(error ? undefined : readShortPath(printed)),
    );
  });
}
