import { expect, test } from 'vitest';
import { roomFor } from '../../../../main/relay/back/fair-share.ts';

const LIMITS = { share: 2, total: 4 };
const of = (client: string, name: string) => ({ client, name });
const A1 = of('a', 'a1');
const A2 = of('a', 'a2');
const B1 = of('b', 'b1');
const B2 = of('b', 'b2');
const C1 = of('c', 'c1');

test.each([
  ['there is room', 'a', [A1, B1, B2], [A1, B1, B2], undefined],
  ['at its share a client gives up its own first one', 'a', [A1, A2], [A1, A2], A1],
  ['of its own only what may go', 'a', [A1, A2, B1], [B1, A2], A2],
  ['at its share a client takes nothing from others', 'a', [A1, A2, B1], [B1], 'full'],
  ['where all is taken its own goes before that of others', 'a', [B1, B2, A1, C1], [B1, A1], A1],
  ['and that of others where it has none', 'a', [B1, B2, C1, of('d', 'd1')], [B2, C1], B2],
  ['and nothing that may not go', 'a', [B1, B2, C1, of('d', 'd1')], [], 'full'],
])('%s', (_what, client, held, mayGo, expected) => {
  expect(roomFor(client, held, mayGo, LIMITS)).toEqual(expected);
});
