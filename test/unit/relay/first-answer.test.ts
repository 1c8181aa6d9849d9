import { expect, test } from 'vitest';
import { EMA_EXTENSION } from '../../../main/relay/declare-ema.ts';
import { deservesLook, type FirstAnswer, judgeFirstAnswer, type Shown } from '../../../main/relay/first-answer.ts';

const error = (code: number, data?: unknown) =>
  JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message: 'No.', data } });
const result = JSON.stringify({ jsonrpc: '2.0', id: 1, result: {} });
const needsEma = error(-32021, { requiredCapabilities: { extensions: { [EMA_EXTENSION]: {} } } });

const LEGACY = { era: 'legacy', opens: 'initialize' } as const;
const DISCOVER = { era: 'modern', opens: 'server/discover' } as const;
const CALL = { era: 'modern', opens: undefined } as const;

test.each<readonly [Pick<FirstAnswer, 'era' | 'opens'>, number, string, Shown]>([
  [LEGACY, 200, result, 'speaks'],
  [LEGACY, 400, error(-32022, { supported: ['2026-07-28'] }), 'wrong-era'],
  [LEGACY, 400, error(-32022, { supported: ['2025-11-25'] }), 'unclear'],
  [LEGACY, 400, error(-32022), 'unclear'],
  [LEGACY, 404, error(-32601), 'wrong-era'],
  [LEGACY, 200, error(-32601), 'wrong-era'],
  [LEGACY, 400, error(-32602), 'unclear'],
  [LEGACY, 404, 'Not found', 'unclear'],
  [LEGACY, 500, error(-32603), 'unclear'],
  [LEGACY, 400, needsEma, 'declare-ema'],
  [{ era: 'legacy', opens: undefined }, 400, error(-32022, { supported: ['2026-07-28'] }), 'unclear'],

  [DISCOVER, 200, result, 'speaks'],
  [DISCOVER, 200, error(-32601), 'wrong-era'],
  [DISCOVER, 404, error(-32601), 'wrong-era'],
  [DISCOVER, 400, error(-32000), 'wrong-era'],
  [DISCOVER, 400, error(-32600), 'wrong-era'],
  [DISCOVER, 400, 'Bad request', 'wrong-era'],
  [DISCOVER, 404, '', 'wrong-era'],
  [DISCOVER, 405, '', 'wrong-era'],
  [DISCOVER, 400, error(-32022, { supported: ['2025-11-25'] }), 'wrong-era'],
  [DISCOVER, 400, error(-32022, { supported: ['2026-07-28'] }), 'unclear'],
  [DISCOVER, 400, error(-32022), 'unclear'],
  [DISCOVER, 400, error(-32020), 'unclear'],
  [DISCOVER, 401, '', 'unclear'],
  [DISCOVER, 500, '', 'unclear'],
  [DISCOVER, 400, needsEma, 'declare-ema'],

  [CALL, 200, result, 'speaks'],
  [CALL, 200, error(-32601), 'speaks'],
  // A method that nobody has is refused so in the modern era too.
  [CALL, 404, error(-32601), 'unclear'],
  [CALL, 400, error(-32602), 'unclear'],
  [CALL, 400, error(-32021, { requiredCapabilities: { sampling: {} } }), 'unclear'],
  [CALL, 400, error(-32000), 'wrong-era'],
  [CALL, 404, 'Not found', 'wrong-era'],
  [CALL, 429, '', 'unclear'],
])('%o answered with %i %s shows: %s', (request, status, text, shown) => {
  expect(judgeFirstAnswer({ ...request, status, text })).toBe(shown);
});

test.each([
  [400, undefined, true],
  [404, 'initialize', true],
  [405, 'server/discover', true],
  [200, 'initialize', true],
  [200, 'server/discover', true],
  [200, undefined, false],
  [202, 'initialize', false],
  [500, 'initialize', false],
] as const)('an answer of %i to %s deserves a look: %s', (status, opens, look) => {
  expect(deservesLook(status, opens)).toBe(look);
});
