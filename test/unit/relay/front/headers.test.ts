import { expect, test } from 'vitest';
import { isAcceptable } from '../../../../main/relay/front/http-checks.ts';
import { parameterHeaderFault } from '../../../../main/relay/front/parameter-headers.ts';
import { headerArguments } from '../../../../main/relay/mcp/param-headers.ts';
import { encodeHeaderValue } from '../../../../main/relay/message.ts';

test.each([
  [undefined, true],
  ['*/*', true],
  ['application/json, text/event-stream', true],
  ['APPLICATION/JSON;q=0.9,text/*', true],
  ['application/json', false],
  ['text/event-stream', false],
  ['', false],
])('Accept %j', (accept, expected) => {
  expect(isAcceptable(accept, ['application/json', 'text/event-stream'])).toBe(expected);
});

const SCHEMA = {
  type: 'object',
  properties: {
    region: { type: 'string', 'x-mcp-header': 'Region' },
    deep: { type: 'object', properties: { on: { type: 'boolean', 'x-mcp-header': 'On' } } },
    count: { type: 'integer', 'x-mcp-header': 'Count' },
    plain: { type: 'string' },
  },
};
const EXPECTED = headerArguments({ name: 'tool', inputSchema: SCHEMA });

test.each<[object, Record<string, string>, boolean]>([
  [{}, {}, true],
  [{ region: 'eu' }, { region: 'eu' }, true],
  [{ region: 'eu' }, {}, false],
  [{ region: 'eu' }, { region: 'EU' }, false],
  [{ region: 'ü' }, { region: encodeHeaderValue('ü') }, true],
  [{ region: 'ü' }, { region: '=?base64?*?=' }, false],
  [{ region: null }, { region: 'eu' }, true],
  [{ deep: { on: true } }, { on: 'true' }, true],
  [{ deep: { on: true } }, { on: 'false' }, false],
  [{ count: 42 }, { count: '42.0' }, true],
  [{ count: 42 }, { count: '0x2a' }, false],
  [{ count: 2 ** 60 }, {}, true],
  [{ region: { odd: 1 } }, {}, true],
])('arguments %j with headers %j', (args, headers, isRight) => {
  const fault = parameterHeaderFault(EXPECTED, args, (name) => headers[name.replace('mcp-param-', '')]);
  expect(fault === undefined).toBe(isRight);
});
