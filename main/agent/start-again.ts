import { spawn } from 'node:child_process';
import type { EntrySource } from '../clients/entries.ts';
import type { RunningAgent } from './agent.ts';

/** What only another process mends: the keychain's library stays with the daemon that it met first. */
const NEEDS_NEW_PROCESS = 'keychain-restarted';

/** Resolves when the agent can go on only as a new process. Nothing is lost by that: its vault is still closed. */
export function needsNewProcess({ state, acts }: Pick<RunningAgent, 'state' | 'acts'>): Promise<void> {
  return new Promise((resolve) => {
    const look = ({ vault }: ReturnType<typeof state>) => {
      if (vault.status === 'unavailable' && vault.problem?.code === NEEDS_NEW_PROCESS) resolve();
    };
    acts.subscribe(look);
    look(state());
  });
}

/** Starts the agent anew, as a process of its own that outlives this one. */
export function startAgain(program: EntrySource['program'], args: readonly string[]): void {
  const child = spawn(program.file, [...program.args, 'agent', ...args], {
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  child.unref();
}
