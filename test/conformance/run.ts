// `npm run conformance` and `npm run conformance:ema`: the MCP conformance suite. Set `ema` has our agent and relay as
// the client under test, set `servers` has them between the suite and a server that passes everything. Prints the
// checks and, last, how many runs were good.
//
//   --set ema | servers | all     all when absent
//   --path direct | http | stdio | gateway | …-to-legacy | …-to-modern | all     may be repeated; http and stdio
//   --suite 0.1 | 0.2-legacy | 0.2-modern | 0.2-tasks     may be repeated; all when absent
//   --scenario NAME     one of the suite's server scenarios

import { parseArgs } from 'node:util';
import { installLocked } from '../locked-install.ts';
import { runEma } from './ema.ts';
import { HARNESS_FOLDER } from './harness.ts';
import { PATHS, type PathName, USUAL_PATHS } from './servers/paths.ts';
import { runServers, suitesNamed } from './servers/run-servers.ts';

const { values } = parseArgs({
  options: {
    set: { type: 'string', default: 'all' },
    path: { type: 'string', multiple: true, default: [] },
    suite: { type: 'string', multiple: true, default: [] },
    scenario: { type: 'string' },
  },
});

function pathsNamed(names: readonly string[]): readonly PathName[] {
  if (names.length === 0) return USUAL_PATHS;
  if (names.includes('all')) return Object.keys(PATHS) as PathName[];
  return names
    .filter((name) => name !== 'direct')
    .map((name) => {
      if (!(name in PATHS))
        throw new Error(`There is no path "${name}". Paths: direct, ${Object.keys(PATHS).join(', ')}`);
      return name as PathName;
    });
}

const SETS: Readonly<Record<string, () => Promise<readonly boolean[]>>> = {
  ema: runEma,
  servers: () =>
    runServers({ suites: suitesNamed(values.suite), paths: pathsNamed(values.path), scenario: values.scenario }),
};

const sets = values.set === 'all' ? Object.values(SETS) : [SETS[values.set]];
await installLocked(HARNESS_FOLDER);
const outcomes: boolean[] = [];
for (const run of sets) {
  if (!run) throw new Error(`There is no set "${values.set}". Sets: all, ${Object.keys(SETS).join(', ')}`);
  outcomes.push(...(await run()));
}
const passed = outcomes.filter(Boolean).length;
process.stdout.write(`\n${passed} passed, ${outcomes.length - passed} failed\n`);
process.exitCode = passed === outcomes.length ? 0 : 1;
