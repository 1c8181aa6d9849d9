import type { Era } from './mcp/revisions.ts';

/** What a server has shown of itself since the agent started. */
export interface ServerTraits {
  /** Whether it speaks an era; `undefined` until it has shown it. */
  speaks(era: Era): boolean | undefined;
  /** Whether it wants every client to declare the EMA extension (it answered `-32021`). */
  readonly wantsEma: boolean;
  learnEra(era: Era, speaks: boolean): void;
  learnEma(): void;
}

/** Nothing is known yet. */
export function createServerTraits(): ServerTraits {
  const eras = new Map<Era, boolean>();
  let wantsEma = false;
  return {
    speaks: (era) => eras.get(era),
    get wantsEma() {
      return wantsEma;
    },
    learnEra: (era, speaks) => void eras.set(era, speaks),
    learnEma: () => {
      wantsEma = true;
    },
  };
}
