import { stripVTControlCharacters } from 'node:util';

/** How many tests a program ran. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** What every runner of ours prints last, alone on a line. */
const OURS = /^(\d+) passed, (\d+) failed$/gm;
/** Vitest's summary, such as `Tests  1 failed | 155 passed (156)`. */
const VITEST = /^\s*Tests\s+(?:(\d+) failed\D*)?(?:(\d+) passed)?/gm;

/**
 * Reads the counts from a runner's output; a program without any is one test by itself. The exit code has the last
 * word: a run that ended with an error has at least one failure.
 */
export function countTests(output: string, code: number | null): Count {
  const text = stripVTControlCharacters(output);
  const ours = [...text.matchAll(OURS)].at(-1);
  const vitest = [...text.matchAll(VITEST)].at(-1);
  const passed = Number(ours?.[1] ?? vitest?.[2] ?? (vitest || code !== 0 ? 0 : 1));
  const failed = Number(ours?.[2] ?? vitest?.[1] ?? 0);
  return { passed, failed: code === 0 ? failed : Math.max(1, failed) };
}
