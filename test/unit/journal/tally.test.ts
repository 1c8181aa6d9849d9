import { describe, expect, test } from 'vitest';
import type { CallRecord } from '../../../main/journal/calls.ts';
import { createTally, readTally } from '../../../main/journal/tally.ts';
import { virtualClock } from '../fixtures.ts';

const HOUR_MS = 60 * 60 * 1000;
/** Noon of the machine's own time zone, wherever this runs. */
const NOON = new Date(2026, 10, 23, 12).getTime();

const call = (more: Partial<CallRecord> = {}): CallRecord => ({
  client: 'vscode',
  server: 'notes',
  transport: 'http',
  verb: 'POST',
  method: 'tools/call',
  status: 200,
  durationMs: 1,
  requestBytes: 1,
  responseBytes: 1,
  ...more,
});

describe('what counts as use', () => {
  test.each<[string, Partial<CallRecord>, boolean]>([
    ['a tool call', {}, true],
    ['a prompt', { method: 'prompts/get' }, true],
    ['a resource', { method: 'resources/read' }, true],
    ['a call that failed', { status: 502 }, true],
    ['a call that is too large to be looked into', { method: undefined, requestBytes: 300 * 1024 }, true],
    ['a list', { method: 'tools/list' }, false],
    ['a beginning', { method: 'initialize' }, false],
    ['a ping', { method: 'ping' }, false],
    ['an answer to a question', { method: undefined }, false],
    ['a listening stream', { method: undefined, verb: 'GET' }, false],
  ])('%s: %o', (_what, more, expected) => {
    const tally = createTally(virtualClock(NOON));
    expect(tally.called(call(more))).toBe(expected);
    expect(tally.hour().calls).toBe(expected ? 1 : 0);
    expect(tally.server('notes').callsToday).toBe(expected ? 1 : 0);
    expect(tally.client('vscode').callsToday).toBe(expected ? 1 : 0);
  });
});

describe('the last 24 hours', () => {
  test('are all there, oldest first, with what was done in each', () => {
    const clock = virtualClock(NOON);
    const tally = createTally(clock);
    tally.called(call());
    tally.called(call({ status: 500 }));
    tally.called(call({ refused: 'denied' }));
    clock.advance(2 * HOUR_MS);
    tally.minted();
    const hours = tally.hours();
    expect(hours).toHaveLength(24);
    for (const [index, { at }] of hours.entries()) {
      expect(at % HOUR_MS).toBe(0);
      if (index > 0) expect(at - (hours[index - 1]?.at ?? 0)).toBe(HOUR_MS);
    }
    expect(hours.at(-3)).toMatchObject({ calls: 3, failed: 2, mints: 0 });
    expect(hours.at(-2)).toMatchObject({ calls: 0, failed: 0, mints: 0 });
    expect(hours.at(-1)).toEqual({ ...tally.hour(), mints: 1 });
    clock.advance(22 * HOUR_MS);
    expect(tally.hours().reduce((sum, { calls }) => sum + calls, 0)).toBe(0);
  });

  test('go on after a clock was set back, without the hours that are not yet', () => {
    const clock = virtualClock(NOON);
    const tally = createTally(clock);
    tally.called(call());
    clock.advance(-5 * HOUR_MS);
    tally.called(call());
    expect(tally.hours().reduce((sum, { calls }) => sum + calls, 0)).toBe(1);
  });
});

describe('use of servers and clients', () => {
  test('is counted by the day of the machine, and remembered after it', () => {
    const clock = virtualClock(NOON);
    const tally = createTally(clock);
    expect(tally.server('notes')).toEqual({ callsToday: 0 });
    tally.called(call());
    tally.called(call({ client: 'cursor' }));
    expect(tally.server('notes')).toEqual({ callsToday: 2, lastUsedAt: NOON });
    expect(tally.client('cursor')).toEqual({ callsToday: 1, lastUsedAt: NOON });
    clock.advance(11 * HOUR_MS);
    expect(tally.server('notes').callsToday).toBe(2);
    clock.advance(HOUR_MS);
    expect(tally.server('notes')).toEqual({ callsToday: 0, lastUsedAt: NOON });
    tally.called(call());
    expect(tally.server('notes').callsToday).toBe(1);
  });

  test("is one person's alone", () => {
    const tally = createTally(virtualClock(NOON));
    tally.belongsTo('ada');
    tally.called(call());
    tally.belongsTo('ada');
    expect(tally.server('notes').callsToday).toBe(1);
    tally.belongsTo('bob');
    expect(tally.server('notes')).toEqual({ callsToday: 0 });
    expect(tally.client('vscode')).toEqual({ callsToday: 0 });
  });

  test('before anybody was known goes to the first who is', () => {
    const tally = createTally(virtualClock(NOON));
    tally.called(call());
    tally.belongsTo('ada');
    expect(tally.server('notes').callsToday).toBe(1);
    expect(tally.client('vscode').callsToday).toBe(1);
    tally.belongsTo('bob');
    expect(tally.server('notes')).toEqual({ callsToday: 0 });
  });

  test('is forgotten, what was used longest ago first, where there are too many names', () => {
    const clock = virtualClock(NOON);
    const tally = createTally(clock);
    for (let number = 0; number < 300; number += 1) {
      tally.called(call({ client: `client-${number}` }));
      clock.advance(1);
    }
    expect(tally.client('client-0')).toEqual({ callsToday: 0 });
    expect(tally.client('client-299').callsToday).toBe(1);
    expect(Object.keys(tally.kept().clients)).toHaveLength(200);
  });
});

describe('a tally that is kept', () => {
  test('goes on where it was', () => {
    const clock = virtualClock(NOON);
    const before = createTally(clock);
    before.belongsTo('ada');
    before.called(call({ status: 500 }));
    before.minted();
    const after = createTally(clock, readTally(JSON.stringify(before.kept())));
    after.belongsTo('ada');
    expect(after.hours()).toEqual(before.hours());
    after.called(call());
    expect(after.server('notes').callsToday).toBe(2);
    after.belongsTo('bob');
    expect(after.server('notes')).toEqual({ callsToday: 0 });
  });

  test('keeps an hour in which nothing was done but access issued', () => {
    const clock = virtualClock(NOON);
    const before = createTally(clock);
    before.minted();
    clock.advance(HOUR_MS);
    expect(before.kept().hours).toMatchObject([{ calls: 0, mints: 1 }]);
    expect(createTally(clock, before.kept()).hours().at(-2)).toMatchObject({ calls: 0, mints: 1 });
  });

  test('does not take times of the future for true', () => {
    const clock = virtualClock(NOON);
    const before = createTally(clock);
    before.called(call());
    clock.advance(-HOUR_MS);
    const after = createTally(clock, before.kept());
    expect(after.server('notes').lastUsedAt).toBe(NOON - HOUR_MS);
  });

  test.each([
    ['', 'nothing'],
    ['{}', 'something else'],
    [`{"version":2,"hours":[],"servers":{},"clients":{}}`, 'another version'],
    [`{"version":1,"hours":[],"servers":{"a":{"day":"x","calls":-1,"lastUsedAt":0}},"clients":{}}`, 'less than none'],
    [`{"version":1,"hours":[],"servers":{},"clients":{}}${' '.repeat(300_000)}`, 'far too long'],
  ])('%.60s is none: %s', (text) => {
    expect(readTally(text)).toBeUndefined();
  });
});
