import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openKeptTally } from '../../../main/agent/kept-tally.ts';
import { createLog } from '../../../main/journal/log.ts';
import { memorySink, temporaryFolder } from '../fixtures.ts';
import { manualSchedule } from '../identity/manual-schedule.ts';

async function kept() {
  const path = join(temporaryFolder(), 'tally.json');
  const time = manualSchedule();
  const sink = memorySink();
  const file = await openKeptTally({ path, ...time, log: createLog([sink], time.clock) });
  const mints = () => JSON.parse(readFileSync(path, 'utf8')).hours.at(-1).mints as number;
  return { ...file, path, time, sink, mints };
}

test('what is counted many times waits for one writing', async () => {
  const { tally, later, close, time, path, mints } = await kept();
  for (let times = 0; times < 3; times += 1) {
    tally.minted();
    later();
  }
  expect(time.pending()).toEqual([60_000]);
  time.advance(60_000);
  await close();
  expect([existsSync(path), mints()]).toEqual([true, 3]);
});

test('closing writes what was not written yet', async () => {
  const { tally, later, close, time, mints } = await kept();
  tally.minted();
  later();
  await close();
  expect(time.pending()).toEqual([]);
  expect(mints()).toBe(1);
});

test('a call that ends after closing sets no timer, and writes nothing', async () => {
  const { tally, later, close, time, path } = await kept();
  await close();
  tally.minted();
  later();
  expect(time.pending()).toEqual([]);
  await close();
  expect(existsSync(path)).toBe(false);
});

test('a writing that fails is logged, and the next one is done', async () => {
  const { tally, later, close, time, path, sink, mints } = await kept();
  mkdirSync(path);
  tally.minted();
  later();
  time.advance(60_000);
  await expect.poll(() => sink.entries.map(({ event }) => event)).toEqual(['tally-not-written']);
  rmSync(path, { recursive: true });
  later();
  await close();
  expect(mints()).toBe(1);
});
