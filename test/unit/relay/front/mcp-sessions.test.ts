import { expect, test } from 'vitest';
import type { McpSession } from '../../../../main/relay/front/mcp-session.ts';
import { createMcpSessions } from '../../../../main/relay/front/mcp-sessions.ts';
import { manualSchedule } from '../../identity/manual-schedule.ts';

const HOUR_MS = 60 * 60_000;

interface State {
  readonly isBusy?: boolean;
  readonly isAttached?: boolean;
}

function session(id: string, ended: string[], { isBusy = false, isAttached = false }: State = {}): McpSession {
  return {
    id,
    client: 'first',
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
  const sessions = createMcpSessions(manualSchedule().schedule, 3);
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
  const sessions = createMcpSessions(manualSchedule().schedule, 2);
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
