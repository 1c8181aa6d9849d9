import { expect, test } from 'vitest';
import { createFallsBack } from '../../../main/relay/falls-back.ts';

const discover = (name?: unknown) => ({ _meta: { 'io.modelcontextprotocol/clientInfo': { name } } });

test('a client that was seen to initialize would do so again', () => {
  const fallsBack = createFallsBack();
  expect(fallsBack.has('key-1', discover('editor'))).toBe(false);
  fallsBack.sawInitialize('key-1', { clientInfo: { name: 'editor' } });
  expect(fallsBack.has('key-1', discover('editor'))).toBe(true);
  expect(fallsBack.has('key-2', discover('editor'))).toBe(false);
  expect(fallsBack.has('key-1', discover('other'))).toBe(false);
});

test('whoever does not, although it was let fail, knows only the modern era', () => {
  const fallsBack = createFallsBack();
  const initialize = () => fallsBack.sawInitialize('key', { clientInfo: { name: 'editor' } });
  initialize();
  expect(fallsBack.has('key', discover('editor'))).toBe(true);
  initialize();
  expect([1, 2, 3].map(() => fallsBack.has('key', discover('editor')))).toEqual([true, false, false]);
  initialize();
  expect(fallsBack.has('key', discover('editor'))).toBe(true);
});

test('some are known for it', () => expect(createFallsBack().has('any', discover('claude-code'))).toBe(true));

test.each([undefined, {}, { _meta: null }, discover(), discover(7), discover('')])('%j says nothing', (params) => {
  const fallsBack = createFallsBack();
  fallsBack.sawInitialize('key', { clientInfo: {} });
  expect(fallsBack.has('key', params)).toBe(false);
});
