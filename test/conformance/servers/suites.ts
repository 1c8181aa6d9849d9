import { runHarness, type ScenarioChecks } from '../harness.ts';

/** One set of server scenarios, as the suite puts them together. */
export interface ServerSuite {
  /** What people call it on the command line. */
  readonly name: string;
  /** Package under `harness/node_modules`. */
  readonly suite: string;
  /** Chooses the scenarios; one run for each. */
  readonly chosen: readonly (readonly string[])[];
  /** Goes with a single scenario, where `chosen` cannot. */
  readonly single: readonly string[];
  /** Whether the scenarios are about something that servers of the legacy era do not have at all. */
  readonly isModernOnly?: boolean;
  /** Pairs that pass directly: were it fewer, a path could lose the rest unnoticed. */
  readonly passes: number;
}

/** A whole set takes seconds; one whose every scenario runs into the suite's 30 s is ended, in ms. */
const SET_LIMIT_MS = 10 * 60_000;

/** Scenarios of the tasks extension, which the suite leaves out of every revision. */
const TASK_SCENARIOS = [
  'tasks-lifecycle',
  'tasks-capability-negotiation',
  'tasks-wire-fields',
  'tasks-request-state-removal',
  'tasks-mrtr-input',
  'tasks-request-headers',
  'tasks-dispatch-and-envelope',
  'tasks-required-task-error',
  'tasks-mrtr-composition',
];

/** Every server scenario there is: the released suite, and of the coming one both eras. */
export const SERVER_SUITES: readonly ServerSuite[] = [
  { name: '0.1', suite: 'conformance-0.1', chosen: [['--suite', 'all']], single: [], passes: 44 },
  {
    name: '0.2-legacy',
    suite: 'conformance-0.2',
    chosen: [['--requirements', '2025-11-25']],
    single: ['--spec-version', '2025-11-25'],
    passes: 84,
  },
  {
    name: '0.2-modern',
    suite: 'conformance-0.2',
    chosen: [['--suite', 'all', '--spec-version', '2026-07-28']],
    single: ['--spec-version', '2026-07-28'],
    passes: 136,
  },
  {
    name: '0.2-tasks',
    suite: 'conformance-0.2',
    chosen: TASK_SCENARIOS.map((scenario) => ['--scenario', scenario]),
    single: [],
    isModernOnly: true,
    passes: 44,
  },
];

/** Runs a set, or one of its scenarios, against a server at `url`; one scenario after the other. */
export async function runServerSuite(
  { suite, chosen, single }: ServerSuite,
  url: string,
  scenario?: string,
): Promise<readonly ScenarioChecks[]> {
  const runs = scenario === undefined ? chosen : [['--scenario', scenario, ...single]];
  const results: ScenarioChecks[] = [];
  for (const run of runs) {
    const args = ['server', '--url', url, ...run];
    results.push(...(await runHarness({ suite, args, limitMs: SET_LIMIT_MS })));
  }
  return results;
}
