import type { Pair } from './pairs.ts';

/** A pair that came to less on its way. */
export interface Loss {
  readonly scenario: string;
  readonly check: string;
  /** Successes that are left. */
  readonly kept: number;
  /** What the suite says of it, or that the check was never made. */
  readonly reason: string;
}

/** What a way does to the checks that pass without it. */
export interface Comparison {
  readonly passedDirectly: number;
  readonly passedThrough: number;
  readonly lost: readonly Loss[];
  /** Directly a `WARNING` or `SKIPPED`, and now a failure or absent. */
  readonly worse: readonly Loss[];
}

const lossOf = ({ scenario, check }: Pair, found: Pair | undefined): Loss => ({
  scenario,
  check,
  kept: found?.successes ?? 0,
  reason: found ? found.reasons.join('; ') || `${found.successes} times SUCCESS` : 'the check was never made',
});

/** Compares what passes directly with what passes through something in between. */
export function compare(direct: readonly Pair[], through: readonly Pair[]): Comparison {
  const find = ({ scenario, check }: Pair) =>
    through.find((other) => other.scenario === scenario && other.check === check);
  const passed = direct.filter(({ successes }) => successes > 0);
  const lost = passed.flatMap((pair) => {
    const found = find(pair);
    const isKept = found && found.successes >= pair.successes && found.failures <= pair.failures;
    return isKept ? [] : [lossOf(pair, found)];
  });
  const worse = direct.flatMap((pair) => {
    if (pair.doubts === 0 || pair.failures > 0) return [];
    const found = find(pair);
    return found && found.failures === 0 ? [] : [lossOf(pair, found)];
  });
  return { passedDirectly: passed.length, passedThrough: passed.length - lost.length, lost, worse };
}
