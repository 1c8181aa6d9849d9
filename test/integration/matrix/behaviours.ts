import { ASKING } from './asking-behaviours.ts';
import { CALLING } from './calling-behaviours.ts';
import { CHANGING } from './changing-behaviours.ts';
import { FORGETTING } from './forgetting-behaviours.ts';
import { READING } from './reading-behaviours.ts';
import type { Subject } from './subject.ts';

/** One thing that client and server can do with each other. Throws where they cannot. */
export type Behaviour = (subject: Subject) => Promise<void>;

/** All that is run in every cell, by its name. */
export const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  ...CALLING,
  ...READING,
  ...CHANGING,
  ...ASKING,
  ...FORGETTING,
};
