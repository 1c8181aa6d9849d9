import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PINNED_NODE, ROOT } from '../../build/paths.ts';
import { isAgentRunning } from '../../shared/agent-process.ts';
import { type AgentState, agentStateSchema } from '../../shared/local-api.ts';
import { callLocal } from '../../shared/local-client.ts';
import { type LocalPaths, localPaths } from '../../shared/paths.ts';

/** How the demo starts the program: the development bundle under the project's own Node. */
export const PROGRAM = { file: PINNED_NODE, args: [join(ROOT, 'dist', 'lanyard.cjs')] } as const;

/** How long an agent that was asked to stop may take, in ms; its own limit is 3 s. */
const STOP_LIMIT_MS = 6_000;

/** An agent that belongs to the demo. */
export interface DemoAgent {
  readonly paths: LocalPaths;
  /** Its flag, where this machine has no usable keychain. */
  readonly insecureFileKey: boolean;
  state(): Promise<AgentState>;
  /** Settles when the agent has ended, by itself or not. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

function start(home: string, policyFile: string, flags: readonly string[]): ChildProcess {
  return spawn(PROGRAM.file, [...PROGRAM.args, 'agent', '--policy', policyFile, ...flags], {
    stdio: ['ignore', 'inherit', 'inherit'],
    // In a group of its own: Ctrl+C is for the demo, which first takes back what it made.
    detached: true,
    env: { ...process.env, HOME: home },
  });
}

async function untilReady(child: ChildProcess, paths: LocalPaths): Promise<void> {
  while (!(await isAgentRunning(paths))) {
    if (child.exitCode !== null) throw new Error(`The agent ended with code ${child.exitCode}; see above.`);
    await sleep(25);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(timer);
}

/**
 * Starts an agent for the demo in this terminal. Where the machine has no keychain that works, it says so and starts
 * it with its key in a plain file; never otherwise.
 *
 * @throws when an agent of this person is running already: it has another policy.
 */
export async function startDemoAgent(
  home: string,
  policyFile: string,
  say: (text: string) => void,
): Promise<DemoAgent> {
  const paths = localPaths(home);
  if (await isAgentRunning(paths))
    throw new Error('An agent of yours is running already. Stop it (Ctrl+C where it runs), then start the demo again.');
  const state = () => callLocal(paths, { method: 'GET', path: '/state', answer: agentStateSchema });
  const open = async (flags: readonly string[]) => {
    const child = start(home, policyFile, flags);
    await untilReady(child, paths);
    return child;
  };
  let insecureFileKey = false;
  let child = await open([]);
  const { vault } = await state();
  if (vault.problem) {
    say(`This machine has no keychain the demo can use (${vault.problem.code}). For the demo alone, the key of the vault
lies in a plain file: the agent is started again with --insecure-file-key, and every status will show it.\n`);
    await stop(child);
    insecureFileKey = true;
    child = await open(['--insecure-file-key']);
  }
  return {
    paths,
    insecureFileKey,
    state,
    ended: once(child, 'exit').then(() => {}),
    stop: () => stop(child),
  };
}
