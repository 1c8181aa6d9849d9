import { setTimeout as delay } from 'node:timers/promises';
import { canReadMemory, readMemory, readPeakMb, resetPeak } from '../processes/memory.ts';
import type { ProgramForm } from '../program/forms.ts';
import { startStdioClient } from '../program/stdio-client.ts';
import { columnsOf, type Row } from '../report/row.ts';
import type { Scale } from '../scale.ts';
import type { FastSetup } from './fast-setup.ts';
import { interleave, pick } from './interleave.ts';
import { stdioPrograms } from './stdio-programs.ts';
import { first, type Ways } from './targets.ts';

/** Text of the result, in bytes. */
const LARGE_BYTES = 10_000_000;
const LARGE = '10 MB tool result';

/** Between two of them, in ms: what is left of one must not be paid for by the next. */
const PAUSE_MS = 100;

interface Large {
  readonly ms: number;
  /** How far the resident size of what stands in between rose above what it was before, at the highest, in MB. */
  readonly grownMb: number;
}

/** Takes the time of `work`, and how far the memory of these processes and their children rose meanwhile. */
async function withPeak(pids: readonly number[], work: () => Promise<number>): Promise<Large> {
  await delay(PAUSE_MS);
  if (!canReadMemory()) return { ms: await work(), grownMb: Number.NaN };
  for (const pid of pids) resetPeak(pid);
  const before = pids.reduce((sum, pid) => sum + readMemory(pid).rss, 0);
  const ms = await work();
  return { ms, grownMb: pids.reduce((sum, pid) => sum + readPeakMb(pid), 0) - before };
}

const WHAT_GREW = 'how far the resident size of what stands in between rose, at the highest';

/** Time and memory of one large result over HTTP. */
export async function measureLargeHttp(
  { generator }: FastSetup,
  { ways, absent }: Ways,
  { largeRounds }: Scale,
): Promise<readonly Row[]> {
  const found = await interleave(ways, largeRounds, (way) =>
    withPeak(way.pid === undefined ? [] : [way.pid], async () => {
      const target = first(way);
      return (await generator.ask('callForText', { target, bytes: LARGE_BYTES })).ms;
    }),
  );
  const all = { ...absent, ...found.absent };
  const time: Row = {
    name: 'large-http',
    title: `HTTP: ${LARGE}`,
    unit: 'ms',
    columns: columnsOf(pick(found, ({ ms }) => ms)),
    absent: all,
    remarks: [],
  };
  if (!canReadMemory()) return [time];
  const { direct: _nothingBetween, ...grown } = pick(found, ({ grownMb }) => grownMb);
  const memory: Row = {
    name: 'large-http-memory',
    title: `HTTP: ${LARGE}, ${WHAT_GREW}`,
    unit: 'MB',
    columns: columnsOf(grown),
    absent: all,
    remarks: [],
  };
  return [time, memory];
}

/** Time and memory of one large result over stdio; of ours, shim and agent together. */
export async function measureLargeStdio(
  setup: FastSetup,
  forms: readonly ProgramForm[],
  { largeStdioRounds, stdioWarmCalls }: Scale,
): Promise<readonly Row[]> {
  const found = await interleave(stdioPrograms(setup, forms), largeStdioRounds, async (program) => {
    const client = await startStdioClient(program);
    try {
      for (let call = 0; call < stdioWarmCalls; call += 1) await client.call();
      const between = [client.pid, ...(program.isOurs ? [setup.agent.pid] : [])];
      return await withPeak(between, () => client.callForText(LARGE_BYTES));
    } finally {
      await client.end();
    }
  });
  const time: Row = {
    name: 'large-stdio',
    title: `stdio: ${LARGE}`,
    unit: 'ms',
    columns: columnsOf(pick(found, ({ ms }) => ms)),
    absent: found.absent,
    remarks: [],
  };
  if (!canReadMemory()) return [time];
  const memory: Row = {
    name: 'large-stdio-memory',
    title: `stdio: ${LARGE}, ${WHAT_GREW}`,
    unit: 'MB',
    columns: columnsOf(pick(found, ({ grownMb }) => grownMb)),
    absent: found.absent,
    remarks: ['ours is shim and agent together'],
  };
  return [time, memory];
}
