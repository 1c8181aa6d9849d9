import { expect, test } from 'vitest';
import { asksForEma, declareEma, EMA_EXTENSION, withEma } from '../../../main/relay/declare-ema.ts';

const DECLARED = `"${EMA_EXTENSION}":{}`;

test.each([
  [
    '{"method":"initialize","params":{"capabilities":{}}}',
    `{"method":"initialize","params":{"capabilities":{"extensions":{${DECLARED}}}}}`,
  ],
  [
    '{"method":"initialize", "params" : {"capabilities":{"extensions":{"x":1}},"n":1e400}}',
    `{"method":"initialize", "params" : {"capabilities":{"extensions":{"x":1,${DECLARED}}},"n":1e400}}`,
  ],
  [
    '{"params":{"_meta":{"io.modelcontextprotocol/clientCapabilities":{"roots":{}}},"u":"\\u00e9 é"}}',
    `{"params":{"_meta":{"io.modelcontextprotocol/clientCapabilities":{"roots":{},"extensions":{${DECLARED}}}},"u":"\\u00e9 é"}}`,
  ],
])('%s gets the declaration and no other change', (text, declared) => {
  // A blank after the colon is the splicer's own.
  expect(declareEma(text).replaceAll('": {', '":{')).toBe(declared);
  expect(JSON.parse(declareEma(text))).toBeTruthy();
});

test.each([
  `{"method":"initialize","params":{"capabilities":{"extensions":{${DECLARED}}}}}`,
  `{"method":"initialize","params":{"capabilities":{"extensions":{"${EMA_EXTENSION}":{"mine":1}}}}}`,
  '{"method":"tools/call","params":{"name":"x","arguments":{"capabilities":{}}}}',
  '{"params":{"_meta":{"progressToken":1}}}',
  '[{"method":"initialize"}]',
  'null',
  '"initialize"',
  '{"method":',
])('%s stays as it is', (text) => expect(declareEma(text)).toBe(text));

test('initialize without capabilities gets them', () => {
  const text = '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}';
  expect(JSON.parse(declareEma(text))).toMatchObject({
    params: { protocolVersion: '2025-11-25', capabilities: { extensions: { [EMA_EXTENSION]: {} } } },
  });
});

test('a declaration is never taken away or changed', () => {
  const settings = { [EMA_EXTENSION]: { mine: 1 }, other: {} };
  expect(withEma({ sampling: {}, extensions: settings })).toEqual({ sampling: {}, extensions: settings });
});

test.each([
  [{ code: -32021, message: '', data: { requiredCapabilities: { extensions: { [EMA_EXTENSION]: {} } } } }, true],
  [{ code: -32021, message: '', data: { requiredCapabilities: { sampling: {} } } }, false],
  [{ code: -32021, message: '' }, false],
  [{ code: -32022, message: '', data: { requiredCapabilities: { extensions: { [EMA_EXTENSION]: {} } } } }, false],
  [undefined, false],
])('%j asks for it: %s', (error, asks) => expect(asksForEma(error)).toBe(asks));
