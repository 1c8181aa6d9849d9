import { expect, test } from 'vitest';
import { wantedPause } from '../../../../main/relay/back/wanted-pause.ts';

test.each([
  [0, 20],
  [20, 20],
  [5_000, 5_000],
  [10_000_000, 60_000],
])('a server that wants us back after %i ms sees us after %i', (wanted, given) => {
  expect(wantedPause(wanted)).toBe(given);
});
