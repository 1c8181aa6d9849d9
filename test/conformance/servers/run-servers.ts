import { createFixtureServer } from '../fixture/fixture-server.ts';
import { openFixture } from '../fixture/open-fixture.ts';
import { openGuardedServer } from '../middle/guarded-server.ts';
import { openLaptop } from '../middle/laptop.ts';
import { compare } from './compare.ts';
import { type Pair, pairsOf } from './pairs.ts';
import { PATHS, type PathName } from './paths.ts';
import { reportCell } from './report.ts';
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

function reportDirect(suite: string, pairs: readonly Pair[]): boolean {
  const failed = pairs.filter(({ failures }) => failures > 0);
  const passed = pairs.filter(({ successes }) => successes > 0).length;
  const doubtful = pairs.filter(({ doubts }) => doubts > 0).length;
  process.stdout.write(
    `${failed.length === 0 && passed > 0 ? '✓' : '✗'} ${suite} direct: ${passed} passed, ${failed.length} failed, ${doubtful} doubtful\n`,
  );
  for (const { scenario, check, reasons } of pairs)
    if (reasons.length > 0) process.stdout.write(`    ${scenario} / ${check}: ${reasons.join('; ')}\n`);
  return failed.length === 0 && passed > 0;
}

/** Runs every suite directly and then through each path, one after the other: the suite measures times. */
export async function runServers({ suites, paths, scenario }: ServersRun): Promise<readonly boolean[]> {
  const outcomes: boolean[] = [];
  await using stack = new AsyncDisposableStack();
  const closing = <T extends { close(): Promise<void> }>(one: T): T => stack.adopt(one, (thing) => thing.close());
  const fixture = closing(createFixtureServer());
  const direct = closing(await openFixture(fixture));
  const directly = new Map<ServerSuite, readonly Pair[]>();
  for (const suite of suites) {
    const pairs = pairsOf(await runServerSuite(suite, direct.url, scenario));
    directly.set(suite, pairs);
    outcomes.push(reportDirect(suite.name, pairs));
  }
  if (paths.length === 0) return outcomes;
  const company = closing(await openGuardedServer(fixture.serve));
  const laptop = closing(await openLaptop(company));
  for (const path of paths) {
    const { url, close } = await PATHS[path]({ laptop, directUrl: direct.url });
    for (const [suite, pairs] of directly)
      outcomes.push(reportCell(suite.name, path, compare(pairs, pairsOf(await runServerSuite(suite, url, scenario)))));
    await close();
  }
  if (company.refused() > 0) process.stdout.write(`${company.refused()} requests came without a good token\n`);
  outcomes.push(company.refused() === 0 && company.troubles().length === 0);
  return outcomes;
}
