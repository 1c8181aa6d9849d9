import { expect, test } from 'vitest';
import type { Face } from '../../../main/desktop/bridge/face.ts';
import { notifier } from '../../../main/desktop/notifier.ts';
import type { AgentState } from '../../../shared/local-api.ts';
import { virtualClock } from '../fixtures.ts';
import { connected, down, signedIn, signedOut } from './states.ts';

const cause = { code: 'session-ended', user: 'Your company ended it.', administrator: 'invalid_grant' };
const ended = signedOut({ session: { status: 'signed-out', cause } });
const signedInAgain = (attempt: string): AgentState => {
  const url = 'https://idp.company.example/authorize';
  return signedIn(['ready'], { signIn: { attempt, method: 'browser', phase: 'succeeded', url, expiresAt: 1 } });
};
const ENDED = 'Your session at Company has ended';
const DOWN = "Lanyard's agent is not running";
const MINUTE_MS = 60_000;

/** A person at a screen, with a clock that the test moves. */
function person() {
  const told: string[] = [];
  const timers = new Map<() => void, number>();
  const now = virtualClock();
  const world = { isWatching: false, isAway: false };
  const notes = notifier({
    show: ({ title }) => told.push(title),
    takeBack: () => told.push('taken back'),
    isWatching: () => world.isWatching,
    isAway: () => world.isAway,
    schedule: (delayMs, act) => {
      timers.set(act, now() + delayMs);
      return () => void timers.delete(act);
    },
    now,
  });
  const pass = (ms: number) => {
    now.advance(ms);
    for (const [act, at] of timers) {
      if (at > now()) continue;
      timers.delete(act);
      act();
    }
  };
  const see = (...faces: readonly (Face | AgentState)[]) => {
    for (const face of faces) notes.follow('link' in face ? face : connected(face));
  };
  return { told, world, pass, see, notes, timers };
}

test('what was so at the start is not told', () => {
  const { told, see } = person();
  see({ link: 'starting' }, ended, ended);
  expect(told).toEqual([]);
});

test('a change is told once', () => {
  const { told, see } = person();
  see(signedIn(['ready']), ended, ended);
  expect(told).toEqual([ENDED]);
});

test('what happens during a sign-in that fails is told afterwards', () => {
  const { told, see } = person();
  const url = 'https://idp.company.example/authorize';
  const attempt = { attempt: '1', method: 'browser', url, expiresAt: 1 } as const;
  see(signedIn(['ready']), { ...ended, signIn: { ...attempt, phase: 'waiting' } });
  expect(told).toEqual([]);
  see({ ...ended, signIn: { ...attempt, phase: 'cancelled' } });
  expect(told).toEqual([ENDED]);
});

test('a session that ends while the agent is away is told when it is back', () => {
  const { told, see } = person();
  see(signedIn(['ready']), down(), ended);
  expect(told).toEqual([ENDED]);
});

test('an agent that restarts and finds the same again is not told again within minutes', () => {
  const { told, see, pass } = person();
  see(signedIn(['ready']), ended);
  pass(MINUTE_MS);
  see(down(), { link: 'starting' }, signedIn(['ready']), ended);
  expect(told).toEqual([ENDED]);
  pass(60 * MINUTE_MS);
  see(down(), signedIn(['ready']), ended);
  expect(told).toEqual([ENDED, ENDED]);
});

test('a sign-in settles what was told: it is taken back, and the next end is news', () => {
  const { told, see } = person();
  see(signedIn(['ready']), ended, signedInAgain('1'), ended);
  expect(told).toEqual([ENDED, 'taken back', ENDED]);
});

test('what the window shows to whoever looks at it is not told, nor afterwards', () => {
  const { told, see, world, pass } = person();
  see(signedIn(['ready']));
  world.isWatching = true;
  see(ended);
  world.isWatching = false;
  pass(MINUTE_MS);
  see(ended);
  expect(told).toEqual([]);
});

test('while the person is away nothing is told; afterwards once, and only what has remained', () => {
  const { told, see, world, notes } = person();
  see(signedIn(['ready']));
  world.isAway = true;
  see(ended, signedIn(['ready']), ended);
  expect(told).toEqual([]);
  world.isAway = false;
  notes.lookAgain();
  notes.lookAgain();
  expect(told).toEqual([ENDED]);

  const other = person();
  other.see(signedIn(['ready']));
  other.world.isAway = true;
  other.see(ended, signedIn(['ready']));
  other.world.isAway = false;
  other.notes.lookAgain();
  expect(other.told).toEqual([]);
});

test('a system that does not say when its screen is unlocked is asked', () => {
  const { told, see, world, pass } = person();
  see(signedIn(['ready']));
  world.isAway = true;
  see(ended);
  pass(MINUTE_MS);
  world.isAway = false;
  pass(MINUTE_MS);
  expect(told).toEqual([ENDED]);
});

test('an agent that stays away is told after a minute, once', () => {
  const { told, see, pass } = person();
  see(signedIn(['ready']), down(), down());
  pass(MINUTE_MS / 2);
  expect(told).toEqual([]);
  see({ link: 'starting' }, down());
  pass(MINUTE_MS / 2);
  expect(told).toEqual([DOWN]);
  pass(60 * MINUTE_MS);
  see(down());
  expect(told).toEqual([DOWN]);
});

test('an agent that is back takes its notification back', () => {
  const { told, see, pass } = person();
  see(signedIn(['ready']), down());
  pass(MINUTE_MS);
  see(signedIn(['ready']), signedIn(['ready']));
  expect(told).toEqual([DOWN, 'taken back']);
});

test.each<readonly [string, Face]>([
  ['is back in time', connected(signedIn(['ready']))],
  ['turns out not to be set up', down('not-set-up')],
])('an agent that %s is not told', (_what, next) => {
  const { told, see, pass } = person();
  see(signedIn(['ready']), down());
  pass(MINUTE_MS / 2);
  see(next);
  pass(60 * MINUTE_MS);
  expect(told).toEqual([]);
});

test('an agent that came back while the person was away is not told', () => {
  const { told, see, world, pass, notes } = person();
  see(signedIn(['ready']));
  world.isAway = true;
  see(down());
  pass(MINUTE_MS);
  see(signedIn(['ready']));
  world.isAway = false;
  notes.lookAgain();
  expect(told).toEqual([]);
});

test('once closed, nothing waits', () => {
  const { see, world, notes, timers } = person();
  see(signedIn(['ready']), down());
  world.isAway = true;
  notes.lookAgain();
  notes.close();
  expect(timers.size).toBe(0);
});
