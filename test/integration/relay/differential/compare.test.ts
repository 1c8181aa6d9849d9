import { expect, test } from 'vitest';
import { differences, type Observed } from './compare.ts';
import type { Exchange } from './exchange.ts';
import { generateExchange } from './generate.ts';

const EXCHANGE: Exchange = {
  request: { method: 'POST', headers: [], body: Buffer.from('{}') },
  answer: { status: 200, headers: [], chunks: [] },
};
const SEEN: Observed = {
  received: {
    method: 'POST',
    url: '/mcp',
    headers: ['A', '1', 'b', '2', 'Content-Length', '2'],
    body: Buffer.from('{}'),
  },
  answer: { status: 200, reason: 'OK', headers: ['C', '3', 'c', '3'], body: Buffer.from('{ }') },
};
const received = (change: Partial<Observed['received']>): Observed => ({
  ...SEEN,
  received: { ...SEEN.received, ...change },
});
const answered = (change: Partial<Observed['answer']>): Observed => ({
  ...SEEN,
  answer: { ...SEEN.answer, ...change },
});

test('what belongs to a connection is no difference', () => {
  const replaced = ['Host', 'elsewhere', 'A', '1', 'b', '2', 'authorization', 'Bearer x', 'content-length', '2'];
  expect(differences(EXCHANGE, SEEN, received({ headers: replaced }))).toEqual([]);
  expect(differences(EXCHANGE, SEEN, answered({ headers: ['C', '3', 'Connection', 'close', 'c', '3'] }))).toEqual([]);
});

test.each([
  ['method', received({ method: 'GET' })],
  ['path', received({ url: '/mcp?' })],
  ['body of the request', received({ body: Buffer.from('{} ') })],
  ['order of headers', received({ headers: ['b', '2', 'A', '1', 'Content-Length', '2'] })],
  ['header with the local key', received({ headers: [...SEEN.received.headers, 'Lanyard-Key', 'k'] })],
  ['case of a header', received({ headers: ['a', '1', 'b', '2', 'Content-Length', '2'] })],
  ['length', received({ headers: ['A', '1', 'b', '2', 'Content-Length', '3'] })],
  ['status', answered({ status: 201 })],
  ['reason', answered({ reason: 'Fine' })],
  ['a repeated header', answered({ headers: ['C', '3'] })],
  ['a header more', answered({ headers: ['C', '3', 'c', '3', 'Date', 'now'] })],
  ['body of the answer', answered({ body: Buffer.from('{}') })],
])('another %s is a difference', (_what, through) => {
  expect(differences(EXCHANGE, SEEN, through)).toHaveLength(1);
});

test('a seed always stands for the same exchange', () => {
  expect(generateExchange(7)).toEqual(generateExchange(7));
  expect(generateExchange(7)).not.toEqual(generateExchange(8));
});
