import type { AnswerTimes } from '../load/generator.ts';
import { columnsOf, type Row } from '../report/row.ts';
import { quantile } from '../report/statistics.ts';
import type { Scale } from '../scale.ts';
import type { FastSetup } from './fast-setup.ts';
import { interleave, pick } from './interleave.ts';
import { first, type Way, type Ways } from './targets.ts';

/** Events of the streams whose first one is timed. */
const SHORT_STREAM = 10;

/** Events of the streams whose rate is taken, with their titles. */
const STREAMS = [
  [1_000, '1,000'],
  [10_000, '10,000'],
] as const;

const MS_PER_SECOND = 1000;

interface FirstEvents {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Time to the first event, and events per second of one stream. */
export async function measureEvents(
  { generator }: FastSetup,
  { ways, absent }: Ways,
  { eventRounds, shortStreams }: Scale,
): Promise<readonly Row[]> {
  const call = (way: Way, events: number): Promise<AnswerTimes> =>
    generator.ask('callForEvents', { target: first(way), events });
  const early = await interleave(ways, eventRounds, async (way): Promise<FirstEvents> => {
    const times: number[] = [];
    for (let stream = 0; stream < shortStreams; stream += 1) times.push((await call(way, SHORT_STREAM)).firstMs);
    times.sort((a, b) => a - b);
    return { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
  });
  const rows: Row[] = [
    {
      name: 'events-first',
      title: 'event stream: request → first event, p50',
      unit: 'ms',
      columns: columnsOf(
        pick(early, ({ p50Ms }) => p50Ms),
        pick(early, ({ p99Ms }) => p99Ms),
      ),
      absent: { ...absent, ...early.absent },
      remarks: [],
    },
  ];
  for (const [events, title] of STREAMS) {
    const found = await interleave(ways, eventRounds, (way) => call(way, events));
    rows.push({
      name: `events-${events}`,
      title: `event stream: rate of ${title} small events, one stream`,
      unit: 'events/s',
      columns: columnsOf(pick(found, ({ ms }) => (events * MS_PER_SECOND) / ms)),
      absent: { ...absent, ...found.absent },
      remarks: [],
    });
  }
  return rows;
}
