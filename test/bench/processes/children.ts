import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

// Every process that the bench starts is started here, so that none outlives it.

/** How long a process that was asked to end may take, in ms; the agent's own limit is 3 s. */
const END_GRACE_MS = 5_000;

/** Where a child leads a process group of its own, a signal to the group reaches what the child started too. */
const HAS_GROUPS = process.platform !== 'win32';

const running = new Set<ChildProcess>();

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (HAS_GROUPS) process.kill(-child.pid, name);
    else child.kill(name);
  } catch {
    // ESRCH: all of it has ended already.
  }
}

/** Starts a program, with a process group of its own. Nothing of our environment is handed on. */
export function startChild(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { readonly env: NodeJS.ProcessEnv },
): ChildProcess {
  const child = spawn(command, [...args], { ...options, detached: HAS_GROUPS });
  running.add(child);
  child.once('exit', () => running.delete(child));
  // It has no process id then, and whoever waits for it to say something hears of its end.
  child.once('error', () => running.delete(child));
  return child;
}

/** Asks a child to end, insists after a grace, and resolves once it has ended. Harmless when it has. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (!running.has(child)) return;
  const ended = once(child, 'exit');
  const insist = setTimeout(() => signal(child, 'SIGKILL'), END_GRACE_MS);
  signal(child, 'SIGTERM');
  await ended;
  clearTimeout(insist);
}

/** Ends at once, without grace, every child that still runs: for the way out of the process. */
export function killAllChildren(): void {
  for (const child of running) signal(child, 'SIGKILL');
}
