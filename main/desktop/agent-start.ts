import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AgentCommand, ensureAgent, NO_POLICY } from '../../shared/agent-process.ts';
import { LanyardError } from '../../shared/errors.ts';
import type { LocalPaths } from '../../shared/paths.ts';
import { PRODUCT } from '../../shared/product.ts';

/** An agent that cannot start says so well within this. */
const EXPLAIN_TIMEOUT_MS = 5_000;
/** What an agent says about itself is shown up to this many characters. */
const EXPLANATION_LIMIT = 2_000;
/** The agent's exit code for a policy that is missing or wrong. */
const EXIT_POLICY = 2;

/** The problem that a failed start stands for, from its exit code and what it wrote to stderr. */
export function startProblem(code: number | null, output: string): LanyardError {
  const prefix = `${PRODUCT.command}: `;
  const text = output.trim().slice(0, EXPLANATION_LIMIT);
  const administrator = text.startsWith(prefix) ? text.slice(prefix.length) : text || `The agent ended with ${code}.`;
  if (code === EXIT_POLICY)
    return new LanyardError({
      code: 'not-set-up',
      user: administrator.endsWith(NO_POLICY)
        ? "Your company's policy is not on this computer yet. Your administrator can put it there."
        : "Your company's policy on this computer cannot be used. Your administrator can mend it.",
      administrator,
    });
  return new LanyardError({
    code: 'agent-not-started',
    user: "Lanyard's agent could not be started. Try again; if it stays, tell your administrator.",
    administrator,
  });
}

/**
 * Starts the agent once more with its stderr in a file, to learn why it does not stay. A file, not a pipe: should it
 * stay this time, it must not depend on us.
 */
async function explain(command: AgentCommand): Promise<LanyardError | undefined> {
  const folder = await mkdtemp(join(tmpdir(), `${PRODUCT.command}-`));
  const file = await open(join(folder, 'stderr'), 'wx', 0o600);
  try {
    const child = spawn(command.file, [...command.args], {
      detached: true,
      stdio: ['ignore', 'ignore', file.fd],
      windowsHide: true,
    });
    child.unref();
    const [code] = (await once(child, 'exit', { signal: AbortSignal.timeout(EXPLAIN_TIMEOUT_MS) })) as [number | null];
    return code === 0 ? undefined : startProblem(code, await readFile(join(folder, 'stderr'), 'utf8'));
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return undefined;
    return startProblem(null, error instanceof Error ? error.message : String(error));
  } finally {
    await file.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Finds the agent or starts one; where it does not stay, says why.
 *
 * @throws {LanyardError} `not-set-up` for a missing or wrong policy, `agent-not-started` for anything else.
 */
export async function startAgent(paths: LocalPaths, command: AgentCommand): Promise<'found' | 'started'> {
  try {
    return await ensureAgent(paths, command);
  } catch (error) {
    if (!(error instanceof LanyardError) || error.code !== 'agent-not-running') throw error;
    const reason = await explain(command);
    if (reason) throw reason;
    return ensureAgent(paths, command);
  }
}
