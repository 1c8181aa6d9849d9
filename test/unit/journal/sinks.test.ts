import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LogEntry } from '../../../main/journal/log.ts';
import { fileSink, formatForTerminal, terminalSink } from '../../../main/journal/sinks.ts';
import { temporaryFolder, until } from '../fixtures.ts';

const LIMIT_BYTES = 5 * 1024 * 1024;

function entry(fields: LogEntry['fields'] = {}, level: LogEntry['level'] = 'info'): LogEntry {
  return { time: '2026-01-02T03:04:05.678Z', level, event: 'something', fields };
}

const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('each entry is one line of JSON in a file that only its owner may read', async () => {
  const path = join(temporaryFolder(), 'agent.log');
  const sink = fileSink(path);
  sink.write(entry({ detail: 'two\nlines' }));
  sink.write(entry({ n: 1 }, 'debug'));
  await sink.close();
  const common = { time: '2026-01-02T03:04:05.678Z', event: 'something' };
  expect(linesOf(path)).toEqual([
    { ...common, level: 'info', detail: 'two\nlines' },
    { ...common, level: 'debug', n: 1 },
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('an existing file is continued', async () => {
  const path = join(temporaryFolder(), 'agent.log');
  writeFileSync(path, '{"old":true}\n');
  const sink = fileSink(path);
  sink.write(entry());
  await sink.close();
  expect(linesOf(path)).toMatchObject([{ old: true }, { event: 'something' }]);
});

test('at its limit the file is turned over, the older one is replaced, and no line is lost', async () => {
  const path = join(temporaryFolder(), 'agent.log');
  writeFileSync(`${path}.1`, 'the one before\n');
  const filler = `${JSON.stringify({ filler: 'x'.repeat(LIMIT_BYTES - 200) })}\n`;
  writeFileSync(path, filler);
  const sink = fileSink(path);
  for (let n = 0; n < 20; n += 1) sink.write(entry({ n }));
  await sink.close();
  await until(() => [...linesOf(`${path}.1`), ...linesOf(path)].length >= 21);
  const numbers = [...linesOf(`${path}.1`), ...linesOf(path)].map(({ n }) => n);
  expect(numbers).toEqual([undefined, ...Array.from({ length: 20 }, (_, n) => n)]);
  expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(LIMIT_BYTES);
  expect(linesOf(path).length).toBeGreaterThan(0);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a file that cannot be written ends nothing, and is written once it can be', async () => {
  const folder = join(temporaryFolder(), 'later');
  const path = join(folder, 'agent.log');
  const sink = fileSink(path);
  sink.write(entry({ n: 1 }));
  // By the time so many other operations have ended, opening has failed.
  for (let operation = 0; operation < 50; operation += 1) await stat(path).catch(() => {});
  mkdirSync(folder);
  sink.write(entry({ n: 2 }));
  await sink.close();
  expect(linesOf(path)).toMatchObject([{ n: 2 }]);
});

test.each([
  [entry(), '03:04:05 · something'],
  [
    entry({ server: 'notes', n: 3, gone: null, yes: true }, 'warn'),
    '03:04:05 ! something server=notes n=3 gone=null yes=true',
  ],
  [entry({ detail: 'a "quoted" word' }, 'error'), '03:04:05 ✗ something detail="a \\"quoted\\" word"'],
  [entry({ detail: 'two\nlines' }), '03:04:05 · something detail="two\\nlines"'],
  [entry({ detail: 'a=b' }), '03:04:05 · something detail="a=b"'],
  [entry({ detail: '\u001b[2J' }), '03:04:05 · something detail="\\u001b[2J"'],
])('on a terminal %j is one line', (line, expected) => expect(formatForTerminal(line)).toBe(expected));

test('nothing that came from outside steers the terminal', () => {
  const controls = Array.from({ length: 160 }, (_, code) => String.fromCharCode(code)).join('');
  expect(formatForTerminal(entry({ detail: controls }))).not.toMatch(/\p{Cc}/u);
  expect(formatForTerminal(entry({ detail: '\u009b2J' }))).toBe('03:04:05 · something detail="\\u009b2J"');
});

test('the terminal shows everything but debug', async () => {
  const written: string[] = [];
  const sink = terminalSink({ write: (text) => written.push(text) });
  for (const level of ['debug', 'info', 'warn', 'error'] as const) sink.write(entry({}, level));
  await sink.close();
  expect(written.map((line) => line.slice(9, 10))).toEqual(['·', '!', '✗']);
  expect(written.every((line) => line.endsWith('something\n'))).toBe(true);
});
