import { expect, test } from 'vitest';
import { purposeOf } from '../../../main/relay/purpose.ts';

const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'ping' } };

test.each([
  ['POST', JSON.stringify(call), 'call'],
  ['POST', JSON.stringify(ping), 'upkeep'],
  ['POST', JSON.stringify(ping, undefined, 2), 'upkeep'],
  ['POST', JSON.stringify({ ...ping, params: { padding: 'x'.repeat(200) } }), 'call'],
  ['POST', null, 'call'],
  ['GET', null, 'upkeep'],
  ['DELETE', null, 'background'],
] as const)('%s %s is a %s', (method, body, purpose) => {
  expect(purposeOf(method, body === null ? null : Buffer.from(body))).toBe(purpose);
});
