import { expect, test } from 'vitest';
import { journalFollow } from '../../../main/desktop/journal-follow.ts';
import { LanyardError } from '../../../shared/errors.ts';
import type { JournalNews } from '../../../shared/journal-views.ts';
import { problemFrom, until } from '../fixtures.ts';
import { connected, down, signedOut } from './states.ts';

const hour = { at: 0, calls: 0, failed: 0, mints: 0 };
const HERE = connected(signedOut());
const GONE = new LanyardError({ code: 'agent-not-running', user: 'Gone.', administrator: 'Gone.' });

/** An agent whose journal the test writes. */
function agent({ isRunning = true } = {}) {
  const done: string[] = [];
  const streams: { say: (id: number) => void; end: () => void }[] = [];
  const world = { isRunning };
  async function* watch(signal: AbortSignal): AsyncGenerator<JournalNews> {
    if (!world.isRunning) throw GONE;
    const waiting: JournalNews[] = [{ entries: [], missed: 0, hour }];
    let [isOver, wake] = [false, () => {}];
    const end = () => {
      isOver = true;
      wake();
    };
    signal.addEventListener('abort', end, { once: true });
    const index = streams.push({
      say: (id) => {
        waiting.push({ entries: [{ id, at: 0, level: 'info', event: 'call', fields: {} }], missed: 0, hour });
        wake();
      },
      end,
    });
    done.push(`stream ${index} begins`);
    while (!isOver || waiting.length > 0) {
      const next = waiting.shift();
      if (next) yield next;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    done.push(`stream ${index} ends`);
  }
  const follow = journalFollow({
    read: async () => {
      if (!world.isRunning) throw GONE;
      done.push('read');
      return { entries: [], hours: [hour] };
    },
    watch,
    onNews: ({ entries }) => void done.push(`news ${entries.map(({ id }) => id).join(' ')}`.trim()),
  });
  return { follow, done, streams, world };
}

test('the journal is read once its news are listened to, and news follow', async () => {
  const { follow, done, streams } = agent();
  expect(await follow.follow(true)).toEqual({ entries: [], hours: [hour] });
  streams[0]?.say(7);
  await until(() => done.includes('news 7'));
  expect(done).toEqual(['stream 1 begins', 'news', 'read', 'news 7']);
});

test('the page ends it, and nothing comes any more', async () => {
  const { follow, done, streams } = agent();
  await follow.follow(true);
  expect(await follow.follow(false)).toBeNull();
  streams[0]?.say(7);
  await until(() => done.includes('stream 1 ends') || done.includes('news 7'));
  expect(done).not.toContain('news 7');
});

test('a page that is gone ends it too', async () => {
  const { follow, done } = agent();
  await follow.follow(true);
  follow.end();
  await until(() => done.includes('stream 1 ends'));
});

test('a page that asks twice is told once', async () => {
  const { follow, done, streams } = agent();
  await follow.follow(true);
  await follow.follow(true);
  await until(() => done.includes('stream 1 ends'));
  streams[1]?.say(7);
  await until(() => done.includes('news 7'));
  expect(done.filter((what) => what === 'news 7')).toHaveLength(1);
});

test('an agent that is back is followed again, but only for a page that asks', async () => {
  const { follow, done, streams } = agent();
  follow.onFace(HERE);
  await follow.follow(true);
  streams[0]?.end();
  follow.onFace(down());
  follow.onFace(HERE);
  await until(() => done.includes('stream 2 begins'));
  follow.onFace(HERE);
  await follow.follow(false);
  follow.onFace(down());
  follow.onFace(HERE);
  expect(streams).toHaveLength(2);
});

test('without an agent the question fails, and is answered by following when there is one', async () => {
  const { follow, done, world } = agent({ isRunning: false });
  expect((await problemFrom(follow.follow(true))).code).toBe('agent-not-running');
  world.isRunning = true;
  follow.onFace(HERE);
  await until(() => done.includes('stream 1 begins'));
});

test('news that were on their way when the page ended it are not told', async () => {
  const told: JournalNews[] = [];
  const asked: AbortSignal[] = [];
  const onTheirWay = Promise.withResolvers<void>();
  const isOver = Promise.withResolvers<void>();
  async function* watch(signal: AbortSignal): AsyncGenerator<JournalNews> {
    asked.push(signal);
    try {
      yield { entries: [], missed: 0, hour };
      await onTheirWay.promise;
      yield { entries: [], missed: 7, hour };
    } finally {
      isOver.resolve();
    }
  }
  const { follow } = journalFollow({
    read: async () => ({ entries: [], hours: [hour] }),
    watch,
    onNews: (news) => void told.push(news),
  });
  await follow(true);
  await follow(false);
  expect(asked.map(({ aborted }) => aborted)).toEqual([true]);
  onTheirWay.resolve();
  await isOver.promise;
  expect(told.map(({ missed }) => missed)).toEqual([0]);
});
