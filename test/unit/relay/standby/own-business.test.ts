import { expect, test } from 'vitest';
import { isOwnBusiness, isOwnLine } from '../../../../main/relay/standby/own-business.ts';

const ANSWER = '{"inputResponses":{"lanyard-sign-in":{"action":"accept"}}}';

test.each([
  ['a call of the status', 'tools/call', 'lanyard_status', '{}', true],
  ['a call that brings the answer to our question', 'tools/call', 'echo', ANSWER, true],
  ['any other call', 'tools/call', 'echo', '{"inputResponses":{"theirs":{}}}', false],
  ['another method', 'resources/read', 'lanyard_status', ANSWER, false],
])('%s is ours: %#', (_what, method, name, text, isOurs) => {
  expect(isOwnBusiness({ 'mcp-method': method, 'mcp-name': name }, Buffer.from(text))).toBe(isOurs);
  expect(isOwnLine({ method, name }, text)).toBe(isOurs);
});

test('a body that is not held is the server’s', () => {
  expect(isOwnBusiness({ 'mcp-method': 'tools/call', 'mcp-name': 'echo' }, null)).toBe(false);
});
