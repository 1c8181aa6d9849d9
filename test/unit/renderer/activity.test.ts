import { describe, expect, test } from 'vitest';
import { CHART_HOURS, columnsOf, sumOf } from '../../../renderer/activity/chart-shape.ts';
import { filterEntries, NO_FILTER } from '../../../renderer/activity/journal-filter.ts';
import { addNews, beginList } from '../../../renderer/activity/journal-list.ts';
import { JOURNAL_LIMIT, type JournalEntry } from '../../../shared/journal-views.ts';

const HOUR_MS = 3_600_000;
const HOUR = { at: 100 * HOUR_MS, calls: 1, failed: 0, mints: 0 };

const entry = (id: number, event = 'signed-in', fields: JournalEntry['fields'] = {}): JournalEntry => ({
  id,
  at: id,
  level: 'info',
  event,
  fields,
});

const call = (id: number, server: string, client: string, status: number) =>
  entry(id, 'call', { server, client, status, method: 'tools/call', name: `tool_${id}` });

describe('the list', () => {
  const ids = (list: ReturnType<typeof beginList>) => list.entries.map(({ id }) => id);

  test('has the newest on top', () => {
    const list = beginList({ entries: [entry(1), entry(2)], hours: [HOUR] });
    expect(ids(list)).toEqual([2, 1]);
    expect(ids(addNews(list, { entries: [entry(3), entry(4)], missed: 0, hour: HOUR }))).toEqual([4, 3, 2, 1]);
  });

  test('takes nothing twice', () => {
    const list = beginList({ entries: [entry(1), entry(2)], hours: [] });
    expect(ids(addNews(list, { entries: [entry(2), entry(3)], missed: 0, hour: HOUR }))).toEqual([3, 2, 1]);
  });

  test('keeps the newest only, and counts what was missed', () => {
    const entries = Array.from({ length: JOURNAL_LIMIT }, (_, index) => entry(index));
    const list = addNews(beginList({ entries, hours: [] }), { entries: [entry(1_000)], missed: 4, hour: HOUR });
    expect(list.entries.length).toBe(JOURNAL_LIMIT);
    expect(list.entries[0]?.id).toBe(1_000);
    expect(addNews(list, { entries: [], missed: 2, hour: HOUR }).missed).toBe(6);
  });

  test('begins anew when another person has signed in', () => {
    const list = beginList({ entries: [entry(1), entry(2)], hours: [] });
    const news = { entries: [entry(4)], missed: 0, hour: HOUR };
    expect(ids(addNews(list, { ...news, firstId: 1 }))).toEqual([4, 2, 1]);
    expect(ids(addNews(list, { ...news, firstId: 4 }))).toEqual([4]);
  });

  test('replaces the present hour and begins the next one', () => {
    const list = beginList({ entries: [], hours: [HOUR] });
    const more = addNews(list, { entries: [], missed: 0, hour: { ...HOUR, calls: 9 } });
    expect(more.hours).toEqual([{ ...HOUR, calls: 9 }]);
    const next = { ...HOUR, at: HOUR.at + HOUR_MS };
    const both = addNews(more, { entries: [], missed: 0, hour: next });
    expect(both.hours).toEqual([{ ...HOUR, calls: 9 }, next]);
    expect(addNews(both, { entries: [], missed: 0, hour: { ...HOUR, calls: 10 } }).hours.at(-1)).toEqual(next);
  });
});

describe('the filter', () => {
  const titles = {
    serverTitle: (name: string) => ({ notes: 'Notes', mail: 'Mail' })[name],
    clientTitle: (id: string) => ({ a: 'Claude Code', b: 'VS Code' })[id],
  };
  const entries = [call(4, 'notes', 'a', 200), call(3, 'mail', 'a', 503), call(2, 'notes', 'b', 200), entry(1)];
  test.each([
    [{}, [4, 3, 2, 1]],
    [{ server: 'notes' }, [4, 2]],
    [{ client: 'a' }, [4, 3]],
    [{ server: 'notes', client: 'a' }, [4]],
    [{ onlyProblems: true }, [3]],
    [{ text: ' vs code ' }, [2]],
    [{ text: 'tool_4' }, [4]],
    [{ text: 'nothing' }, []],
  ])('%j lets through %j', (more, ids) => {
    expect(filterEntries(entries, { ...NO_FILTER, ...more }, titles).map(({ id }) => id)).toEqual(ids);
  });
});

test('what goes on by itself is not shown until everything is asked for', () => {
  const titles = { serverTitle: () => undefined, clientTitle: () => undefined };
  const failed = (id: number) => entry(id, 'agent-failed', { code: 'policy-missing' });
  const entries = [
    entry(6, 'call', { method: 'ping', server: 'notes', client: 'a', status: 200 }),
    call(5, 'notes', 'a', 200),
    failed(4),
    failed(3),
    failed(2),
    entry(1, 'call', { method: 'ping', server: 'notes', client: 'a', status: 503 }),
  ];
  const ids = (everything: boolean) => filterEntries(entries, { ...NO_FILTER, everything }, titles).map(({ id }) => id);
  expect(ids(false)).toEqual([5, 4, 1]);
  expect(ids(true)).toEqual([6, 5, 4, 3, 2, 1]);
});

describe('the chart', () => {
  test('always has a day of columns, the present hour last', () => {
    const columns = columnsOf([HOUR], HOUR.at + 5);
    expect(columns.length).toBe(CHART_HOURS);
    expect(columns.at(-1)?.hour).toEqual(HOUR);
    expect(columns[0]?.hour).toEqual({ at: HOUR.at - 23 * HOUR_MS, calls: 0, failed: 0, mints: 0 });
    expect(columnsOf([], HOUR.at + 5).at(-1)?.hour.at).toBe(HOUR.at);
  });

  test('the highest column is full, failed calls are a part of it', () => {
    const hours = [
      { at: HOUR.at - HOUR_MS, calls: 5, failed: 0, mints: 2 },
      { at: HOUR.at, calls: 10, failed: 4, mints: 0 },
    ];
    const columns = columnsOf(hours, HOUR.at);
    expect(columns.at(-1)).toMatchObject({ good: 0.6, failed: 0.4, hasMints: false });
    expect(columns.at(-2)).toMatchObject({ good: 0.5, failed: 0, hasMints: true });
    expect(sumOf(hours)).toEqual({ calls: 15, failed: 4, mints: 2 });
  });
});
