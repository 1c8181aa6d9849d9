import { removeAllSandboxes } from '../clients/sandbox.ts';
import { readArguments, USAGE, type Wanted } from './arguments.ts';
import { measureAll } from './measure.ts';
import { installPeers } from './peers/install.ts';
import { killAllChildren } from './processes/children.ts';
import { type Forms, programForms, shippedForm } from './program/forms.ts';
import { findVersions } from './report/machine.ts';
import { formatJson, formatReport } from './report/print.ts';
import type { Row } from './report/row.ts';

// npm run bench: the design's budgets, side by side with what a user would pick instead. No figure fails the run;
// what does not run, or answers wrongly, does.

/** Measuring ends by itself long before, in ms; beyond it something hangs. */
const RUN_LIMIT_MS = 10 * 60_000;

const MS_PER_SECOND = 1_000;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** Progress goes to stderr, so that stdout has the figures alone. */
const say = (text: string) => console.error(`bench: ${text}`);

/** Children lead their own process groups, so a Ctrl+C at the terminal reaches only us. */
function leaveNothingBehind(): void {
  process.on('exit', () => {
    killAllChildren();
    removeAllSandboxes();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      say(`stopped by ${signal}`);
      process.exit(EXIT_FAILED);
    });
}

async function prepare(): Promise<Forms> {
  say('looking whether the peers are installed as locked …');
  await installPeers();
  say('bundling the program …');
  return programForms();
}

function firstNotes({ forms, note }: Forms, { quick }: Wanted): string[] {
  const names = forms.map(({ name }) => name).join(' and the ');
  return [
    'Medians; in brackets the middle half of the rounds. Rounds take turns, so ratios stand more noise than figures.',
    'Load generator, server, company, agent and each peer are processes of their own and share the cores.',
    `Ours is the ${names}; where one form is measured, the ${shippedForm(forms).name}.`,
    'Peers are started without npx. PSS counts what runs beside them: every Node process shares the pages of Node.',
    ...(note === undefined ? [] : [note]),
    ...(quick ? ['Quick: few rounds.'] : []),
  ];
}

async function bench(wanted: Wanted): Promise<void> {
  const prepared = await prepare();
  const startedAt = performance.now();
  const [rows, notes, failures]: [Row[], string[], string[]] = [[], firstNotes(prepared, wanted), []];
  const finish = () => {
    const seconds = (performance.now() - startedAt) / MS_PER_SECOND;
    const report = { versions: findVersions(), rows, notes, failures, seconds };
    console.log(wanted.json ? formatJson(report) : formatReport(report));
    process.exitCode = failures.length === 0 && rows.length > 0 ? 0 : EXIT_FAILED;
  };
  const limit = setTimeout(() => {
    failures.push(`Not finished after ${RUN_LIMIT_MS / MS_PER_SECOND} s`);
    finish();
    process.exit(EXIT_FAILED);
  }, RUN_LIMIT_MS);
  await measureAll({
    wanted,
    forms: prepared.forms,
    say,
    found: (more) => void rows.push(...more),
    note: (sentence) => void notes.push(sentence),
    failed: (what, error) => {
      const text = error instanceof Error ? error.message : String(error);
      say(`FAILED: ${what}: ${text}`);
      failures.push(`${what}: ${text}`);
    },
  });
  clearTimeout(limit);
  finish();
}

function wantedOf(args: readonly string[]): Wanted | undefined {
  try {
    return readArguments(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return undefined;
  }
}

leaveNothingBehind();
const wanted = wantedOf(process.argv.slice(2));
if (wanted)
  await bench(wanted).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = EXIT_FAILED;
  });
else process.exitCode = EXIT_USAGE;
