import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLog } from '../../../main/journal/log.ts';
import { readLogTail } from '../../../main/journal/log-tail.ts';
import { fileSink } from '../../../main/journal/sinks.ts';
import { temporaryFolder } from '../fixtures.ts';

const line = (event: string, more: object = {}) =>
  JSON.stringify({ time: '2026-01-02T03:04:05.000Z', level: 'info', event, ...more });

const eventsIn = async (path: string, limit = 500) => (await readLogTail(path, limit)).map(({ event }) => event);

test('what the log wrote is read as it was', async () => {
  const path = join(temporaryFolder(), 'agent.log');
  const log = createLog([fileSink(path)]);
  log.info('signed-in', { subject: 'ada' });
  log.debug('call', { server: 'notes', status: 200, refused: null });
  await log.close();
  expect(await readLogTail(path, 500)).toMatchObject([
    { level: 'info', event: 'signed-in', fields: { subject: 'ada' } },
    { level: 'debug', event: 'call', fields: { server: 'notes', status: 200, refused: null } },
  ]);
});

test('lines that are none are left out', async () => {
  const path = join(temporaryFolder(), 'agent.log');
  const broken = [
    'not JSON',
    '[]',
    'null',
    '{"time":"yesterday","level":"info","event":"x"}',
    '{"time":"2026-01-02T03:04:05.000Z","level":"loud","event":"x"}',
    line('nested', { a: { b: 1 } }),
    line('torn').slice(0, 20),
    '\0\0\0\0',
  ];
  writeFileSync(path, [line('first'), ...broken, '', line('last')].join('\n'));
  expect(await eventsIn(path)).toEqual(['first', 'last']);
});

test('of a long file only the end is read, and no line of which the beginning is missing', async () => {
  const path = join(temporaryFolder(), 'agent.log');
  const many = Array.from({ length: 5_000 }, (_, index) => line(`e${index}`, { padding: 'x'.repeat(200) }));
  writeFileSync(path, `${many.join('\n')}\n`);
  const events = await eventsIn(path, 10_000);
  expect(events.length).toBeGreaterThan(500);
  expect(events.length).toBeLessThan(1_500);
  expect(events.at(-1)).toBe('e4999');
  expect(events.at(0)).toBe(`e${5_000 - events.length}`);
  expect(await eventsIn(path, 3)).toEqual(['e4997', 'e4998', 'e4999']);
});

test('the end of a torn line is no entry, though it looks like one', async () => {
  const path = join(temporaryFolder(), 'agent.log');
  const read = 256 * 1024;
  const forged = `${line('forged')}\n`;
  const rest = `${line('true', { padding: 'x' }).padEnd(read - forged.length - 1)}\n`;
  writeFileSync(path, `a line without its end: ${forged}${rest}`);
  expect(await eventsIn(path)).toEqual(['true']);
  // A file of just that length has no line that begins before.
  writeFileSync(path, `${forged}${rest}`);
  expect(await eventsIn(path)).toEqual(['forged', 'true']);
});

test('where the file was turned over a moment ago, the one before it is read too', async () => {
  const path = join(temporaryFolder(), 'agent.log');
  writeFileSync(`${path}.1`, ['a', 'b', 'c'].map((name) => `${line(name)}\n`).join(''));
  writeFileSync(path, `${line('d')}\n`);
  expect(await eventsIn(path, 3)).toEqual(['b', 'c', 'd']);
  expect(await eventsIn(path, 1)).toEqual(['d']);
});

test('a file that is not there, or is none, has no entries', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'agent.log'));
  expect(await eventsIn(join(folder, 'agent.log'))).toEqual([]);
  expect(await eventsIn(join(folder, 'nothing'))).toEqual([]);
});
