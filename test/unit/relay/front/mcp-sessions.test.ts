import { expect, test } from 'vitest';
import type { McpSession } from '../../../../main/relay/front/mcp-session.ts';
import { createMcpSessions } from '../../../../main/relay/front/mcp-sessions.ts';
import { manualSchedule } from '../../identity/manual-schedule.ts';

const HOUR_MS = 60 * 60_000;

interface State {
  readonly isBusy?: boolean;
  readonly isAttached?: boolean;
  readonly client?: string;
}

function session(
  id: string,
  ended: string[],
  { isBusy = false, isAttached = false, client = 'first' }: State = {},
): McpSession {
  return {
    id,
    client,
    isBusy,
    isAttached,
    initialize: async () => true,
    post: () => {},
    listen: () => {},
    end: () => void ended.push(id),
  };
}

test('the one that was used least lately makes room, before a busy one', () => {
  const ended: string[] = [];
  const sessions = createMcpSessions(manualSchedule().schedule, { share: 3, total: 9 });
  sessions.add(session('busy', ended, { isBusy: true }));
  sessions.add(session('one', ended));
  sessions.add(session('two', ended));
  expect(sessions.use('one', 'first')?.id).toBe('one');
  expect(sessions.add(session('three', ended))).toBe(true);
  expect(ended).toEqual(['two']);
  expect(sessions.use('two', 'first')).toBeUndefined();
});

test('a busy one makes room when its client is gone, and none whose client is there', () => {
  const ended: string[] = [];
  const sessions = createMcpSessions(manualSchedule().schedule, { share: 2, total: 9 });
  sessions.add(session('there', ended, { isAttached: true }));
  sessions.add(session('gone', ended, { isBusy: true }));
  expect(sessions.add(session('other', ended, { isAttached: true }))).toBe(true);
  expect(ended).toEqual(['gone']);
  expect(sessions.add(session('more', ended))).toBe(false);
});

test('one that nobody uses ends after a day', () => {
  const ended: string[] = [];
  const time = manualSchedule();
  const sessions = createMcpSessions(time.schedule);
  sessions.add(session('idle', ended));
  sessions.add(session('used', ended));
  sessions.add(session('there', ended, { isAttached: true }));
  time.advance(23 * HOUR_MS);
  sessions.use('used', 'first');
  sessions.use('idle', 'second');
  time.advance(HOUR_MS);
  expect(ended).toEqual(['idle']);
  sessions.endAll();
  expect(ended).toEqual(['idle', 'used', 'there']);
  expect(time.pending()).toEqual([]);
});

test('a client at its share gives up its own, and leaves those of others', () => {
  const ended: string[] = [];
  const sessions = createMcpSessions(manualSchedule().schedule, { share: 2, total: 9 });
  sessions.add(session('other', ended, { client: 'second' }));
  for (const id of ['one', 'two', 'three', 'four']) sessions.add(session(id, ended));
  expect(ended).toEqual(['one', 'two']);
});

test('where all shares are taken idle ones of others make room, and no busy one', () => {
  const ended: string[] = [];
  const sessions = createMcpSessions(manualSchedule().schedule, { share: 3, total: 4 });
  sessions.add(session('busy', ended, { client: 'second', isBusy: true }));
  sessions.add(session('idle', ended, { client: 'second' }));
  sessions.add(session('there', ended, { client: 'second', isAttached: true }));
  sessions.add(session('own', ended, { isAttached: true }));
  expect(sessions.add(session('more', ended, { isAttached: true }))).toBe(true);
  expect(sessions.add(session('too much', ended))).toBe(false);
  expect(ended).toEqual(['idle']);
});
