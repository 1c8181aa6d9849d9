import { expect, test } from 'vitest';
import { createEgress } from '../../../main/egress/egress.ts';
import { createSkews, skewOf } from '../../../main/egress/skew.ts';
import { sendJson, serve } from '../fixtures.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const at = (aheadMs: number) => new Date(NOW + aheadMs).toUTCString();

test.each([
  [300_000, 0, 301_000],
  [-300_000, 0, -300_000 + 1_000],
  [3_600_000, 0, 3_601_000],
  [30_000, 0, 31_000],
  [-31_000, 0, -30_000],
  // Half of a slow answer's time had passed when its Date was written.
  [300_000, 10_000, 296_000],
])('a Date %i ms ahead, in an answer that took %i ms, is a skew of about %i ms', (ahead, tookMs, expected) => {
  const skew = skewOf(at(ahead), NOW, NOW + tookMs) ?? Number.NaN;
  expect(Math.abs(skew - expected)).toBeLessThanOrEqual(1_000);
  expect(Number.isInteger(skew / 1000)).toBe(true);
});

test.each([0, 1_000, 28_000, -1_000, -29_000])('%i ms count as none', (ahead) => {
  expect(skewOf(at(ahead), NOW, NOW)).toBe(0);
});

test.each([
  ['no Date', undefined],
  ['none', null],
  ['an empty one', ''],
  ['words', 'yesterday'],
  ['1970', 'Thu, 01 Jan 1970 00:00:00 GMT'],
  ['another day', at(25 * 3_600_000)],
])('%s measures nothing', (_what, date) => {
  expect(skewOf(date, NOW, NOW)).toBeUndefined();
});

test('an answer that came before it was asked for measures nothing: our clock was set in between', () => {
  expect(skewOf(at(300_000), NOW, NOW - 1)).toBeUndefined();
});

test('the skews of many parties are remembered, but not of any number', () => {
  const skews = createSkews();
  for (let number = 0; number <= 1_000; number += 1) skews.set(`https://${number}.example.com`, number);
  expect(skews.get('https://0.example.com')).toBeUndefined();
  expect(skews.get('https://1.example.com')).toBe(1);
  expect(skews.get('https://1000.example.com')).toBe(1_000);
  skews.set('https://1.example.com', -7);
  expect(skews.get('https://1.example.com')).toBe(-7);
  expect(skews.get('https://2.example.com')).toBe(2);
});

test('the egress knows the skew of whoever it fetched from', async () => {
  const site = await serve((_request, response) =>
    sendJson(response, 404, {}, { date: new Date(Date.now() + 3_600_000).toUTCString() }),
  );
  const egress = createEgress({});
  expect(egress.skewOf(site.origin)).toBeUndefined();
  await egress.fetch(site.origin);
  expect(Math.abs((egress.skewOf(site.origin) ?? 0) - 3_600_000)).toBeLessThan(3_000);
  await egress.close();
});
