import { mkdir } from 'node:fs/promises';
import { LanyardError, problemOf } from '../../shared/errors.ts';
import { keptIn, localPaths } from '../../shared/paths.ts';
import type { Program } from '../clients/entries.ts';
import { trustSystemStore } from '../egress/trust.ts';
import { createLog } from '../journal/log.ts';
import { fileSink, terminalSink } from '../journal/sinks.ts';
import { loadPolicy } from '../policy/load.ts';
import { INSECURE_FILE_KEY_WARNING, insecureFileKeyStore } from '../vault/insecure-file-key.ts';
import { keychainKeyStore } from '../vault/keychain.ts';
import { startAgent } from './agent.ts';
import { disconnectSince, watchOwner } from './owner-watch.ts';
import { EXIT_START_AGAIN, isRunBySystemd, needsNewProcess, startAgain } from './start-again.ts';
import { logUnforeseen } from './unforeseen.ts';

/** Options of `lanyard agent`. */
export interface RunAgentOptions {
  readonly policy?: string | undefined;
  readonly insecureFileKey: boolean;
  readonly program: Program;
  /** Folder of vault, lists and counts, see {@link keptIn}. */
  readonly keepIn?: string | undefined;
  /** Id of the process with which it ends, see {@link watchOwner}. */
  readonly endsWith?: number | undefined;
  /** What was connected since then is disconnected at the agent's end; milliseconds since the epoch. */
  readonly entriesSince?: number | undefined;
}

/**
 * How long closing may take, in ms, before the process leaves all the same: the session waits up to 3 s for an answer
 * that is on its way, and what comes at the end of that must still reach the disk.
 */
const CLOSE_LIMIT_MS = 6_000;

// Not exit(): it waits for native calls, and a keychain that asks the person may never answer one.
function endByForce(): void {
  process.removeAllListeners('SIGTERM');
  process.kill(process.pid, 'SIGTERM');
}

// launchd starts only what crashed again, and an exit code is no crash to it: 2 would then be tried for ever.
function endAsCrash(platform: NodeJS.Platform): never {
  return platform === 'darwin' ? process.abort() : process.exit(1);
}

/**
 * Runs the agent until SIGINT or SIGTERM, or until the process that it belongs to is gone.
 *
 * @returns the exit code: 0 also when an agent of this person is running already.
 * @throws {LanyardError} what kept it from starting.
 */
export async function runAgent(options: RunAgentOptions): Promise<number> {
  const { policy, insecureFileKey, program, keepIn, endsWith, entriesSince } = options;
  const paths = keepIn === undefined ? localPaths() : keptIn(localPaths(), keepIn);
  for (const folder of [paths.state, ...(keepIn === undefined ? [] : [keepIn])])
    await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = fileSink(paths.log);
  const log = createLog([file, terminalSink(process.stderr)]);

  const stopped = Promise.withResolvers<string>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopped.resolve(signal));
  const owner = endsWith === undefined ? undefined : watchOwner(endsWith);
  logUnforeseen(process, log, () => endAsCrash(process.platform));

  try {
    const loaded = await loadPolicy({ file: policy });
    trustSystemStore();
    const keyStore = insecureFileKey ? insecureFileKeyStore(paths.insecureKey) : keychainKeyStore();
    const agent = await startAgent({ loaded, paths, keyStore, log, program });
    const { company, relay } = agent.state();
    log.info('agent-ready', { company: company.name, policy: company.policyFile, relay: relay.url, pid: process.pid });
    if (insecureFileKey) log.warn('insecure-file-key', { detail: INSECURE_FILE_KEY_WARNING });
    const reason = await Promise.race([
      stopped.promise,
      agent.stopAsked.then(() => 'asked'),
      needsNewProcess(agent).then(() => 'keychain-restarted'),
      ...(owner ? [owner.gone.then(() => 'owner-gone')] : []),
    ]);
    log.info('agent-stopping', { reason });
    setTimeout(endByForce, CLOSE_LIMIT_MS).unref();
    if (entriesSince !== undefined) {
      const { removeClient } = agent.acts;
      await disconnectSince(entriesSince, { clients: agent.state().clients, removeClient, log });
    }
    await agent.close();
    if (reason !== 'keychain-restarted') return 0;
    if (isRunBySystemd(process.env, process.pid)) return EXIT_START_AGAIN;
    startAgain(program, [
      ...(policy === undefined ? [] : ['--policy', policy]),
      ...(insecureFileKey ? ['--insecure-file-key'] : []),
    ]);
    return 0;
  } catch (error) {
    if (error instanceof LanyardError && error.code === 'agent-running') {
      log.info('agent-running-already');
      return 0;
    }
    const { code, administrator } = problemOf(error);
    // To the file alone: on the terminal the command line says it in a sentence.
    createLog([file]).error('agent-failed', { code, detail: administrator });
    throw error;
  } finally {
    owner?.close();
    await log.close();
  }
}
