import { expect, test } from 'vitest';
import { createEgress } from '../../../main/egress/egress.ts';
import { createSkews, differenceBy, isMisdated } from '../../../main/egress/skew.ts';
import { sendJson, serve } from '../fixtures.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const ORIGIN = 'https://login.example.com';
const at = (time: number) => new Date(time).toUTCString();

test.each([
  [300_000, 0],
  [-300_000, 400],
  [20_000, 80],
  [-12_345, 1_900],
  [0, 10_000],
])('a clock %i ms ahead is within what an answer that took %i ms tells of it', (ahead, tookMs) => {
  for (const part of [0, 0.3, 1]) {
    const date = at(NOW + 777 + tookMs * part + ahead);
    const { least, most } = differenceBy(date, NOW + 777, NOW + 777 + tookMs) ?? { least: 1, most: -1 };
    expect(least).toBeLessThanOrEqual(ahead);
    expect(most).toBeGreaterThan(ahead);
    expect(most - least).toBe(1_000 + tookMs);
  }
});

test.each([
  ['no Date', undefined],
  ['none', null],
  ['an empty one', ''],
  ['words', 'yesterday'],
])('%s tells nothing', (_what, date) => {
  expect(differenceBy(date, NOW, NOW)).toBeUndefined();
});

test('an answer that came before it was asked for tells nothing', () => {
  expect(differenceBy(at(NOW), NOW, NOW - 1)).toBeUndefined();
});

/** Skews by a clock that can be set, and a time since the start that cannot. */
function watching() {
  const time = { passed: 0, set: 0 };
  const skews = createSkews(
    () => NOW + time.passed + time.set,
    () => time.passed,
  );
  /** An answer by a clock that is right, with its Date that far off. */
  const hear = (ahead: number, tookMs = 0) => {
    const sentAt = skews.uptime();
    time.passed += tookMs;
    skews.learn(ORIGIN, at(NOW + time.passed + ahead), sentAt);
  };
  return { time, skews, hear, skew: () => Math.round((skews.get(ORIGIN) ?? Number.NaN) / 1_000) };
}

test.each([-300, -20, -10, 10, 20, 300])('%i s are taken for what they are', (seconds) => {
  const { hear, skews } = watching();
  hear(seconds * 1_000);
  expect(Math.abs((skews.get(ORIGIN) ?? 0) - seconds * 1_000)).toBeLessThanOrEqual(500);
  expect(skews.timeAt(ORIGIN)).toBe(NOW + (skews.get(ORIGIN) ?? 0));
});

test('whose time is not known is taken to have ours', () => {
  const { skews } = watching();
  expect(skews.get(ORIGIN)).toBeUndefined();
  expect(skews.timeAt(ORIGIN)).toBe(NOW);
});

test('when our clock is corrected, what we know of theirs stays true', () => {
  const { time, hear, skew, skews } = watching();
  time.set = 300_000;
  hear(0);
  expect(skew()).toBe(-300 + 1);
  time.passed += 3_600_000;
  time.set = 0;
  expect(Math.abs(skew())).toBeLessThanOrEqual(1);
  expect(Math.abs(skews.timeAt(ORIGIN) - (NOW + 3_600_000))).toBeLessThanOrEqual(500);
});

test('a slow answer changes nothing that it does not contradict, and a quick one does', () => {
  const { hear, skews } = watching();
  hear(20_000);
  const before = skews.get(ORIGIN);
  hear(20_000, 14_000);
  expect(skews.get(ORIGIN)).toBe(before);
  hear(25_000);
  expect(skews.get(ORIGIN)).toBe((before ?? 0) + 5_000);
});

test('a clock that is a day off is not believed', () => {
  const { hear, skew } = watching();
  hear(20_000);
  for (const ahead of [25 * 3_600_000, -25 * 3_600_000]) hear(ahead);
  expect(skew()).toBe(Math.round(20.5));
});

test.each<[number | undefined, number | undefined, boolean]>([
  [undefined, 2_000, false],
  [undefined, 20_000, true],
  [undefined, undefined, false],
  [20_000, 19_000, false],
  [20_000, 0, true],
  [-5_000, 5_000, true],
])('dated by %s and known now as %s: misdated %s', (before, now, expected) => {
  expect(isMisdated(before, now)).toBe(expected);
});

test('the skews of many parties are remembered, but not of any number', () => {
  const skews = createSkews(
    () => NOW,
    () => 0,
  );
  for (let number = 0; number <= 1_000; number += 1)
    skews.learn(`https://${number}.example.com`, at(NOW + number * 1_000), 0);
  expect(skews.get('https://0.example.com')).toBeUndefined();
  expect(skews.get('https://1.example.com')).toBe(1_500);
  expect(skews.get('https://1000.example.com')).toBe(1_000_500);
});

test.each([0, 600_000])(
  'the egress knows the skew of whoever it fetched from, by a clock %i ms ahead',
  async (ours) => {
    const site = await serve((_request, response) => sendJson(response, 404, {}, { date: at(Date.now() + 3_600_000) }));
    const egress = createEgress({}, ours === 0 ? undefined : () => Date.now() + ours);
    expect(egress.skewOf(site.origin)).toBeUndefined();
    await egress.fetch(site.origin);
    expect(Math.abs((egress.skewOf(site.origin) ?? 0) - 3_600_000 + ours)).toBeLessThan(3_000);
    expect(Math.abs((egress.fetch.timeAt?.(site.origin) ?? 0) - Date.now() - 3_600_000)).toBeLessThan(3_000);
    await egress.close();
  },
);
