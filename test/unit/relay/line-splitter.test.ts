import { expect, test } from 'vitest';
import { createLineSplitter } from '../../../main/relay/line-splitter.ts';

function linesOf(chunks: readonly (string | Buffer)[], limit?: number): (string[] | undefined)[] {
  const splitter = createLineSplitter(limit);
  return chunks.map((chunk) => splitter.push(Buffer.from(chunk as string)));
}

test.each<readonly [readonly string[], readonly (readonly string[])[]]>([
  [['a\n'], [['a']]],
  [['a\nb\n'], [['a', 'b']]],
  [
    ['a', 'b\n'],
    [[], ['ab']],
  ],
  [
    ['a\nb', 'c\nd'],
    [['a'], ['bc']],
  ],
  [['a\r\nb\r\n'], [['a', 'b']]],
  [
    ['a\r', '\n'],
    [[], ['a']],
  ],
  [['\n\r\n\n'], [[]]],
  [['a\rb\n'], [['a\rb']]],
  [['  a \n'], [['  a ']]],
  [[''], [[]]],
])('%j is cut into %j', (chunks, expected) => expect(linesOf(chunks)).toEqual(expected));

test('a letter that is cut in two between chunks stays whole', () => {
  const bytes = Buffer.from('å🔑\n');
  for (let cut = 1; cut < bytes.length; cut += 1)
    expect(linesOf([bytes.subarray(0, cut), bytes.subarray(cut)]).flat()).toEqual(['å🔑']);
});

test('byte by byte gives the same as at once', () => {
  const text = '{"a":"é"}\r\n\n{"b":2}\nrest';
  const bytewise = linesOf([...Buffer.from(text)].map((byte) => Buffer.from([byte]))).flat();
  expect(bytewise).toEqual(linesOf([text]).flat());
  expect(bytewise).toEqual(['{"a":"é"}', '{"b":2}']);
});

test.each<readonly [string, readonly string[], boolean]>([
  ['a line of exactly the limit', ['12345678\n'], true],
  ['one byte more', ['123456789\n'], false],
  ['a line of the limit in pieces', ['1234', '5678', '\n'], true],
  ['one byte more in pieces', ['1234', '56789', '\n'], false],
  ['a line of the limit with CR LF', ['12345678\r\n'], true],
  ['letters of two bytes within the limit', ['ééé\n'], true],
  ['letters of two bytes beyond it', ['ééééé\n'], false],
  ['many short lines', ['1\n2\n3\n4\n5\n6\n'], true],
])('%s passes: %s %s', (_what, chunks, passes) => {
  expect(linesOf(chunks, 8).includes(undefined)).toBe(!passes);
});

test('a line without end is refused as soon as it is longer than the limit', () => {
  const splitter = createLineSplitter(1_000);
  let pushed = 0;
  while (splitter.push(Buffer.alloc(100, 'x'))) pushed += 100;
  expect(pushed).toBe(1_000);
});

test('a line in very many pieces is put together in order', () => {
  const text = Array.from({ length: 5_000 }, (_, index) => String(index)).join(',');
  const bytes = [...Buffer.from(`${text}\nnext\n`)].map((byte) => Buffer.from([byte]));
  expect(linesOf(bytes).flat()).toEqual([text, 'next']);
});
