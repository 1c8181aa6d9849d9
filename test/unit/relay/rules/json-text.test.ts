import { expect, test } from 'vitest';
import { elementsOf, inspectKeys, membersOf } from '../../../../main/relay/rules/json-text.ts';

test.each([
  ['{}', 'fine'],
  ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}', 'fine'],
  ['{"a":1,"a":1}', 'repeated'],
  ['{"a":1,"A":1}', 'fine'],
  ['{"a":1,"\\u0061":1}', 'repeated'],
  ['{"\\u0061":1,"a":1}', 'repeated'],
  ['{"a\\"":1,"a":1}', 'fine'],
  ['{"a\\\\":1,"a":1}', 'fine'],
  ['{"a\\\\":1 , "a\\u005c":1}', 'repeated'],
  ['{"":1,"":2}', 'repeated'],
  ['{"__proto__":1,"__proto__":2}', 'repeated'],
  ['{"a":[[{"d":0,"d":1}]]}', 'repeated'],
  ['{"a":[{}],"b":"a","a" : 2}', 'repeated'],
  ['{"a":"a","b":"a"}', 'fine'],
  ['["a","a","a"]', 'fine'],
  ['{"a":["a","a",":"],"b":"\\"a\\":1,\\"a\\":1"}', 'fine'],
  ['[[[[]]]]', 'fine'],
  ['[[[[[]]]]]', 'too-deep'],
  ['{"a":{"a":{"a":{"a":{}}}}}', 'too-deep'],
  ['["[[[[[[[["]', 'fine'],
  ['"{"', 'fine'],
  ['5', 'fine'],
  ['{"a":1,"b":1,"c":1,"d":1}', 'fine'],
  ['{"a":1,"b":1,"c":1,"d":1,"e":1}', 'too-many'],
  ['{"a":1,"b":1,"c":{"a":1,"b":1}}', 'too-many'],
  ['[{"a":1,"b":1,"c":1},{"a":{"x":1},"b":{"x":1},"c":1}]', 'fine'],
])('keys of %s: %s', (text, finding) => {
  JSON.parse(text);
  expect(inspectKeys(text, { depth: 4, keys: 4 })).toBe(finding);
});

test.each(Array.from({ length: 20 }, (_, repeated) => repeated))(
  'of many keys the one at %i may not come again',
  (repeated) => {
    const members = Array.from({ length: 20 }, (_, index) => `"k${index}":${index}`);
    const limits = { depth: 1, keys: 100 };
    expect(inspectKeys(`{${members.join()}}`, limits)).toBe('fine');
    expect(inspectKeys(`{${members.join()},"k${repeated}":0}`, limits)).toBe('repeated');
    expect(inspectKeys(`{${members.join()}}`, { depth: 1, keys: 19 })).toBe('too-many');
    expect(inspectKeys(`[${`{${members.join()}},`.repeat(50)}0]`, { depth: 2, keys: 20 })).toBe('fine');
  },
);

test('the depth of a text costs no stack', () => {
  const deep = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
  expect(inspectKeys(deep, { depth: 200, keys: 1 })).toBe('too-deep');
  expect(elementsOf(deep, 0)).toEqual([{ start: 1, end: deep.length - 1 }]);
});

const SAMPLES = ['[]', ' [ ] ', '[1]', '[ 1 , "a,]" ,\n{"b":[1,2]},[[]],null ]', '["\\"","\\\\",{"x":"]"}]'];

test.each(SAMPLES)('the elements of %j stand where they were found', (text) => {
  const found = elementsOf(text, 0).map(({ start, end }) => JSON.parse(text.slice(start, end)) as unknown);
  expect(found).toEqual(JSON.parse(text));
});

test.each(['{}', ' { } ', '{"a":1}', '{ "a" : 1 , "b,}" : "x}" ,\n"c\\"":{"d":[1,2]},"\\u0065":[], "f":-1.5e3 }'])(
  'the members of %j stand where they were found',
  (text) => {
    const found = membersOf(text, 0).map(({ key, start, end }) => [key, JSON.parse(text.slice(start, end))]);
    expect(Object.fromEntries(found)).toEqual(JSON.parse(text));
  },
);

test('what is no list has no elements, what is no object no members', () => {
  for (const text of ['{"a":1}', '5', '"[1]"']) expect(elementsOf(text, 0)).toEqual([]);
  for (const text of ['["a"]', '5', '"{}"']) expect(membersOf(text, 0)).toEqual([]);
});
