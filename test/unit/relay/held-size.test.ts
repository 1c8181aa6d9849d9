import { expect, test } from 'vitest';
import { createHeldSize, HOLDING_COST_BYTES } from '../../../main/relay/held-size.ts';

const COST = HOLDING_COST_BYTES;

/** Bytes held after all of it; each piece is a chunk. */
function heldAfter(...pieces: readonly string[]): number {
  const size = createHeldSize();
  return pieces.reduce((_before, piece) => size.push(Buffer.from(piece)), 0);
}

test.each<[string, readonly string[], number]>([
  ['a line that has begun', ['data: a'], 7 + COST],
  ['the same in two chunks', ['data: ', 'a'], 7 + 2 * COST],
  ['a complete line', ['data: a\n'], 7 + COST],
  ['two of them', ['data: a\ndata: b\n'], 14 + 2 * COST],
  ['two with CR LF', ['data: a\r\ndata: b\r\n'], 14 + 2 * COST],
  ['two with CR', ['data: a\rdata: b\r'], 14 + 2 * COST],
  ['an event that has ended', ['data: a\n\n'], 0],
  ['one that ended with CR LF', ['data: a\r\n\r\n'], 0],
  ['one that ended with CR', ['data: a\r\r'], 0],
  ['what comes after one', ['data: a\n\ndata'], 4 + COST],
  ['a CR LF cut in two: one end', ['data: a\r', '\ndata: b'], 14 + 2 * COST],
  ['a CR LF cut in two: no end of the event', ['data: a\r', '\n'], 7 + COST],
  ['a comment', [': a\n'], 0],
  ['a comment that has begun', [': a'], 3 + COST],
  ['comments by the dozen', [': a\n', ': b\n:\n', ': c\n'], 0],
  ['a comment within an event', ['data: a\n', ':\n'], 8 + 2 * COST],
  ['a colon within a line', ['da', ':a\n'], 4 + 2 * COST],
])('what is held: %s', (_what, pieces, held) => {
  expect(heldAfter(...pieces)).toBe(held);
});
