import { writeFileSync } from 'node:fs';
import { readArguments, USAGE, type Wanted } from './arguments.ts';
import { formatJson, formatReport } from './report/print.ts';
import { runAll } from './scenarios/all.ts';

// npm run fleet: a company's agents in virtual time. Fails when the keeper breaks a promise or the cost is not linear.

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const MS_PER_SECOND = 1_000;

/** Progress goes to stderr, so that stdout has the figures alone. */
const say = (text: string) => console.error(`fleet: ${text}`);

// Hundreds of thousands of mints fail on purpose, and half of what that costs is writing down where.
Error.stackTraceLimit = 0;

async function run(wanted: Wanted): Promise<void> {
  const startedAt = performance.now();
  const report = await runAll(wanted, say);
  console.log(formatReport(report));
  if (wanted.json !== undefined) writeFileSync(wanted.json, formatJson(report));
  if (report.failures.length > 0) process.exitCode = EXIT_FAILED;
  say(`done in ${Math.round((performance.now() - startedAt) / MS_PER_SECOND)} s`);
}

function wantedOf(args: readonly string[]): Wanted | undefined {
  try {
    return readArguments(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return undefined;
  }
}

const wanted = wantedOf(process.argv.slice(2));
if (wanted)
  await run(wanted).catch((error: unknown) => {
    console.error(error);
    process.exitCode = EXIT_FAILED;
  });
else process.exitCode = EXIT_USAGE;
