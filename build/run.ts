import { spawn } from 'node:child_process';

/** How {@link run} treats the program. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Killed after this many milliseconds. */
  readonly timeoutMs?: number;
}

/** What came of a program. */
export interface RunOutcome {
  /** Exit code; null when it was killed or could not be started. */
  readonly code: number | null;
  /** Standard output and error as they came. */
  readonly output: string;
}

/** Runs a program without input and keeps what it prints, for the case that it fails. Never throws. */
export function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunOutcome> {
  const { cwd, env, timeoutMs } = options;
  return new Promise((resolve) => {
    const child = spawn(file, [...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd && { cwd }),
      ...(env && { env }),
      ...(timeoutMs && { timeout: timeoutMs, killSignal: 'SIGKILL' as const }),
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (error) => resolve({ code: null, output: error.message }));
    child.once('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString('utf8') }));
  });
}

/**
 * Runs a program that must succeed; gives its output.
 *
 * @throws {Error} with `what` and everything the program printed.
 */
export async function mustRun(
  what: string,
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, output } = await run(file, args, options);
  if (code !== 0)
    throw new Error(`${what} failed (${code === null ? 'not ended by itself' : `code ${code}`}):\n${output}`);
  return output;
}
