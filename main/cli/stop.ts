import { setTimeout as sleep } from 'node:timers/promises';
import { isAgentRunning } from '../../shared/agent-process.ts';
import { LanyardError } from '../../shared/errors.ts';
import { agentStateSchema } from '../../shared/local-api.ts';
import { callLocal } from '../../shared/local-client.ts';
import type { CliContext } from './context.ts';

/** An agent that closes waits for what is on its way, 6 s at most; after that it is ended by force. In ms. */
const STOP_LIMIT_MS = 10_000;

/** How often is looked whether it has gone, in ms. */
const LOOK_EVERY_MS = 100;

function stillRunning(pid: number): LanyardError {
  return new LanyardError({
    code: 'agent-still-running',
    user: 'Lanyard did not end, or something started it again. End the apps that use it and try again.',
    administrator: `An agent still answers ${STOP_LIMIT_MS / 1000} s after process ${pid} was told to stop.`,
  });
}

/** Whether the process is there: only then has it let its files go, which an uninstaller waits for. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/**
 * `lanyard stop`: ends the agent and waits until it is gone. That none is running is what was wanted.
 *
 * @throws {LanyardError} `agent-still-running`.
 */
export async function stop({ paths, out }: CliContext): Promise<void> {
  if (!(await isAgentRunning(paths))) return out('Lanyard is not running.\n');
  const { agent } = await callLocal(paths, { method: 'POST', path: '/stop', answer: agentStateSchema });
  const until = Date.now() + STOP_LIMIT_MS;
  while (isAlive(agent.pid) || (await isAgentRunning(paths))) {
    if (Date.now() > until) throw stillRunning(agent.pid);
    await sleep(LOOK_EVERY_MS);
  }
  out(
    'Lanyard has ended. Apps reach no server until it runs again. The Lanyard app, where it is open, starts it again.\n',
  );
}
