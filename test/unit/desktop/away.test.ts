import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { watchAway } from '../../../main/desktop/away.ts';

function screen() {
  const world = { idleState: 'active', returns: 0 };
  const power = Object.assign(new EventEmitter(), { getSystemIdleState: () => world.idleState });
  const away = watchAway(power, () => {
    world.returns += 1;
  });
  return { power, world, away };
}

test.each([
  ['lock-screen', 'unlock-screen'],
  ['user-did-resign-active', 'user-did-become-active'],
])('from %s until %s nobody can read', (leave, comeBack) => {
  const { power, world, away } = screen();
  power.emit(leave);
  expect(away.isAway).toBe(true);
  power.emit(comeBack);
  expect([away.isAway, world.returns]).toEqual([false, 1]);
});

test('a screen that locked without a word is asked', () => {
  const { world, away } = screen();
  world.idleState = 'locked';
  expect(away.isAway).toBe(true);
  world.idleState = 'idle';
  expect(away.isAway).toBe(false);
});

test('a machine that wakes with its screen locked still has nobody before it', () => {
  const { power, away } = screen();
  power.emit('lock-screen');
  power.emit('resume');
  expect(away.isAway).toBe(true);
});

test('once closed, nothing is listened to', () => {
  const { power, away } = screen();
  away.close();
  expect(power.eventNames()).toEqual([]);
});
