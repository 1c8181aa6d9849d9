import { endAllChildren } from '../integration/program.ts';
import { PARTS, type PartName, readArguments, USAGE, type Wanted } from './arguments.ts';
import { createChance } from './chance.ts';
import { type Figure, formatFigure } from './figures.ts';
import type { Part } from './part.ts';
import { removeAllHomes } from './world/homes.ts';

// npm run faults: what goes wrong in a company, over and over, with one figure a line. Every chance comes from the
// seed. Exits with 1 where a demand is broken.

const EXIT_BROKEN = 1;
const EXIT_USAGE = 2;
const MS_PER_SECOND = 1_000;

/** Loaded when they run: a part that is not wanted costs nothing. */
const LOADERS: Readonly<Record<PartName, () => Promise<Part>>> = {
  storm: async () => (await import('./storm/storm.ts')).storm,
  legs: async () => (await import('./legs/legs.ts')).legs,
  day: async () => (await import('./day/day.ts')).day,
  revoked: async () => (await import('./revoked/revoked.ts')).revoked,
  wake: async () => (await import('./wake/wake.ts')).wake,
  kill: async () => (await import('./kill/kill.ts')).kill,
};

async function leaveNothing(): Promise<void> {
  await endAllChildren();
  removeAllHomes();
}

async function runPart(name: PartName, wanted: Wanted): Promise<boolean> {
  const startedAt = performance.now();
  let holds = true;
  const tell = (...figures: readonly Figure[]) => {
    for (const figure of figures) {
      holds &&= figure.demand?.holds ?? true;
      console.log(formatFigure(name, figure));
    }
  };
  try {
    const part = await LOADERS[name]();
    await part({ wanted, chance: createChance(wanted.seed).fork(name), tell });
  } catch (error) {
    holds = false;
    console.log(`${name.padEnd(8)}BROKEN OFF: ${error instanceof Error ? error.stack : String(error)}`);
  }
  tell({ name: 'time for it', value: `${((performance.now() - startedAt) / MS_PER_SECOND).toFixed(1)} s` });
  if (!holds) {
    const { seed, long, rotations, hours } = wanted;
    const again = `--only ${name} --seed ${seed}${long ? ' --long' : ''} --rotations ${rotations} --hours ${hours}`;
    console.log(`${name.padEnd(8)}again: npm run faults -- ${again}`);
  }
  return holds;
}

async function run(wanted: Wanted): Promise<void> {
  console.log(
    `seed ${wanted.seed}${wanted.long ? ', long' : ''}; parts: ${wanted.parts.join(', ')} (of ${PARTS.length})`,
  );
  const broken: PartName[] = [];
  for (const name of wanted.parts) {
    if (!(await runPart(name, wanted))) broken.push(name);
    await leaveNothing();
  }
  console.log(broken.length === 0 ? 'every demand holds' : `BROKEN: ${broken.join(', ')} (seed ${wanted.seed})`);
  process.exitCode = broken.length === 0 ? 0 : EXIT_BROKEN;
}

function wantedOf(args: readonly string[]): Wanted | undefined {
  try {
    return readArguments(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return undefined;
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => void leaveNothing().finally(() => process.exit(EXIT_BROKEN)));

const wanted = wantedOf(process.argv.slice(2));
if (wanted) {
  await run(wanted).finally(leaveNothing);
  // Whatever a broken part left open must not keep the run from ending.
  process.exit();
} else process.exitCode = EXIT_USAGE;
