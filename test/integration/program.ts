import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

// The program as people and clients start it: a process of its own, that knows nothing but its home folder.

/** The program's first file. */
export const PROGRAM: string = join(import.meta.dirname, '..', '..', 'main', 'lanyard.ts');

/** A process that has ended. */
export interface Ended {
  /** `null` where a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that was started. */
export interface Child {
  readonly pid: number;
  readonly process: ChildProcess;
  readonly stdin: Writable;
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<Ended>;
  /** Resolves with the first match in the output; rejects, with all of it, when the process ends before. */
  printed(pattern: RegExp, where?: 'stdout' | 'stderr'): Promise<RegExpExecArray>;
  /** Asks it to end and waits until it has. */
  end(signal?: NodeJS.Signals): Promise<Ended>;
}

/** What a process gets to see. */
export interface Surroundings {
  readonly home: string;
  /** Besides `HOME` and `PATH`, which is all that there is otherwise. */
  readonly env?: Readonly<Record<string, string>>;
}

const running = new Set<Child>();

/** Starts any program with hardly any environment. */
export function startChild(file: string, args: readonly string[], { home, env }: Surroundings): Child {
  const child = spawn(file, [...args], {
    env: { HOME: home, PATH: process.env.PATH ?? '', ...env },
    cwd: home,
    // A group of its own, so that whatever it starts can be ended with it.
    detached: true,
  });
  const output = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const look of watchers) look();
    });
  // Writing to a process that has just ended is nobody's fault.
  child.stdin.on('error', () => {});
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, ...output }));
  });
  const started: Child = {
    pid: child.pid ?? 0,
    process: child,
    stdin: child.stdin,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    ended,
    printed: (pattern, where = 'stdout') =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output[where]);
          if (!match) return;
          watchers.delete(look);
          resolve(match);
        };
        watchers.add(look);
        look();
        const told = () => new Error(`Ended without ${pattern}\n${output.stdout}\n${output.stderr}`);
        ended.then(() => reject(told()), reject);
      }),
    end: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
  running.add(started);
  void ended.finally(() => running.delete(started)).catch(() => {});
  return started;
}

/** Starts `lanyard` with these arguments. */
export function startProgram(args: readonly string[], surroundings: Surroundings): Child {
  return startChild(process.execPath, [PROGRAM, ...args], surroundings);
}

/** Runs `lanyard` with these arguments and nothing on its stdin. */
export function runProgram(args: readonly string[], surroundings: Surroundings): Promise<Ended> {
  const child = startProgram(args, surroundings);
  child.stdin.end();
  return child.ended;
}

/** Ends at once whatever a test has left running, with everything that it started itself. */
export async function endAllChildren(): Promise<void> {
  await Promise.all(
    [...running].map(({ pid, ended }) => {
      process.kill(-pid, 'SIGKILL');
      return ended;
    }),
  );
}
