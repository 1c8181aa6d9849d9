import type { Loss } from './compare.ts';
import type { PathName } from './paths.ts';

/** A loss that a path cannot help. */
export interface NamedLoss {
  readonly scenario: string;
  readonly check: string;
  readonly why: string;
}

/** What each path may lose. The HTTP relay may lose nothing. */
export const NAMED_LOSSES: Readonly<Record<PathName, readonly NamedLoss[]>> = {
  http: [],
  stdio: [],
  gateway: [],
};

/** Why a path may lose a check; `undefined` where it may not. */
export function excuseOf(path: PathName, { scenario, check }: Loss): string | undefined {
  return NAMED_LOSSES[path].find((named) => named.scenario === scenario && named.check === check)?.why;
}
