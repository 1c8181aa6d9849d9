import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { LogEntry } from '../../../main/journal/log.ts';
import { fileSink } from '../../../main/journal/sinks.ts';
import { temporaryFolder, until } from '../fixtures.ts';

const GATHER_MS = 100;

test('lines for a person are on the disk at once; those of every call wait for company, not for ever', async () => {
  // The gathering ends when the test says so; the disk has real time.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const path = join(temporaryFolder(), 'agent.log');
  const sink = fileSink(path);
  const write = (event: string, level: LogEntry['level']) =>
    sink.write({ time: '2026-01-02T03:04:05.678Z', level, event, fields: {} });
  const events = () =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { event: string }).event);
  // By the time so many other operations have ended, a line that was to be written is.
  const afterAWhile = async () => {
    for (let operation = 0; operation < 50; operation += 1) await stat(path);
  };

  write('info-1', 'info');
  await until(() => events().length === 1);
  write('debug-1', 'debug');
  vi.advanceTimersByTime(GATHER_MS - 1);
  await afterAWhile();
  expect(events()).toEqual(['info-1']);
  vi.advanceTimersByTime(1);
  await until(() => events().length === 2);
  for (const level of ['info', 'warn', 'error'] as const) {
    write(`debug before ${level}`, 'debug');
    write(level, level);
    await until(() => events().at(-1) === level);
  }
  write('debug-2', 'debug');
  await afterAWhile();
  expect(events()).toEqual([
    'info-1',
    'debug-1',
    'debug before info',
    'info',
    'debug before warn',
    'warn',
    'debug before error',
    'error',
  ]);
  await sink.close();
  expect(events().at(-1)).toBe('debug-2');
});
