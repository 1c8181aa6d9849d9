import { expect, test } from 'vitest';
import { LanyardError } from '../../../shared/errors.ts';
import { watchGrant } from '../../fleet/laptop/grant.ts';
import { createLedger } from '../../fleet/laptop/ledger.ts';
import { createRestRule } from '../../fleet/laptop/rest-rule.ts';
import { createLaptopTimers } from '../../fleet/laptop/timers.ts';
import { MINUTE_MS } from '../../fleet/world/durations.ts';
import { createWorld } from '../../fleet/world/world.ts';

const ACTIVE = { keep: 'active', asked: false, thin: false } as const;

test('a grant may be minted for half an hour after a call, and once more after a sleep', () => {
  const rule = createRestRule();
  expect(rule.mayMint(0, ACTIVE)).toBe(false);
  rule.used(0);
  expect(rule.mayMint(30 * MINUTE_MS, ACTIVE)).toBe(true);
  expect(rule.mayMint(31 * MINUTE_MS, ACTIVE)).toBe(false);
  rule.woke(60 * MINUTE_MS, 40 * MINUTE_MS);
  expect(rule.mayMint(60 * MINUTE_MS, ACTIVE)).toBe(true);
  rule.woke(120 * MINUTE_MS, 59 * MINUTE_MS);
  expect(rule.mayMint(120 * MINUTE_MS, ACTIVE)).toBe(false);
});

test('a thin budget and on-demand leave mints to calls', () => {
  const rule = createRestRule();
  rule.used(0);
  expect(rule.mayMint(0, { ...ACTIVE, thin: true })).toBe(false);
  expect(rule.mayMint(0, { ...ACTIVE, keep: 'on-demand' })).toBe(false);
  expect(rule.mayMint(0, { keep: 'on-demand', asked: true, thin: true })).toBe(true);
});

test('a call that fails in fine weather breaks a promise, one in an outage does not', async () => {
  const world = createWorld(1, 0);
  const timers = createLaptopTimers(world);
  const ledger = createLedger();
  const mint = async () => {
    throw new LanyardError({ code: 'no', user: 'No.', administrator: 'No.', recovery: { kind: 'retry' } });
  };
  const mints = () => ({ today: 0, thisMonth: 0, perMonth: 250 });
  const shared = { world, timers, ledger, mint, mints, random: () => 0.5, isSignedIn: () => true };
  const grant = watchGrant({ ...shared, keep: 'on-demand' });
  world.turn('idp-down');
  await world.pass(5 * MINUTE_MS);
  await grant.call();
  expect(ledger.broken.failedInFineWeather).toBe(0);
  world.turn('fine');
  await world.pass(5 * MINUTE_MS);
  await grant.call();
  expect(ledger.failed).toBe(2);
  expect(ledger.broken).toMatchObject({ failedInFineWeather: 1, failedWithToken: 0, mintsAtRest: 0 });
});

test('the timers of a laptop stand still while it sleeps', async () => {
  const world = createWorld(1, 0);
  const timers = createLaptopTimers(world);
  const rung: number[] = [];
  timers.schedule(10, () => rung.push(world.time.clock()));
  await world.pass(4);
  timers.sleep();
  await world.pass(100);
  expect(timers.wake()).toBe(100);
  await world.pass(6);
  expect(rung).toEqual([110]);
  expect(world.time.waiting()).toBe(0);
});
