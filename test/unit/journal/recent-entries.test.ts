import { describe, expect, test } from 'vitest';
import { createLog, type LogEntry } from '../../../main/journal/log.ts';
import { createRecentEntries } from '../../../main/journal/recent-entries.ts';
import { JOURNAL_LIMIT } from '../../../shared/journal-views.ts';
import { virtualClock } from '../fixtures.ts';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);

const entry = (number: number): LogEntry => ({
  time: new Date(AT).toISOString(),
  level: 'info',
  event: `event-${number}`,
  fields: {},
});

const entries = (count: number) => Array.from({ length: count }, (_, index) => entry(index + 1));

describe('the newest entries', () => {
  test('are those of the log, with growing ids and the time as a number', () => {
    const recent = createRecentEntries([entry(1)]);
    const log = createLog([], virtualClock(AT));
    log.info('before');
    log.attach(recent);
    log.debug('call', { server: 'notes', name: undefined });
    expect(recent.after(0)).toEqual({
      entries: [
        { id: 1, at: AT, level: 'info', event: 'event-1', fields: {} },
        { id: 2, at: AT, level: 'debug', event: 'call', fields: { server: 'notes' } },
      ],
      missed: 0,
    });
    expect(recent.lastId).toBe(2);
  });

  test.each([
    [0, 10, undefined, { first: 1, last: 10, missed: 0 }],
    [4, 10, undefined, { first: 5, last: 10, missed: 0 }],
    [10, 10, undefined, { first: undefined, last: undefined, missed: 0 }],
    [0, 10, 3, { first: 8, last: 10, missed: 7 }],
    [0, JOURNAL_LIMIT + 7, undefined, { first: 8, last: JOURNAL_LIMIT + 7, missed: 7 }],
    [JOURNAL_LIMIT, JOURNAL_LIMIT + 7, 200, { first: JOURNAL_LIMIT + 1, last: JOURNAL_LIMIT + 7, missed: 0 }],
    [100, 3 * JOURNAL_LIMIT, 200, { first: 3 * JOURNAL_LIMIT - 199, last: 3 * JOURNAL_LIMIT, missed: 1200 }],
  ])('after %i of %i, at most %s', (id, count, limit, { first, last, missed }) => {
    const recent = createRecentEntries();
    for (const one of entries(count)) recent.write(one);
    const newest = recent.after(id, limit);
    expect(newest.missed).toBe(missed);
    expect(newest.entries.at(0)?.id).toBe(first);
    expect(newest.entries.at(-1)?.id).toBe(last);
    // Each is the one that was written under this number.
    for (const one of newest.entries) expect(one.event).toBe(`event-${one.id}`);
  });

  test('of more than are held before the start are the last ones', () => {
    const recent = createRecentEntries(entries(JOURNAL_LIMIT + 3));
    recent.write(entry(0));
    const { entries: held } = recent.after(0);
    expect(held).toHaveLength(JOURNAL_LIMIT);
    expect(held.at(0)?.event).toBe('event-5');
    expect(held.at(-1)).toMatchObject({ id: JOURNAL_LIMIT + 1, event: 'event-0' });
  });

  test('that are forgotten are not shown, and were not missed', () => {
    const recent = createRecentEntries(entries(3));
    expect(recent.firstId).toBe(1);
    recent.forget();
    expect([recent.firstId, recent.lastId]).toEqual([4, 3]);
    expect(recent.after(0)).toEqual({ entries: [], missed: 0 });
    recent.write(entry(4));
    for (const id of [0, 2, 3]) {
      const { entries: shown, missed } = recent.after(id);
      expect([shown.map((one) => one.event), missed]).toEqual([['event-4'], 0]);
    }
    for (const one of entries(JOURNAL_LIMIT)) recent.write(one);
    expect(recent.after(0)).toMatchObject({ missed: 1 });
    expect(recent.after(0).entries).toHaveLength(JOURNAL_LIMIT);
  });

  test('tell their listeners of each, until those leave', () => {
    const recent = createRecentEntries();
    let heard = 0;
    const leave = recent.onEntry(() => {
      heard += 1;
    });
    recent.write(entry(1));
    recent.write(entry(2));
    leave();
    recent.write(entry(3));
    expect(heard).toBe(2);
  });
});
