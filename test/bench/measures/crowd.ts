import { setTimeout as delay } from 'node:timers/promises';
import { canReadMemory, readSteadyMemory } from '../processes/memory.ts';
import { columnsOf, figure, type Row } from '../report/row.ts';
import { summarise } from '../report/statistics.ts';
import type { Scale } from '../scale.ts';
import type { FastSetup } from './fast-setup.ts';
import { NO_LIMIT } from './http.ts';
import { interleave, pick } from './interleave.ts';
import { type Delays, startProbe } from './probe.ts';
import type { Ways } from './targets.ts';

/** Servers and clients of each; all call as fast as they are answered. */
export const CROWD_SERVERS = 20;
const CLIENTS = 10;

/** Failed calls are counted; more than these are no load any more. */
const ERROR_LIMIT = 1_000;

const MS_PER_SECOND = 1000;

const memoryOf = async (pid: number) => (canReadMemory() ? (await readSteadyMemory(pid)).rss : Number.NaN);

function delayRemark(delays: readonly Delays[]): string {
  const middle = (value: (one: Delays) => number) => figure(summarise(delays.map(value)).median);
  const highest = Math.max(...delays.map(({ highestMs }) => highestMs));
  return `ours let a request that costs nothing wait: p50 ${middle(({ p50Ms }) => p50Ms)} ms, p99 ${middle(({ p99Ms }) => p99Ms)} ms, longest ${figure(highest)} ms`;
}

/**
 * Many clients of many servers at once. Ours has a long turn in each round and the others a short one, so that its turns
 * add up to the time that is wanted.
 */
export async function measureCrowd(
  { agent, names, generator }: FastSetup,
  { ways, absent }: Ways,
  { crowdRounds, crowdRoundMs, crowdPeerRoundMs, crowdRestMs }: Scale,
): Promise<readonly Row[]> {
  const round = { callers: CLIENTS, calls: NO_LIMIT, errorLimit: ERROR_LIMIT };
  const beforeMb = await memoryOf(agent.pid);
  const delays: Delays[] = [];
  const found = await interleave(ways, crowdRounds, async (way, name) => {
    const isOurs = name === 'ours';
    const probe = isOurs ? startProbe(agent.relayUrl) : undefined;
    const durationMs = isOurs ? crowdRoundMs : crowdPeerRoundMs;
    const result = await generator.ask('run', { ...round, durationMs, targets: names.map((server) => way.to(server)) });
    if (probe) delays.push(await probe.stop());
    return result;
  });
  const endMb = await memoryOf(agent.pid);
  await delay(crowdRestMs);
  const restMb = await memoryOf(agent.pid);

  const all = { ...absent, ...found.absent };
  const crowd = `${names.length} servers × ${CLIENTS} clients`;
  const ours = found.rounds.ours ?? [];
  const errors = ours.reduce((sum, one) => sum + one.errors, 0);
  const firstError = ours.find((one) => one.firstError !== undefined)?.firstError;
  const calls = ours.reduce((sum, one) => sum + one.calls, 0);
  const seconds = (crowdRounds * crowdRoundMs) / MS_PER_SECOND;
  return [
    {
      name: 'crowd-load',
      title: `${crowd}: calls per second`,
      unit: 'calls/s',
      columns: columnsOf(pick(found, ({ callsPerSecond }) => callsPerSecond)),
      absent: all,
      remarks: [
        `ours: ${calls.toLocaleString('en-US')} calls in ${figure(seconds)} s, ${errors} errors${firstError === undefined ? '' : `, the first: ${firstError}`}`,
        ...(canReadMemory()
          ? [
              `memory of ours (RSS): ${figure(beforeMb)} MB before, ${figure(endMb)} MB at the end, ${figure(restMb)} MB after ${crowdRestMs / MS_PER_SECOND} s of rest`,
            ]
          : []),
        ...(delays.length > 0 ? [delayRemark(delays)] : []),
      ],
    },
    {
      name: 'crowd-call',
      title: `${crowd}: one call p50`,
      unit: 'ms',
      columns: columnsOf(
        pick(found, ({ p50Ms }) => p50Ms),
        pick(found, ({ p99Ms }) => p99Ms),
      ),
      absent: all,
      remarks: [],
    },
  ];
}
