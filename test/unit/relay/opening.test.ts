import { expect, test } from 'vitest';
import { readOpening } from '../../../main/relay/opening.ts';

const request = (method: string) => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: {} });

test.each(['initialize', 'server/discover'])('%s opens a conversation', (method) => {
  expect(readOpening(Buffer.from(request(method)))).toMatchObject({ method });
});

test.each([
  null,
  '',
  'initialize',
  '"initialize"',
  request('tools/call'),
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"initialize"}}',
  '{"jsonrpc":"2.0","method":"initialize"}',
  `[${request('initialize')}]`,
  `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"x":"${'x'.repeat(70_000)}"}}`,
])('%s does not', (body) => {
  expect(readOpening(body === null ? null : Buffer.from(body))).toBeUndefined();
});
