import { parseArgs } from 'node:util';

/** The parts of the suite, in the order in which they run. */
export const PARTS = ['storm', 'revoked', 'legs', 'day', 'wake', 'kill'] as const;

/** See {@link PARTS}. */
export type PartName = (typeof PARTS)[number];

/** What a run was asked for. */
export interface Wanted {
  readonly parts: readonly PartName[];
  readonly seed: number;
  readonly long: boolean;
  /** Refresh rotations in which the agent is killed. */
  readonly rotations: number;
  /** Virtual hours of a day. */
  readonly hours: number;
}

/** How the suite is called. */
export const USAGE = `npm run faults [-- [--long] [--seed S] [--rotations N] [--hours N] [--only PART]…]

  --long         more of everything, in minutes instead of seconds
  --seed S       the seed that a failure named; without it, the same one every time
  --rotations N  how often the agent is killed while its session is renewed
  --hours N      how long a day is
  --only PART    one part, may be repeated: ${PARTS.join(', ')}
`;

/** The same on every run unless said otherwise: what fails in CI fails on the next machine too. */
const USUAL_SEED = 20_260;
const ROTATIONS = { short: 30, long: 300 } as const;
const HOURS = 24;

const isPart = (name: string): name is PartName => (PARTS as readonly string[]).includes(name);

function positive(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} takes a whole number from 1, not "${text}".`);
  return Number(text);
}

/** Reads the command line. Throws a sentence for what it does not know. */
export function readArguments(args: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      long: { type: 'boolean', default: false },
      seed: { type: 'string' },
      rotations: { type: 'string' },
      hours: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  const { long, only } = values;
  const unknown = only.find((name) => !isPart(name));
  if (unknown !== undefined) throw new Error(`There is no part "${unknown}".`);
  return {
    parts: only.length === 0 ? PARTS : PARTS.filter((name) => only.includes(name)),
    seed: positive('seed', values.seed, USUAL_SEED),
    long,
    rotations: positive('rotations', values.rotations, long ? ROTATIONS.long : ROTATIONS.short),
    hours: positive('hours', values.hours, HOURS),
  };
}
