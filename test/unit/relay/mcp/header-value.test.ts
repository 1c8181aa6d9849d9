import { expect, test } from 'vitest';
import { decodeHeaderValue } from '../../../../main/relay/mcp/header-value.ts';
import { encodeHeaderValue } from '../../../../main/relay/message.ts';

test.each(['plain', 'with space', 'grüße', ' edge ', '=?base64?eA==?=', '=?base64?', '', '\u{1f600}', '\ufeffmark'])(
  '%j comes back',
  (value) => {
    expect(decodeHeaderValue(encodeHeaderValue(value))).toBe(value);
  },
);

test.each([
  ['get', 'get'],
  [' get\t', 'get'],
  ['=?base64?Y2Fmw6k=?=', 'café'],
  ['=?base64??=', ''],
  ['=?BASE64?Y2Fmw6k=?=', '=?BASE64?Y2Fmw6k=?='],
  ['=?base64?Y2Fmw6k?=', undefined],
  ['=?base64?Y2Fmw6k=', '=?base64?Y2Fmw6k='],
  ['=?base64?Y2F mw6k=?=', undefined],
  ['=?base64?eA?=', undefined],
  ['=?base64?eB==?=', undefined],
  ['=?base64?/w==?=', undefined],
  ['=?base64?*?=', undefined],
  ['=?base64?=', '=?base64?='],
])('%j stands for %j', (value, expected) => expect(decodeHeaderValue(value)).toBe(expected));
