import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { LanyardError } from './errors.ts';
import { connectLocal } from './local-connection.ts';
import type { LocalPaths } from './paths.ts';

/** An agent is ready well within this, also on a laptop that is just booting. */
const START_TIMEOUT_MS = 15_000;
/** Between two looks at the socket: short against the agent's start, long against a connection attempt. */
const POLL_MS = 25;

/**
 * How the administrator's sentence of an agent ends that found no policy at all, neither a managed one nor one that was
 * given. The face reads it: then, and only then, it offers its demo.
 */
export const NO_POLICY = 'and no --policy FILE was given.';

/** How the agent is started: an absolute path, and every argument (`agent` and its options among them). */
export interface AgentCommand {
  readonly file: string;
  readonly args: readonly string[];
}

/** Whether an agent of this person answers and proves itself. Any other fault than "not running" is thrown. */
export async function isAgentRunning(paths: LocalPaths): Promise<boolean> {
  try {
    (await connectLocal(paths)).destroy();
    return true;
  } catch (error) {
    if (error instanceof LanyardError && error.code === 'agent-not-running') return false;
    throw error;
  }
}

/**
 * Finds the person's agent or starts one as a process of its own that outlives us, and waits until it answers.
 * Two callers at once are harmless: the second agent finds the first one's socket and leaves.
 *
 * @throws {LanyardError} `agent-not-running` when the agent ends or does not answer in time.
 */
export async function ensureAgent(paths: LocalPaths, command: AgentCommand): Promise<'found' | 'started'> {
  if (await isAgentRunning(paths)) return 'found';
  const child = spawn(command.file, [...command.args], { detached: true, stdio: 'ignore', windowsHide: true });
  let ended: number | null | undefined;
  child.once('exit', (code) => {
    ended = code;
  });
  child.once('error', () => {
    ended = null;
  });
  child.unref();
  for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS; waitedMs += POLL_MS) {
    if (await isAgentRunning(paths)) return 'started';
    if (ended !== undefined && ended !== 0) break;
    await sleep(POLL_MS);
  }
  throw new LanyardError({
    code: 'agent-not-running',
    user: 'Lanyard could not be started. Run "lanyard agent" in a terminal to see why.',
    administrator: `The agent ${ended === undefined ? 'did not answer in time' : `ended with code ${ended}`}; see ${paths.log}.`,
  });
}
