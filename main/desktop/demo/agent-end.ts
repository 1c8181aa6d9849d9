import { setTimeout as sleep } from 'node:timers/promises';
import { LanyardError } from '../../../shared/errors.ts';
import { type AgentState, agentStateSchema } from '../../../shared/local-api.ts';
import type { LocalCall } from '../../../shared/local-client.ts';

/** An agent takes 6 s at most for its end. */
const END_LIMIT_MS = 8_000;
const POLL_MS = 25;

/** What the end of an agent needs from outside. */
export interface EndDeps {
  call<T>(call: LocalCall<T>): Promise<T>;
  /** As `process.kill`. */
  kill(pid: number, signal: NodeJS.Signals | 0): unknown;
}

function isThere({ kill }: EndDeps, pid: number): boolean {
  try {
    kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The agent's state as it is now; the one that is known where it does not answer. */
export function presentState({ call }: EndDeps, known: AgentState): Promise<AgentState> {
  return call({ method: 'GET', path: '/state', answer: agentStateSchema }).catch(() => known);
}

/**
 * Takes the entries of these clients out of their files; gives the first error, after all of them. An agent that is gone
 * by itself meanwhile has done it.
 */
export async function disconnectClients({ call }: EndDeps, clients: readonly { readonly id: string }[]) {
  let first: unknown;
  for (const { id } of clients)
    await call({ method: 'DELETE', path: `/clients/${id}`, answer: agentStateSchema }).catch((error: unknown) => {
      if (!(error instanceof LanyardError && error.code === 'agent-not-running')) first ??= error;
    });
  return first;
}

/**
 * Asks an agent to end and waits until it is gone, so that what it writes at its end is written. One that does not
 * answer, or takes too long, is ended.
 */
export async function endAgent(deps: EndDeps, { agent: { pid } }: AgentState): Promise<void> {
  if (!isThere(deps, pid)) return;
  await deps
    .call({ method: 'POST', path: '/stop', answer: agentStateSchema })
    .catch(() => isThere(deps, pid) && deps.kill(pid, 'SIGTERM'));
  for (let waitedMs = 0; waitedMs < END_LIMIT_MS && isThere(deps, pid); waitedMs += POLL_MS) await sleep(POLL_MS);
  if (isThere(deps, pid)) deps.kill(pid, 'SIGKILL');
}
