import { type Check, type ClientRun, runClientScenario } from './harness.ts';

/** One run and how often each check must succeed in it: fewer would mean that a step never happened. */
interface Expectation extends ClientRun {
  readonly successes: Readonly<Record<string, number>>;
}

/** The eight checks of the EMA scenario: discovery, both legs, and three MCP requests with the token. */
const EMA_CHECKS = {
  'prm-pathbased-requested': 1,
  'authorization-server-metadata': 1,
  'complete-flow-token-exchange': 1,
  'token-request': 1,
  'complete-flow-jwt-bearer': 1,
  'valid-bearer-token': 3,
};

const NEXT = { suite: 'conformance-0.2', scenario: 'auth/enterprise-managed-authorization', successes: EMA_CHECKS };

const RUNS: readonly Expectation[] = [
  { suite: 'conformance-0.1', scenario: 'auth/cross-app-access-complete-flow', successes: EMA_CHECKS },
  { ...NEXT, revision: '2025-11-25' },
  { ...NEXT, revision: '2026-07-28' },
];

function report({ suite, scenario, revision, successes }: Expectation, checks: readonly Check[]): boolean {
  const wanted = Object.entries(successes);
  const count = (id: string) => checks.filter((check) => check.id === id && check.status === 'SUCCESS').length;
  const held = wanted.reduce((sum, [id, least]) => sum + Math.min(count(id), least), 0);
  const total = wanted.reduce((sum, [, least]) => sum + least, 0);
  const failed = checks.filter(({ status }) => status !== 'SUCCESS' && status !== 'INFO');
  const good = failed.length === 0 && held === total;
  const where = `${suite} ${scenario}${revision === undefined ? '' : ` at ${revision}`}`;
  process.stdout.write(`${good ? '✓' : '✗'} ${where}: ${held} of ${total} checks SUCCESS, ${failed.length} not\n`);
  for (const { id, status, errorMessage } of failed)
    process.stdout.write(`    ${status} ${id}${errorMessage ? `: ${errorMessage}` : ''}\n`);
  for (const [id, least] of wanted)
    if (count(id) < least) process.stdout.write(`    ${id}: ${count(id)} of ${least}\n`);
  return good;
}

/** The EMA scenarios with our agent and relay as the client under test; whether each run was good. */
export async function runEma(): Promise<readonly boolean[]> {
  const outcomes: boolean[] = [];
  // One after the other: the suite measures times, which two at once would spoil on a small machine.
  for (const run of RUNS) outcomes.push(report(run, await runClientScenario(run)));
  return outcomes;
}
