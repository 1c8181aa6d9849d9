import { setTimeout as delay } from 'node:timers/promises';
import { canReadMemory, readSteadyMemory } from '../processes/memory.ts';
import { columnsOf, figure, type Row } from '../report/row.ts';
import { quantile } from '../report/statistics.ts';
import type { Scale } from '../scale.ts';
import type { FastSetup } from './fast-setup.ts';
import { interleave, pick } from './interleave.ts';
import { first, type Way, type Ways } from './targets.ts';

/** Listening streams that are open at once. */
const STREAMS = 200;

/** In ms; they open and end within tens of them. */
const OPEN_LIMIT_MS = 10_000;
const END_LIMIT_MS = 1_000;
const POLL_MS = 20;

/** Between what happened and the look at the memory, in ms. */
const REST_MS = 500;

/** What one set of streams showed; memory is resident, in MB. */
interface Listened {
  readonly lastMs: number;
  readonly beforeMb: number;
  readonly openMb: number;
  readonly afterMb: number;
  /** Streams that were still open at the server when their clients had gone. */
  readonly left: number;
}

async function memoryOf(pid: number | undefined): Promise<number> {
  await delay(REST_MS);
  return pid === undefined || !canReadMemory() ? Number.NaN : (await readSteadyMemory(pid)).rss;
}

/** Waits until so many streams are open at the server, but no longer than that; gives how many there are. */
async function untilOpen({ server }: FastSetup, count: number, limitMs: number): Promise<number> {
  for (const until = Date.now() + limitMs; ; await delay(POLL_MS)) {
    const open = await server.ask('countStreams', undefined);
    if (open === count || Date.now() > until) return open;
  }
}

async function listen(setup: FastSetup, { pid, ...way }: Way, events: number): Promise<Listened> {
  const { server, generator } = setup;
  const beforeMb = await memoryOf(pid);
  await generator.ask('openStreams', { target: first(way), count: STREAMS });
  try {
    const open = await untilOpen(setup, STREAMS, OPEN_LIMIT_MS);
    if (open !== STREAMS) throw new Error(`${open} of ${STREAMS} listening streams are open`);
    const openMb = await memoryOf(pid);
    const times: number[] = [];
    for (let event = 0; event < events; event += 1) {
      // Answered before the events are sent: on a busy machine they would come first.
      await generator.ask('expectEvent', undefined);
      const beganAt = await server.ask('emit', undefined);
      times.push((await generator.ask('lastEvent', undefined)) - beganAt);
    }
    await generator.ask('closeStreams', undefined);
    const left = await untilOpen(setup, 0, END_LIMIT_MS);
    const afterMb = await memoryOf(pid);
    times.sort((a, b) => a - b);
    return { lastMs: quantile(times, 0.5), beforeMb, openMb, afterMb, left };
  } finally {
    await generator.ask('closeStreams', undefined);
    await server.ask('endStreams', undefined);
    await untilOpen(setup, 0, END_LIMIT_MS);
  }
}

/** What 200 listening streams cost, and how long it takes until the last has an event that is sent to each. */
export async function measureListening(
  setup: FastSetup,
  { ways, absent }: Ways,
  { listeningRounds, listeningEvents }: Scale,
): Promise<readonly Row[]> {
  await setup.server.ask('offerStreams', true);
  try {
    const found = await interleave(ways, listeningRounds, (way) => listen(setup, way, listeningEvents));
    const all = { ...absent, ...found.absent };
    const time: Row = {
      name: 'listening-event',
      title: `${STREAMS} listening streams: one event to each → the last has it`,
      unit: 'ms',
      columns: columnsOf(pick(found, ({ lastMs }) => lastMs)),
      absent: all,
      remarks: Object.entries(found.rounds).flatMap(([name, rounds]) => {
        const left = Math.max(...rounds.map((one) => one.left));
        return left > 0 ? [`${name} left ${left} streams open at the server when their clients had gone`] : [];
      }),
    };
    if (!canReadMemory()) return [time];
    const { direct: _nothingBetween, ...grown } = pick(found, ({ openMb, beforeMb }) => openMb - beforeMb);
    const rounds = found.rounds.ours ?? [];
    const kept = rounds.map(({ afterMb, openMb }) => openMb - afterMb).sort((a, b) => a - b);
    const [firstRound, lastRound] = [rounds[0], rounds.at(-1)];
    const memory: Row = {
      name: 'listening-memory',
      title: `${STREAMS} listening streams: how far the resident size of what stands in between rose`,
      unit: 'MB',
      columns: columnsOf(grown),
      absent: all,
      remarks: [
        `ours gave back ${figure(quantile(kept, 0.5))} MB within ${REST_MS} ms of their end; it was at ${figure(firstRound?.beforeMb ?? Number.NaN)} MB before the first round, ${figure(firstRound?.openMb ?? Number.NaN)} MB with its streams, ${figure(lastRound?.afterMb ?? Number.NaN)} MB after the last of ${rounds.length} rounds`,
      ],
    };
    return [time, memory];
  } finally {
    await setup.server.ask('offerStreams', false);
  }
}
