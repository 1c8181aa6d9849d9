import { createFixtureServer } from '../fixture/fixture-server.ts';
import { openFixture } from '../fixture/open-fixture.ts';
import { openGuardedServer } from '../middle/guarded-server.ts';
import { openLaptop } from '../middle/laptop.ts';
import { compare } from './compare.ts';
import { type Pair, pairsOf } from './pairs.ts';
import { PATHS, type PathName } from './paths.ts';
import { reportCell, reportDirect } from './report.ts';
import { runServerSuite, SERVER_SUITES, type ServerSuite } from './suites.ts';

/** What is to be run. */
export interface ServersRun {
  readonly suites: readonly ServerSuite[];
  /** None: only directly. */
  readonly paths: readonly PathName[];
  /** One scenario instead of all. */
  readonly scenario?: string | undefined;
}

/** Suites by the names that people give; all of them for none. */
export function suitesNamed(names: readonly string[]): readonly ServerSuite[] {
  if (names.length === 0) return SERVER_SUITES;
  return names.map((name) => {
    const suite = SERVER_SUITES.find((one) => one.name === name);
    if (!suite)
      throw new Error(`There is no suite "${name}". Suites: ${SERVER_SUITES.map((one) => one.name).join(', ')}`);
    return suite;
  });
}

const closedBy =
  (stack: AsyncDisposableStack) =>
  <T extends { close(): Promise<void> }>(one: T): T =>
    stack.adopt(one, (thing) => thing.close());

type Directly = ReadonlyMap<ServerSuite, readonly Pair[]>;

// Everything anew for each path, so that none begins with what another left behind.
async function runPath(name: PathName, directly: Directly, directUrl: string, scenario: string | undefined) {
  await using stack = new AsyncDisposableStack();
  const closing = closedBy(stack);
  const path = PATHS[name];
  const fixture = closing(createFixtureServer(path.eras));
  const company = closing(await openGuardedServer(fixture.serve));
  const laptop = closing(await openLaptop(company));
  const outcomes: boolean[] = [];
  for (const [suite, pairs] of directly) {
    if (suite.isModernOnly && path.eras === 'legacy') continue;
    const { url, close } = await path.open({ laptop, directUrl });
    outcomes.push(reportCell(suite.name, name, compare(pairs, pairsOf(await runServerSuite(suite, url, scenario)))));
    await close();
  }
  const isSound = company.refused() === 0 && company.troubles().length === 0;
  if (!isSound) process.stdout.write(`✗ ${name}: ${company.refused()} requests came without a good token\n`);
  return [...outcomes, ...(isSound ? [] : [false])];
}

/** Runs every suite directly and then through each path, one after the other: the suite measures times. */
export async function runServers({ suites, paths, scenario }: ServersRun): Promise<readonly boolean[]> {
  await using stack = new AsyncDisposableStack();
  const closing = closedBy(stack);
  const fixture = closing(createFixtureServer());
  const direct = closing(await openFixture(fixture));
  const outcomes: boolean[] = [];
  const directly = new Map<ServerSuite, readonly Pair[]>();
  for (const suite of suites) {
    const pairs = pairsOf(await runServerSuite(suite, direct.url, scenario));
    directly.set(suite, pairs);
    outcomes.push(reportDirect(suite.name, pairs, scenario === undefined ? suite.passes : 1));
  }
  for (const path of paths) outcomes.push(...(await runPath(path, directly, direct.url, scenario)));
  return outcomes;
}
