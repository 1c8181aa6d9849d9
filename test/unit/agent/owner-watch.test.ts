import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { disconnectSince, processMark, startIn, watchOwner } from '../../../main/agent/owner-watch.ts';
import { createLog } from '../../../main/journal/log.ts';
import { createVirtualTime } from '../../virtual-time.ts';
import { memorySink } from '../fixtures.ts';

const stat = (state: string, start: string, name = 'node') =>
  `7 (${name}) ${[state, ...Array.from({ length: 18 }, (_, index) => String(index)), start, '0', '0'].join(' ')}`;

test.each([
  ['a process', stat('S', '4711'), '4711'],
  ['one with a name that looks like more', stat('R', '4711', 'a) Z (b'), '4711'],
  ['one that has ended, and nobody has heard of it', stat('Z', '4711'), undefined],
  ['nothing', '', undefined],
])('the start of %s', (_, text, expected) => {
  expect(startIn(text)).toBe(expected);
});

test('a process has one mark while it runs, and none afterwards', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const mark = processMark(child.pid ?? 0);
  expect(mark).toBeDefined();
  expect(processMark(child.pid ?? 0)).toBe(mark);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(processMark(child.pid ?? 0)).toBeUndefined();
});

/** Watches a process whose marks follow each other, the last one for ever. */
function watching(...marks: (string | undefined)[]) {
  const time = createVirtualTime();
  let isGone = false;
  const watch = watchOwner(7, time.schedule, () => (marks.length > 1 ? marks.shift() : marks[0]));
  void watch.gone.then(() => {
    isGone = true;
  });
  const after = async (ms: number) => {
    await time.advance(ms);
    return isGone;
  };
  return { after, watch, time };
}

test('its end is noticed within a second', async () => {
  const { after } = watching('1', '1', '1', undefined);
  expect(await after(1_000)).toBe(false);
  expect(await after(1_000)).toBe(true);
});

test('another process that got its number is not taken for it', async () => {
  expect(await watching('1', '1', '2').after(1_000)).toBe(true);
});

test('one that is gone from the first is gone', async () => {
  expect(await watching(undefined).after(0)).toBe(true);
});

test('nothing is looked at any more once it is closed', async () => {
  const { after, watch, time } = watching('1', '1', undefined);
  watch.close();
  expect(time.waiting()).toBe(0);
  expect(await after(5_000)).toBe(false);
});

test('what was connected since then is disconnected, also where one of them is in the way', async () => {
  const sink = memorySink();
  const removed: string[] = [];
  await disconnectSince(10, {
    clients: [
      { id: 'before', addedAt: 9 },
      { id: 'broken', addedAt: 10 },
      { id: 'own', addedAt: 11 },
    ],
    removeClient: async (id) => {
      if (id === 'broken') throw new Error('does not parse');
      removed.push(id);
    },
    log: createLog([sink]),
  });
  expect(removed).toEqual(['own']);
  expect(sink.entries).toMatchObject([{ event: 'client-not-removed', fields: { client: 'broken' } }]);
});
