import { canReadMemory, type Memory, readMemory } from '../processes/memory.ts';
import type { ProgramForm } from '../program/forms.ts';
import { type StdioProgram, startStdioClient } from '../program/stdio-client.ts';
import { atMost, columnsOf, oursOf, type Row } from '../report/row.ts';
import { quantile } from '../report/statistics.ts';
import type { Scale } from '../scale.ts';
import type { FastSetup } from './fast-setup.ts';
import { interleave, pick } from './interleave.ts';
import { stdioPrograms } from './stdio-programs.ts';

/** What one process showed in its life. */
interface Life {
  readonly startMs: number;
  readonly callMs: number;
  readonly slowCallMs: number;
  readonly memory: Memory | undefined;
}

const START_BUDGET_MS = 100;
const CALL_BUDGET_MS = 0.45;
const RSS_BUDGET_MB = 65;
const PSS_BUDGET_MB = 30;

async function live(program: StdioProgram, calls: number): Promise<Life> {
  const client = await startStdioClient(program);
  try {
    const times: number[] = [];
    for (let call = 0; call < calls; call += 1) times.push(await client.call());
    const memory = canReadMemory() ? readMemory(client.pid) : undefined;
    times.sort((a, b) => a - b);
    return { startMs: client.startMs, callMs: quantile(times, 0.5), slowCallMs: quantile(times, 0.99), memory };
  } finally {
    await client.end();
  }
}

/** Start, calls and memory of stdio servers; each round starts every one of them anew. */
export async function measureStdio(
  setup: FastSetup,
  forms: readonly ProgramForm[],
  { stdioRounds, stdioCalls }: Scale,
): Promise<readonly Row[]> {
  const found = await interleave(stdioPrograms(setup, forms), stdioRounds, (program) => live(program, stdioCalls));
  const row = (
    { name, title, unit }: Pick<Row, 'name' | 'title' | 'unit'>,
    limit: number,
    value: (life: Life) => number,
    p99?: (life: Life) => number,
  ): Row => {
    const columns = columnsOf(pick(found, value), p99 && pick(found, p99));
    const budget = atMost(limit, unit, oursOf(columns));
    return { name, title, unit, columns, absent: found.absent, budget, remarks: [] };
  };
  const nothing = Number.NaN;
  const speed = [
    row(
      { name: 'stdio-start', title: 'stdio: start → first answer', unit: 'ms' },
      START_BUDGET_MS,
      ({ startMs }) => startMs,
    ),
    row(
      { name: 'stdio-call', title: 'stdio: one call p50', unit: 'ms' },
      CALL_BUDGET_MS,
      ({ callMs }) => callMs,
      ({ slowCallMs }) => slowCallMs,
    ),
  ];
  if (!canReadMemory()) return speed;
  const after = `after ${stdioCalls} calls, its whole process tree`;
  return [
    ...speed,
    row(
      { name: 'stdio-rss', title: `memory of a stdio server (RSS), ${after}`, unit: 'MB' },
      RSS_BUDGET_MB,
      ({ memory }) => memory?.rss ?? nothing,
    ),
    row(
      { name: 'stdio-pss', title: `memory of a stdio server (PSS), ${after}`, unit: 'MB' },
      PSS_BUDGET_MB,
      ({ memory }) => memory?.pss ?? nothing,
    ),
  ];
}
