import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

// Everything these tests start goes through here: own process group, time limit, end by its own id. Nothing is on stdin
// unless a child is talked to.

/** What is started, where, and with which environment (nothing is inherited). */
export interface ChildOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The child's group is ended after this many milliseconds. */
  readonly timeLimitMs: number;
  /** Whether {@link Child.say} is used; otherwise the child finds stdin at its end. */
  readonly isTalkedTo?: boolean;
}

/** A child that ended by itself. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  /** Whether something it had started outlived it by the grace and had to be ended. Always false on Windows. */
  readonly leftBehind: boolean;
}

/** A child that is running. */
export interface Child {
  readonly pid: number;
  /** What it wrote to stdout so far. */
  stdout(): string;
  /** What it wrote to stderr so far. */
  stderr(): string;
  /** Settles when the child has ended; rejects where its time limit ended it or it could not be started. */
  readonly ended: Promise<Ended>;
  /** Writes one line to its stdin. */
  say(line: string): void;
  /** Tells each whole line of stdout from now on, without its end. */
  onLine(listener: (line: string) => void): void;
  /** Resolves to the first match in stdout; rejects, with all output, if the child ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Asks it to end, insists after a grace, and resolves once it has ended. Harmless when it has. */
  end(): Promise<void>;
}

/** How long a child that was asked to end may take, in milliseconds; the agent closes its listeners in this time. */
const END_GRACE_MS = 5_000;

/** How often we look whether a group has ended, in milliseconds. */
const GROUP_POLL_MS = 20;

/** More output than this of one stream is a fault: the longest we know (claude's stream) is under 100 KB. */
const OUTPUT_LIMIT_CHARACTERS = 10_000_000;

/** Where a child leads a process group of its own, a signal to the group reaches what the child started too. */
const HAS_GROUPS = process.platform !== 'win32';

const running = new Set<ChildProcess>();

/** Starts a child. Output is collected, not shown. */
export function startChild(command: string, args: readonly string[], options: ChildOptions): Child {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    detached: HAS_GROUPS,
    stdio: [options.isTalkedTo ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });
  // Whoever ends while we write to it makes itself known by its end.
  child.stdin?.on('error', () => undefined);
  const output = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = name === 'stdout' ? child.stdout : child.stderr;
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => {
      output[name] += text;
      if (output[name].length > OUTPUT_LIMIT_CHARACTERS) signalGroup(child, 'SIGKILL');
      for (const look of watchers) look();
    });
  }
  const told = () => `${command} ${args.join(' ')}\n--- stdout\n${output.stdout}\n--- stderr\n${output.stderr}`;
  const ended = settle(child, options.timeLimitMs, told).then((rest) => ({ ...output, ...rest }));
  // Whoever started it may look at `ended` later or never; that alone must not end the run.
  ended.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    ended,
    say: (line) => {
      if (!child.stdin) throw new Error('Its stdin is closed from the start');
      child.stdin.write(`${line}\n`);
    },
    onLine: (listener) => {
      if (!child.stdout) throw new Error('Its stdout is a pipe');
      createInterface({ input: child.stdout }).on('line', listener);
    },
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output.stdout);
          if (!match) return;
          watchers.delete(look);
          resolve(match);
        };
        watchers.add(look);
        look();
        ended.then(
          () => reject(new Error(`Ended without printing ${pattern}: ${told()}`)),
          (error: unknown) => reject(error),
        );
      }),
    end: () => endChild(child, ended),
  };
}

/** Starts a child and waits for its end. Rejects, with its output, where it took too long. */
export function runChild(command: string, args: readonly string[], options: ChildOptions): Promise<Ended> {
  return startChild(command, args, options).ended;
}

/** Ends at once, without grace, every child that still runs: for the way out of the process. */
export function killAllChildren(): void {
  for (const child of running) signalGroup(child, 'SIGKILL');
}

async function settle(
  child: ChildProcess,
  timeLimitMs: number,
  told: () => string,
): Promise<Pick<Ended, 'exitCode' | 'leftBehind'>> {
  running.add(child);
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    signalGroup(child, 'SIGKILL');
  }, timeLimitMs);
  try {
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (error) => reject(new Error(`Could not be started (${error.message}): ${told()}`)));
      child.once('exit', resolve);
    });
    const leftBehind = await endRestOfGroup(child);
    // Only now: whatever the child left behind may have held its end of our pipes.
    await closed;
    if (late) throw new Error(`Took longer than ${timeLimitMs} ms: ${told()}`);
    return { exitCode, leftBehind };
  } finally {
    clearTimeout(limit);
    running.delete(child);
  }
}

/** Waits for the rest of an ended child's group, then insists. A group's id is not given away while a member lives. */
async function endRestOfGroup(child: ChildProcess): Promise<boolean> {
  if (!HAS_GROUPS) return false;
  for (const until = Date.now() + END_GRACE_MS; Date.now() < until; await delay(GROUP_POLL_MS))
    if (!signalGroup(child, 0)) return false;
  return signalGroup(child, 'SIGKILL');
}

async function endChild(child: ChildProcess, ended: Promise<Ended>): Promise<void> {
  const insist = setTimeout(() => signalGroup(child, 'SIGKILL'), END_GRACE_MS);
  // Whoever is talked to ends with the talk, as at the end of a real one; the others need a signal.
  if (child.stdin) child.stdin.end();
  else if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  await ended.catch(() => undefined);
  clearTimeout(insist);
}

/** Whether there was anything to signal. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    return HAS_GROUPS ? process.kill(-child.pid, signal) : child.kill(signal);
  } catch {
    // ESRCH: the whole group has ended already.
    return false;
  }
}
