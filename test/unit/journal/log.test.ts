import { expect, test } from 'vitest';
import { createLog, silentLog } from '../../../main/journal/log.ts';
import { memorySink, virtualClock } from '../fixtures.ts';

test('every level writes time, event and fields to every sink', () => {
  const sinks = [memorySink(), memorySink()];
  const log = createLog(sinks, virtualClock(Date.UTC(2026, 0, 2, 3, 4, 5)));
  for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level](`${level}-event`, { server: 'notes' });
  for (const { entries } of sinks)
    expect(entries).toEqual(
      ['debug', 'info', 'warn', 'error'].map((level) => ({
        time: '2026-01-02T03:04:05.000Z',
        level,
        event: `${level}-event`,
        fields: { server: 'notes' },
      })),
    );
});

test('fields without a value are left out, and only strings are redacted', () => {
  const sink = memorySink();
  createLog([sink]).info('event', { a: undefined, b: null, c: 0, d: false, e: 'client_secret=s' });
  expect(sink.entries[0]?.fields).toEqual({ b: null, c: 0, d: false, e: '[redacted]' });
});

test('closing closes every sink', async () => {
  let closed = 0;
  const sink = {
    write: () => {},
    close: async () => {
      closed += 1;
    },
  };
  await createLog([sink, sink]).close();
  expect(closed).toBe(2);
});

test('the silent log takes everything', async () => {
  silentLog.error('event', { detail: 'x' });
  await silentLog.close();
});
