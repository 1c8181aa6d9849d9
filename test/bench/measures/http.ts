import type { RoundResult } from '../load/round.ts';
import { canReadCpu, readCpuMs } from '../processes/cpu.ts';
import { columnsOf, compare, figure, type Row, range, type Values, type Verdict } from '../report/row.ts';
import { summarise } from '../report/statistics.ts';
import type { Scale } from '../scale.ts';
import type { FastSetup } from './fast-setup.ts';
import { type Found, interleave, pick } from './interleave.ts';
import { first, pidsOf, type Ways } from './targets.ts';

/** Callers under load, as in the design's budgets. */
const CALLERS = 64;

/** Where time is what ends a round. */
export const NO_LIMIT = 1_000_000_000;

/** A single caller's round ends by its number of calls long before, in ms. */
const LONGEST_ROUND_MS = 10_000;

const MS_PER_SECOND = 1000;
const US_PER_MS = 1000;
const PERCENT = 100;

/** What ours may add to a call, as a share of what http-proxy adds. */
const ADDED_BUDGET = 0.8;

/** Calls per second of ours, as a multiple of http-proxy's; and what would be better still. */
const LOAD_BUDGET = 1.5;
const LOAD_STRETCH = 18_000;

/** Calls as fast as they go; nobody looks at the times. */
export async function warmUp({ generator }: FastSetup, { ways }: Ways, scale: Scale): Promise<void> {
  const round = { callers: CALLERS, calls: NO_LIMIT, durationMs: scale.warmUpMs };
  for (const way of Object.values(ways)) await generator.ask('run', { ...round, targets: [first(way)] });
}

/** What ours adds to a direct call is at most so many times what the other adds. */
function addsAtMost(limit: number, other: string, values: Values): Verdict {
  const share = compare(
    values,
    ['ours', other, 'direct'],
    (ours = 0, theirs = 0, direct = 0) => (ours - direct) / (theirs - direct),
  );
  return {
    goal: `adds ≤ ${limit} × what ${other} adds`,
    found: `${figure(share.median)} × (${range(share)})`,
    met: share.median <= limit,
  };
}

function addedRemark(values: Values): string {
  const others = Object.keys(values).filter((name) => name !== 'direct');
  const added = others.map((name) => {
    const { median } = compare(values, [name, 'direct'], (one = 0, direct = 0) => one - direct);
    return `${name} ${figure(median)} ms`;
  });
  return `adds: ${added.join(', ')}`;
}

/** Median time of a call with one caller. */
export async function measureCall({ generator }: FastSetup, { ways, absent }: Ways, scale: Scale): Promise<Row> {
  const round = { callers: 1, calls: scale.callsPerRound, durationMs: LONGEST_ROUND_MS };
  const found = await interleave(ways, scale.callRounds, (way) =>
    generator.ask('run', { ...round, targets: [first(way)] }),
  );
  const values = pick(found, ({ p50Ms }) => p50Ms);
  return {
    name: 'http-call',
    title: 'HTTP call p50, one caller, 1 KB tools/call',
    unit: 'ms',
    columns: columnsOf(
      values,
      pick(found, ({ p99Ms }) => p99Ms),
    ),
    absent: { ...absent, ...found.absent },
    budget: addsAtMost(ADDED_BUDGET, 'http-proxy', values),
    ...(values.nginx && { stretch: addsAtMost(1, 'nginx', values) }),
    remarks: [addedRemark(values)],
  };
}

interface CpuUse {
  readonly name: string;
  readonly usPerCall: number;
  /** Share of one core while its column had its turn. */
  readonly share: number;
}

/** Processor time of the processes in between: less disturbed by others on the machine than any time. */
function cpuUse(usedMs: ReadonlyMap<string, number>, { rounds }: Found<RoundResult>): readonly CpuUse[] {
  return [...usedMs].map(([name, ms]) => {
    const turns = rounds[name] ?? [];
    const calls = turns.reduce((sum, round) => sum + round.calls, 0);
    const seconds = turns.reduce((sum, round) => sum + round.calls / round.callsPerSecond, 0);
    return { name, usPerCall: (ms * US_PER_MS) / calls, share: ms / (seconds * MS_PER_SECOND) };
  });
}

/** Whether load generator and server could do much more than what stands in between lets them. */
function headroomRemark(values: Values): string {
  const rate = (name: string) => summarise(values[name] ?? []).median;
  const [fastest = ''] = Object.keys(values)
    .filter((name) => name !== 'direct')
    .sort((a, b) => rate(b) - rate(a));
  return `load generator and server alone do ${figure(rate('direct') / rate(fastest))} × what ${fastest} lets them, ${figure(rate('direct') / rate('ours'))} × ours`;
}

/** Calls per second with many callers. */
export async function measureLoad({ generator }: FastSetup, all: Ways, scale: Scale): Promise<Row> {
  const round = { callers: CALLERS, calls: NO_LIMIT, durationMs: scale.loadRoundMs };
  const measured = canReadCpu() ? Object.entries(pidsOf(all)) : [];
  const before = new Map(measured.map(([name, pid]) => [name, readCpuMs(pid)]));
  const found = await interleave(all.ways, scale.loadRounds, (way) =>
    generator.ask('run', { ...round, targets: [first(way)] }),
  );
  const used = new Map(measured.map(([name, pid]) => [name, readCpuMs(pid) - (before.get(name) ?? 0)]));
  const values = pick(found, ({ callsPerSecond }) => callsPerSecond);
  const multiple = compare(values, ['ours', 'http-proxy'], (ours = 0, theirs = 0) => ours / theirs);
  const columns = columnsOf(
    values,
    pick(found, ({ p99Ms }) => p99Ms),
  );
  const ours = columns.ours?.median ?? Number.NaN;
  const cpu = cpuUse(used, found).map(
    ({ name, usPerCall, share }) => `${name} ${figure(usPerCall)} µs (${figure(share * PERCENT)} % of a core)`,
  );
  return {
    name: 'http-load',
    title: `Calls per second at ${CALLERS} callers, 1 KB tools/call (p99 in ms)`,
    unit: 'calls/s',
    columns,
    absent: { ...all.absent, ...found.absent },
    budget: {
      goal: `≥ ${LOAD_BUDGET} × http-proxy`,
      found: `${figure(multiple.median)} × (${range(multiple)})`,
      met: multiple.median >= LOAD_BUDGET,
    },
    stretch: {
      goal: `≥ ${LOAD_STRETCH.toLocaleString('en-US')} calls/s`,
      found: `${figure(ours)} calls/s`,
      met: ours >= LOAD_STRETCH,
    },
    remarks: [...(cpu.length > 0 ? [`processor time per call: ${cpu.join(', ')}`] : []), headroomRemark(values)],
  };
}
