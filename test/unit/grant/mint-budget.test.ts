import { expect, test } from 'vitest';
import { countMint, isThin, thinWarning, viewMints, withoutOldCounts } from '../../../main/grant/mint-budget.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 24 * 60 * 60 * 1000;

test('mints are counted by day and month of UTC, and each begins at nothing', () => {
  let record = countMint(undefined, NOON);
  record = countMint(record, NOON + 1);
  expect(viewMints(record, NOON, 250)).toEqual({ today: 2, thisMonth: 2, perMonth: 250 });
  expect(viewMints(record, NOON + DAY_MS, 250)).toEqual({ today: 0, thisMonth: 2, perMonth: 250 });
  record = countMint(record, NOON + DAY_MS);
  expect(viewMints(record, NOON + DAY_MS, 250)).toEqual({ today: 1, thisMonth: 3, perMonth: 250 });
  expect(viewMints(record, NOON + 9 * DAY_MS, 250)).toEqual({ today: 0, thisMonth: 0, perMonth: 250 });
  record = countMint(record, NOON + 9 * DAY_MS);
  expect(viewMints(record, NOON + 9 * DAY_MS, 250)).toEqual({ today: 1, thisMonth: 1, perMonth: 250 });
});

test.each([
  [0, 250, false],
  [199, 250, false],
  [200, 250, true],
  [250, 250, true],
  [1, 1, true],
  [0, 1, false],
])('%i of %i mints of the month: thin %s', (thisMonth, perMonth, thin) => {
  expect(isThin({ today: 0, thisMonth, perMonth })).toBe(thin);
});

test('the warning says how many are left and what follows', () => {
  expect(thinWarning('Notes', { today: 1, thisMonth: 200, perMonth: 250 })).toBe(
    "Notes has used 200 of this month's 250 renewals. Access is now renewed only when a call needs it.",
  );
  expect(thinWarning('Notes', { today: 1, thisMonth: 250, perMonth: 250 })).toContain('may be refused');
});

test('counts of earlier months are dropped, and the people with them', () => {
  const old = { day: '2026-10-31', inDay: 4, month: '2026-10', inMonth: 90 };
  const current = countMint(undefined, NOON);
  const mints = { ada: { notes: old, tickets: current }, bob: { notes: old } };
  expect(withoutOldCounts(mints, NOON)).toEqual({ ada: { tickets: current } });
});
