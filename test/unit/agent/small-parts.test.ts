import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createChanges } from '../../../main/agent/changes.ts';
import { withStartLock } from '../../../main/agent/start-lock.ts';
import { temporaryFolder } from '../fixtures.ts';

const turn = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

test('any number of changes in one turn are told once, and those of the next turn again', async () => {
  const { mark, subscribe } = createChanges();
  let told = 0;
  const end = subscribe(() => {
    told += 1;
  });
  for (let times = 0; times < 10; times += 1) mark();
  expect(told).toBe(0);
  await turn();
  expect(told).toBe(1);
  mark();
  await turn();
  expect(told).toBe(2);
  end();
  mark();
  await turn();
  expect(told).toBe(2);
});

test('under the lock one works after the other, and what is made goes away', async () => {
  const path = join(temporaryFolder(), 'lock');
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await turn();
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 5 }, () => withStartLock(path, work)));
  expect(most).toBe(1);
  expect(existsSync(path)).toBe(false);
});

test('the lock is given back also when the work fails', async () => {
  const path = join(temporaryFolder(), 'lock');
  await expect(withStartLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withStartLock(path, async () => 'next')).toBe('next');
});

test.each([
  ['long ago', -60_000],
  ['in the future, before the clock was set back', 60_000],
])('a lock of a process that died while starting, %s, is taken over', async (_when, offsetMs) => {
  const path = join(temporaryFolder(), 'lock');
  writeFileSync(path, '');
  const made = new Date(Date.now() + offsetMs);
  utimesSync(path, made, made);
  expect(await withStartLock(path, async () => 'mine')).toBe('mine');
});
