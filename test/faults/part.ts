import type { Wanted } from './arguments.ts';
import type { Chance } from './chance.ts';
import type { Figure } from './figures.ts';

/** What a part works with. */
export interface PartContext {
  readonly wanted: Wanted;
  /** Of this part alone: it is the same whether or not the others run. */
  readonly chance: Chance;
  /** Tells at once; the figures come in the order in which they were told. */
  readonly tell: (...figures: readonly Figure[]) => void;
}

/** One part of the suite. It leaves nothing open, also where it throws. */
export type Part = (context: PartContext) => Promise<void>;
