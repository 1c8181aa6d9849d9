import { existsSync } from 'node:fs';
import { isAgentRunning } from '../../shared/agent-process.ts';
import { problemOf } from '../../shared/errors.ts';
import { type Check, doctorSchema } from '../../shared/local-api.ts';
import { callLocal } from '../../shared/local-client.ts';
import { type CliContext, NotGood } from './context.ts';
import { formatChecks } from './format.ts';

async function checkAgent({ paths }: CliContext): Promise<Check> {
  const name = 'agent';
  try {
    if (await isAgentRunning(paths)) return { name, outcome: 'ok', detail: `Answers at ${paths.socket}.` };
    const log = existsSync(paths.log) ? ` Its log is ${paths.log}.` : '';
    return { name, outcome: 'failed', detail: `Not running.${log}`, advice: 'Start it with: lanyard agent' };
  } catch (error) {
    const { administrator, user } = problemOf(error);
    return { name, outcome: 'failed', detail: administrator, advice: user };
  }
}

/**
 * `lanyard doctor`: what works and what does not, with the next step.
 *
 * @throws {NotGood} when a check failed.
 */
export async function doctor(context: CliContext, { json }: { json?: true }): Promise<void> {
  const { paths, out } = context;
  const agent = await checkAgent(context);
  const rest =
    agent.outcome === 'ok'
      ? await callLocal(paths, { method: 'GET', path: '/doctor', answer: doctorSchema })
      : undefined;
  const checks = [agent, ...(rest?.checks ?? [])];
  out(json ? `${JSON.stringify({ checks }, null, 2)}\n` : formatChecks(checks));
  if (checks.some(({ outcome }) => outcome === 'failed')) throw new NotGood();
}
