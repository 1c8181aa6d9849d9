import { existsSync } from 'node:fs';
import { isAgentRunning } from '../../shared/agent-process.ts';
import { problemOf } from '../../shared/errors.ts';
import { type Check, doctorSchema } from '../../shared/local-api.ts';
import { callLocal } from '../../shared/local-client.ts';
import { plainJson } from '../../shared/plain-text.ts';
import { type CliContext, NotGood } from './context.ts';
import { formatChecks } from './format.ts';

/** The exit code for a policy that is missing or has mistakes. */
const EXIT_POLICY = 2;

/** Options of `lanyard doctor`. */
export interface DoctorOptions {
  readonly json?: true;
  /** A file that is looked at as a policy, and nothing else. */
  readonly policy?: string;
}

async function checkAgent({ paths }: CliContext): Promise<Check> {
  const name = 'agent';
  try {
    if (await isAgentRunning(paths)) return { name, outcome: 'ok', detail: `Answers at ${paths.socket}.` };
    const log = existsSync(paths.log) ? ` Its log is ${paths.log}.` : '';
    const advice = 'The Lanyard app starts it, and so does signing in: lanyard login';
    return { name, outcome: 'failed', detail: `Not running.${log}`, advice };
  } catch (error) {
    const { administrator, user } = problemOf(error);
    return { name, outcome: 'failed', detail: administrator, advice: user };
  }
}

async function checkPolicy(context: CliContext, file?: string): Promise<Check> {
  const name = 'policy';
  try {
    return { name, outcome: 'ok', detail: await context.checkPolicy(file) };
  } catch (error) {
    const { administrator, user } = problemOf(error);
    // Whoever names a file is the administrator.
    return { name, outcome: 'failed', detail: administrator, ...(file === undefined && { advice: user }) };
  }
}

async function checkAll(context: CliContext): Promise<readonly Check[]> {
  const agent = await checkAgent(context);
  if (agent.outcome !== 'ok') return [agent, await checkPolicy(context)];
  const rest = await callLocal(context.paths, { method: 'GET', path: '/doctor', answer: doctorSchema });
  return [agent, ...rest.checks];
}

/**
 * `lanyard doctor`: what works and what does not, with the next step. Without an agent it looks at the policy itself.
 *
 * @throws {NotGood} when a check failed.
 */
export async function doctor(context: CliContext, { json, policy }: DoctorOptions): Promise<void> {
  const checks = policy === undefined ? await checkAll(context) : [await checkPolicy(context, policy)];
  context.out(json ? `${plainJson({ checks }, 2)}\n` : formatChecks(checks));
  if (checks.some(({ outcome }) => outcome === 'failed')) throw new NotGood(policy === undefined ? 1 : EXIT_POLICY);
}
