import type { RoundResult } from '../load/generator.ts';
import { canReadCpu, readCpuMs } from '../processes/cpu.ts';
import { figure, type Row } from '../report/row.ts';
import { type Series, summarise } from '../report/statistics.ts';
import type { Scale } from '../scale.ts';
import type { FastSetup } from './fast-setup.ts';
import { interleave, pick, type Rounds } from './interleave.ts';
import type { Targets } from './targets.ts';

/** Callers under load, as in the design's budgets. */
const CALLERS = 64;

/** Where time is what ends a round. */
const NO_LIMIT = 1_000_000_000;

/** A single caller's round ends by its number of calls long before, in ms. */
const LONGEST_ROUND_MS = 10_000;

const US_PER_MS = 1000;

/** What ours may add to a call, as a share of what http-proxy adds. */
const ADDED_BUDGET = 0.8;

/** Calls per second of ours, as a multiple of http-proxy's. */
const LOAD_BUDGET = 1.5;

/** Calls as fast as they go; nobody looks at the times. */
export async function warmUp({ generator }: FastSetup, { targets }: Targets, scale: Scale): Promise<void> {
  const round = { callers: CALLERS, calls: NO_LIMIT, durationMs: scale.warmUpMs };
  for (const target of Object.values(targets)) await generator.ask('run', { ...round, target });
}

function series(values: Readonly<Record<string, readonly number[]>>): Record<string, Series> {
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, summarise(all)]));
}

/** `of` gets ours, http-proxy's and the direct value of each round. */
function compare(
  values: Readonly<Record<string, readonly number[]>>,
  of: (ours: number, httpProxy: number, direct: number) => number,
): Series {
  const { ours = [], 'http-proxy': httpProxy = [], direct = [] } = values;
  return summarise(ours.map((value, round) => of(value, httpProxy[round] ?? Number.NaN, direct[round] ?? Number.NaN)));
}

function tail(rounds: Rounds<string, RoundResult>): string {
  const p99 = Object.entries(series(pick(rounds, ({ p99Ms }) => p99Ms)));
  return `p99: ${p99.map(([name, { median }]) => `${name} ${figure(median)} ms`).join(', ')}`;
}

function range({ low, high }: Series): string {
  return `${figure(low)}–${figure(high)}`;
}

/** Median time of a call with one caller. */
export async function measureCall({ generator }: FastSetup, { targets }: Targets, scale: Scale): Promise<Row> {
  const round = { callers: 1, calls: scale.callsPerRound, durationMs: LONGEST_ROUND_MS };
  const rounds = await interleave(targets, scale.callRounds, (target) => generator.ask('run', { ...round, target }));
  const values = pick(rounds, ({ p50Ms }) => p50Ms);
  const share = compare(values, (ours, httpProxy, direct) => (ours - direct) / (httpProxy - direct));
  const added = compare(values, (ours, _httpProxy, direct) => ours - direct);
  const peerAdded = compare(values, (_ours, httpProxy, direct) => httpProxy - direct);
  return {
    name: 'http-call',
    title: 'HTTP call p50, one caller, 1 KB tools/call',
    unit: 'ms',
    columns: series(values),
    verdict: {
      budget: `adds ≤ ${ADDED_BUDGET} × what http-proxy adds`,
      found: `${figure(share.median)} × (${range(share)})`,
      met: share.median <= ADDED_BUDGET,
    },
    remarks: [`adds: http-proxy ${figure(peerAdded.median)} ms, ours ${figure(added.median)} ms`, tail(rounds)],
  };
}

/** Processor time per call of the processes in between: less disturbed by others on the machine than any time. */
function cpuRemark(usedMs: ReadonlyMap<string, number>, rounds: Rounds<string, RoundResult>): string[] {
  const shares = [...usedMs].map(([name, ms]) => {
    const calls = (rounds[name] ?? []).reduce((sum, round) => sum + round.calls, 0);
    return `${name} ${figure((ms * US_PER_MS) / calls)} µs`;
  });
  return shares.length > 0 ? [`processor time per call: ${shares.join(', ')}`] : [];
}

/** Calls per second with many callers. */
export async function measureLoad({ generator }: FastSetup, { targets, pids }: Targets, scale: Scale): Promise<Row> {
  const round = { callers: CALLERS, calls: NO_LIMIT, durationMs: scale.loadRoundMs };
  const measured = canReadCpu() ? Object.entries(pids) : [];
  const before = new Map(measured.map(([name, pid]) => [name, readCpuMs(pid)]));
  const rounds = await interleave(targets, scale.loadRounds, (target) => generator.ask('run', { ...round, target }));
  const used = new Map(measured.map(([name, pid]) => [name, readCpuMs(pid) - (before.get(name) ?? 0)]));
  const values = pick(rounds, ({ callsPerSecond }) => callsPerSecond);
  const multiple = compare(values, (ours, httpProxy) => ours / httpProxy);
  return {
    name: 'http-load',
    title: `Calls per second at ${CALLERS} callers, 1 KB tools/call`,
    unit: 'calls/s',
    columns: series(values),
    verdict: {
      budget: `≥ ${LOAD_BUDGET} × http-proxy`,
      found: `${figure(multiple.median)} × (${range(multiple)})`,
      met: multiple.median >= LOAD_BUDGET,
    },
    remarks: [...cpuRemark(used, rounds), tail(rounds)],
  };
}
