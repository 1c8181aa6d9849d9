import type { Check, ScenarioChecks } from '../harness.ts';

/** All checks of one id in one scenario; a scenario may make the same check several times. */
export interface Pair {
  readonly scenario: string;
  readonly check: string;
  readonly successes: number;
  readonly failures: number;
  /** `WARNING` and `SKIPPED`. */
  readonly doubts: number;
  /** The suite's own words on what did not succeed. */
  readonly reasons: readonly string[];
}

const isDoubt = ({ status }: Check) => status === 'WARNING' || status === 'SKIPPED';

function pairOf(scenario: string, check: string, checks: readonly Check[]): Pair {
  const bad = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING' || status === 'SKIPPED');
  return {
    scenario,
    check,
    successes: checks.filter(({ status }) => status === 'SUCCESS').length,
    failures: checks.filter(({ status }) => status === 'FAILURE').length,
    doubts: checks.filter(isDoubt).length,
    reasons: bad.map(({ status, errorMessage }) => `${status}${errorMessage ? ` ${errorMessage}` : ''}`),
  };
}

/** What the suite wrote down, as one pair for each check of each scenario; those that only inform are left out. */
export function pairsOf(scenarios: readonly ScenarioChecks[]): readonly Pair[] {
  return scenarios
    .flatMap(({ scenario, checks }) =>
      [...Map.groupBy(checks, ({ id }) => id)].map(([id, same]) => pairOf(scenario, id, same)),
    )
    .filter(({ successes, failures, doubts }) => successes + failures + doubts > 0);
}
