import { createTestClock } from '../../integration/clock.ts';
import { control, demanded, type Figure, told } from '../figures.ts';
import type { Part } from '../part.ts';
import { type Laptop, startLaptop } from '../world/laptop.ts';

const SERVERS = ['notes', 'tickets', 'extra-1', 'extra-2'] as const;
const CALLS = 1_000;

/** Every token has ended by then. */
const NIGHT_SECONDS = 10 * 60 * 60;

/** What many calls at once came to. */
interface Outcome {
  readonly served: number;
  readonly challenged: number;
  /** Mints of the server that had most and of the one that had fewest. */
  readonly mints: readonly [number, number];
  readonly refreshes: number;
  readonly failures: readonly string[];
  readonly ms: number;
}

async function storming(laptop: Laptop): Promise<Outcome> {
  const before = laptop.company.counts;
  const startedAt = performance.now();
  const calls = Array.from({ length: CALLS }, (_, index) => laptop.call(SERVERS[index % SERVERS.length] ?? 'notes'));
  const seen = await Promise.all(calls);
  const ms = performance.now() - startedAt;
  const after = laptop.company.counts;
  const mints = SERVERS.map(
    (name) => (after.servers[name]?.redemptions ?? 0) - (before.servers[name]?.redemptions ?? 0),
  );
  const failures = seen.filter(({ by }) => by !== 'server');
  return {
    served: seen.length - failures.length,
    challenged: seen.filter(({ status, isChallenged }) => status === 401 || isChallenged).length,
    mints: [Math.max(...mints), Math.min(...mints)],
    refreshes: after.refreshes - before.refreshes,
    ms,
    failures: failures.map(({ status, text }) => `HTTP ${status}: ${text.slice(0, 200)}`),
  };
}

function figuresOf(when: string, outcome: Outcome, refreshes: number): Figure[] {
  const { served, challenged, mints, failures } = outcome;
  const [most, fewest] = mints;
  return [
    demanded(`${when}: calls served`, `${served} of ${CALLS}`, 'all', served === CALLS, failures),
    demanded(`${when}: 401 or challenges seen`, challenged, '0', challenged === 0),
    demanded(
      `${when}: mints for each server`,
      most === fewest ? most : `${fewest}–${most}`,
      '1',
      most === 1 && fewest === 1,
    ),
    told(`${when}: until the last answer`, `${Math.round(outcome.ms)} ms`),
    demanded(`${when}: refreshes`, outcome.refreshes, `${refreshes}`, outcome.refreshes === refreshes),
  ];
}

/** A thousand calls at once: after the start, after waking, and after every token was revoked. */
export const storm: Part = async ({ tell }) => {
  const time = createTestClock();
  const laptop = await startLaptop({
    company: { extraServers: 2 },
    servers: SERVERS,
    clock: time.now,
    // Nothing is minted at the sign-in, so that the calls are the first to need it.
    change: (policy) => ({ ...policy, grants: { keep: 'on-demand' } }),
  });
  try {
    await laptop.signIn();
    tell(...figuresOf('first calls', await storming(laptop), 0));
    time.pass(NIGHT_SECONDS);
    tell(...figuresOf('after waking', await storming(laptop), 1));
    for (const server of SERVERS) laptop.company.revokeAccessTokens(server);
    tell(...figuresOf('after a revocation', await storming(laptop), 0));
    laptop.company.faults.set({ at: 'as-token', kind: 'reset' });
    for (const server of SERVERS) laptop.company.revokeAccessTokens(server);
    tell(control('calls that fail while nothing can be minted', CALLS - (await storming(laptop)).served));
  } finally {
    await laptop.close();
  }
};
