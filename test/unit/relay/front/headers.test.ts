import { expect, test } from 'vitest';
import { decodeHeaderValue } from '../../../../main/relay/front/header-value.ts';
import { isAcceptable } from '../../../../main/relay/front/http-checks.ts';
import { headerArguments, parameterHeaderFault } from '../../../../main/relay/front/parameter-headers.ts';
import { encodeHeaderValue } from '../../../../main/relay/message.ts';

test.each(['plain', 'with space', 'grüße', ' edge ', '=?base64?eA==?=', '', '\u{1f600}'])('%j comes back', (value) => {
  expect(decodeHeaderValue(encodeHeaderValue(value))).toBe(value);
});

test.each(['=?base64?eA?=', '=?base64?e A==?=', '=?base64?/w==?=', '=?base64?*?='])('%s is refused', (value) => {
  expect(decodeHeaderValue(value)).toBeUndefined();
});

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
    bad: { type: 'string', 'x-mcp-header': 'not a token' },
    many: { type: 'array', items: { type: 'string', 'x-mcp-header': 'Unreachable' } },
    count: { type: 'integer', 'x-mcp-header': 'Count' },
    plain: { type: 'string' },
  },
};
const EXPECTED = headerArguments(SCHEMA);

test('annotated arguments are found at any depth', () => {
  expect(EXPECTED).toEqual([
    { path: ['region'], header: 'region' },
    { path: ['deep', 'on'], header: 'on' },
    { path: ['count'], header: 'count' },
  ]);
  expect(headerArguments(undefined)).toEqual([]);
});

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
