import { spawn } from 'node:child_process';
import { type Schedule, systemSchedule } from '../../shared/schedule.ts';
import type { Program } from '../clients/entries.ts';
import type { RunningAgent } from './agent.ts';

/** What only another process mends: the keychain's library stays with the daemon that it met first. */
const NEEDS_NEW_PROCESS = 'keychain-restarted';

/**
 * How long a process lives at least before another takes its place, in ms: a keyring that restarts for ever, or says so,
 * must not have us start without a pause.
 */
const SHORTEST_LIFE_MS = 10_000;

/** Time, as {@link needsNewProcess} sees it. */
export interface ProcessTime {
  readonly schedule: Schedule;
  /** For how long this process has run. */
  readonly upForMs: () => number;
}

const OWN_TIME: ProcessTime = { schedule: systemSchedule, upForMs: () => process.uptime() * 1000 };

/**
 * Resolves when the agent can go on only as a new process, and has lived for ten seconds. Nothing is lost by that: its
 * vault is still closed.
 */
export function needsNewProcess(
  { state, acts }: { readonly state: RunningAgent['state']; readonly acts: Pick<RunningAgent['acts'], 'subscribe'> },
  { schedule, upForMs }: ProcessTime = OWN_TIME,
): Promise<void> {
  return new Promise((resolve) => {
    let isWaiting = false;
    const look = ({ vault }: ReturnType<typeof state>) => {
      if (isWaiting || vault.status !== 'unavailable' || vault.problem?.code !== NEEDS_NEW_PROCESS) return;
      const restMs = SHORTEST_LIFE_MS - upForMs();
      if (restMs <= 0) return resolve();
      isWaiting = true;
      schedule(restMs, () => {
        isWaiting = false;
        look(state());
      });
    };
    acts.subscribe(look);
    look(state());
  });
}

/** The exit code that asks systemd for a new process (EX_TEMPFAIL of sysexits.h); the unit names it. */
export const EXIT_START_AGAIN = 75;

/**
 * Whether systemd runs this very process as a service and will start the next one. A child that we started would end
 * with us: the whole control group does.
 */
export function isRunBySystemd(env: NodeJS.ProcessEnv, pid: number): boolean {
  return env.SYSTEMD_EXEC_PID === String(pid);
}

/** Starts the agent anew, as a process of its own that outlives this one. */
export function startAgain(program: Program, args: readonly string[]): void {
  const child = spawn(program.file, [...program.args, 'agent', ...args], {
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  child.unref();
}
