import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { followJournal, GATHER_MS, NEWS_LIMIT } from '../../../main/agent/journal-routes.ts';
import { createRecentEntries } from '../../../main/journal/recent-entries.ts';
import { journalNewsSchema } from '../../../shared/journal-views.ts';
import { createVirtualTime } from '../../virtual-time.ts';

const HOUR = { at: 0, calls: 1, failed: 0, mints: 0 };
const ENTRY = { time: '2026-01-02T03:04:05.000Z', level: 'info', event: 'woke', fields: {} } as const;

/** A reader whose pace the test decides. */
function reading() {
  const texts: string[] = [];
  const reader = Object.assign(new EventEmitter(), {
    writableNeedDrain: false,
    writeHead: () => reader,
    write: (text: string) => texts.push(text),
  });
  const time = createVirtualTime();
  const recent = createRecentEntries([ENTRY]);
  const response = reader as unknown as ServerResponse;
  followJournal(response, { journal: { recent, hour: () => HOUR }, schedule: time.schedule });
  const news = () =>
    texts.splice(0).map((text) => journalNewsSchema.parse(JSON.parse(text.replace(/^data: /, '').trimEnd())));
  const happen = (times: number) => {
    for (let number = 0; number < times; number += 1) recent.write(ENTRY);
  };
  return { reader, time, news, happen };
}

test('a reader hears at once that it is heard, and then what comes, gathered', async () => {
  const { time, news, happen } = reading();
  expect(news()).toEqual([{ entries: [], missed: 0, firstId: 1, hour: HOUR }]);
  happen(2);
  await time.advance(GATHER_MS - 1);
  happen(1);
  expect(news()).toEqual([]);
  await time.advance(1);
  expect(news()).toMatchObject([{ entries: [{ id: 2 }, { id: 3 }, { id: 4 }], missed: 0 }]);
  await time.advance(10 * GATHER_MS);
  expect(news()).toEqual([]);
});

test('of more than one event has room for, the newest are told, and how many there were besides', async () => {
  const { time, news, happen } = reading();
  news();
  happen(NEWS_LIMIT + 50);
  await time.advance(GATHER_MS);
  const [{ entries, missed } = { entries: [], missed: 0 }, ...more] = news();
  expect(more).toEqual([]);
  expect(missed).toBe(50);
  expect(entries).toHaveLength(NEWS_LIMIT);
  expect(entries.at(-1)?.id).toBe(NEWS_LIMIT + 51);
});

test('a reader that has stopped reading is sent nothing, and the newest when it goes on', async () => {
  const { reader, time, news, happen } = reading();
  news();
  reader.writableNeedDrain = true;
  for (let round = 0; round < 10; round += 1) {
    happen(100);
    await time.advance(GATHER_MS);
  }
  expect(news()).toEqual([]);
  reader.writableNeedDrain = false;
  reader.emit('drain');
  await time.advance(GATHER_MS);
  expect(news()).toMatchObject([{ missed: 1_000 - NEWS_LIMIT }]);
});

test('nothing is gathered for a reader that has gone', async () => {
  const { reader, time, news, happen } = reading();
  news();
  happen(1);
  reader.emit('close');
  expect(time.waiting()).toBe(0);
  happen(1);
  expect(time.waiting()).toBe(0);
  await time.advance(GATHER_MS);
  expect(news()).toEqual([]);
});

test('what happens after a reader has gone sets nothing going for it', async () => {
  const { reader, time, news, happen } = reading();
  news();
  reader.emit('close');
  happen(1);
  expect(time.waiting()).toBe(0);
  await time.advance(GATHER_MS);
  expect(news()).toEqual([]);
});
