import { type HarnessRun, runHarness, type ScenarioChecks } from '../harness.ts';

/** One set of server scenarios, as the suite puts them together. */
export interface ServerSuite {
  /** What people call it on the command line. */
  readonly name: string;
  /** Package under `harness/node_modules`. */
  readonly suite: string;
  /** Chooses the scenarios. */
  readonly chosen: readonly string[];
  /** Goes with a single scenario, where `chosen` cannot. */
  readonly single: readonly string[];
  /** Pairs that pass directly: were it fewer, a path could lose the rest unnoticed. */
  readonly passes: number;
}

/** A whole set takes seconds; one whose every scenario runs into the suite's 30 s is ended, in ms. */
const SET_LIMIT_MS = 10 * 60_000;

/** Every server scenario there is: the released suite, and of the coming one both eras. */
export const SERVER_SUITES: readonly ServerSuite[] = [
  { name: '0.1', suite: 'conformance-0.1', chosen: ['--suite', 'all'], single: [], passes: 44 },
  {
    name: '0.2-legacy',
    suite: 'conformance-0.2',
    chosen: ['--requirements', '2025-11-25'],
    single: ['--spec-version', '2025-11-25'],
    passes: 84,
  },
  {
    name: '0.2-modern',
    suite: 'conformance-0.2',
    chosen: ['--suite', 'all', '--spec-version', '2026-07-28'],
    single: ['--spec-version', '2026-07-28'],
    passes: 136,
  },
];

/** Runs a set, or one of its scenarios, against a server at `url`; one scenario after the other. */
export function runServerSuite(
  { suite, chosen, single }: ServerSuite,
  url: string,
  scenario?: string,
): Promise<readonly ScenarioChecks[]> {
  const scenarios = scenario === undefined ? chosen : ['--scenario', scenario, ...single];
  const run: HarnessRun = { suite, args: ['server', '--url', url, ...scenarios], limitMs: SET_LIMIT_MS };
  return runHarness(run);
}
