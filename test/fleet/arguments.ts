import { parseArgs } from 'node:util';

/** What a run was asked for. */
export interface Wanted {
  readonly agents: number;
  readonly servers: number;
  readonly seed: number;
  readonly json: string | undefined;
}

const AGENTS = 2_000;
const QUICK_AGENTS = 200;
const SERVERS = 8;
const SEED = 1;
/** Below, the fractions of the curve are too small to tell anything. */
const FEWEST_AGENTS = 16;
/** What fits into a few GB. */
const MOST_AGENTS = 20_000;
const MOST_SERVERS = 200;

/** How the fleet is called. */
export const USAGE = `npm run fleet [-- [--agents N] [--servers N] [--seed N] [--json FILE] [--quick]]

  --agents N   agents, one for each person (${AGENTS})
  --servers N  approved servers (${SERVERS})
  --seed N     another seed, other people (${SEED})
  --json FILE  the figures for programs
  --quick      ${QUICK_AGENTS} agents: some seconds
`;

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`--${name} takes a whole number from ${least} to ${most}, not "${text}".`);
}

/** Reads the command line. Throws a sentence for what it does not know. */
export function readArguments(args: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      agents: { type: 'string' },
      servers: { type: 'string', default: String(SERVERS) },
      seed: { type: 'string', default: String(SEED) },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const agents = values.agents ?? String(values.quick ? QUICK_AGENTS : AGENTS);
  return {
    agents: whole('agents', agents, FEWEST_AGENTS, MOST_AGENTS),
    servers: whole('servers', values.servers, 1, MOST_SERVERS),
    seed: whole('seed', values.seed, 0, 2 ** 32 - 1),
    json: values.json,
  };
}
