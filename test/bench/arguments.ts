import { parseArgs } from 'node:util';

/** The parts of a run that can be asked for by name. */
const PARTS = [
  'call',
  'load',
  'events',
  'large',
  'listening',
  'crowd',
  'stdio',
  'gateway',
  'memory',
  'sign-in',
] as const;

/** See {@link PARTS}. */
export type Part = (typeof PARTS)[number];

/** What a run was asked for. */
export interface Wanted {
  readonly json: boolean;
  readonly quick: boolean;
  readonly parts: ReadonlySet<Part>;
}

/** What a run without `--only` measures. */
const USUAL: readonly Part[] = PARTS;

/** How the bench is called. */
export const USAGE = `npm run bench [-- [--json] [--quick] [--only NAME]…]

  --json       prints one JSON document on stdout, and nothing else there
  --quick      fewer rounds: about a minute, and more noise
  --only NAME  one part, may be repeated: ${PARTS.join(', ')}
`;

function isPart(name: string): name is Part {
  return (PARTS as readonly string[]).includes(name);
}

/** Reads the command line. Throws a sentence for what it does not know. */
export function readArguments(args: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  const unknown = values.only.find((name) => !isPart(name));
  if (unknown !== undefined) throw new Error(`There is no part "${unknown}".`);
  const only = values.only.filter(isPart);
  return { json: values.json, quick: values.quick, parts: new Set(only.length > 0 ? only : USUAL) };
}
