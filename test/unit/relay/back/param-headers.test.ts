import { describe, expect, test } from 'vitest';
import { hasValidParamHeaders, headerArguments, paramHeaders } from '../../../../main/relay/mcp/param-headers.ts';

const header = (name: unknown, type: unknown = 'string') => ({ type, 'x-mcp-header': name });
const toolWith = (schema: object) => ({ name: 'tool', inputSchema: { type: 'object', ...schema } });
const tool = (properties: object) => toolWith({ properties });

describe('headers for parameters', () => {
  const region = tool({ region: header('Region') });
  const nested = tool({ outer: { type: 'object', properties: { inner: header('Inner') } } });
  test.each([
    ['a plain value', region, { region: 'us-west1' }, ['Mcp-Param-Region', 'us-west1']],
    ['what is not ASCII', region, { region: 'Zürich' }, ['Mcp-Param-Region', '=?base64?WsO8cmljaA==?=']],
    ['spaces at the ends', region, { region: ' a ' }, ['Mcp-Param-Region', '=?base64?IGEg?=']],
    ['a line end', region, { region: 'a\r\nb' }, ['Mcp-Param-Region', '=?base64?YQ0KYg==?=']],
    ['nothing in it', region, { region: '' }, ['Mcp-Param-Region', '=?base64??=']],
    ['a look-alike', region, { region: '=?base64?YQ==?=' }, ['Mcp-Param-Region', '=?base64?PT9iYXNlNjQ/WVE9PT89?=']],
    ['an integer', tool({ n: header('N', 'integer') }), { n: 42 }, ['Mcp-Param-N', '42']],
    ['an unsafe integer', tool({ n: header('N', 'integer') }), { n: 2 ** 60 }, []],
    ['a boolean', tool({ b: header('B', 'boolean') }), { b: false }, ['Mcp-Param-B', 'false']],
    ['a nested value', nested, { outer: { inner: 'x' } }, ['Mcp-Param-Inner', 'x']],
    ['a nested value that is not there', nested, { outer: 'x' }, []],
    ['null', region, { region: null }, []],
    ['nothing', region, {}, []],
    ['an object', region, { region: {} }, []],
    ['no arguments', region, undefined, []],
    ['an inherited name', tool({ toString: header('S') }), {}, []],
    ['a tool that is not known', undefined, { region: 'a' }, []],
    ['a tool with invalid annotations', tool({ a: header('A'), b: header('a') }), { a: '1', b: '2' }, []],
    ['a schema without annotations', tool({ region: { type: 'string' } }), { region: 'a' }, []],
  ])('of %s', (_what, listed, args, expected) => {
    expect(paramHeaders(listed, args)).toEqual(expected);
  });
});

describe('annotations', () => {
  const deep = (levels: number): object =>
    levels === 0 ? header('Deep') : { type: 'object', properties: { next: deep(levels - 1) } };
  test.each([
    ['on a string', true, tool({ a: header('A') })],
    ['on nothing, for there is no schema', true, { name: 'tool' }],
    ['in an example', true, tool({ a: { type: 'object', default: header('') } })],
    ['as the name of a property', true, tool({ 'x-mcp-header': { type: 'string' } })],
    ['on a number', false, tool({ a: header('A', 'number') })],
    ['on an object', false, tool({ a: header('A', 'object') })],
    ['on something without a type', false, tool({ a: { 'x-mcp-header': 'A' } })],
    ['with an empty name', false, tool({ a: header('') })],
    ['with a name that is no token', false, tool({ a: header('A B') })],
    ['with a line end', false, tool({ a: header('A\r\n') })],
    ['with a name that is no text', false, tool({ a: header(7) })],
    ['twice, but for case', false, tool({ a: header('Name'), b: header('nAME') })],
    ['at the root', false, toolWith(header('A', 'object'))],
    ['within items', false, tool({ a: { type: 'array', items: header('A') } })],
    ['within anyOf', false, tool({ a: { anyOf: [header('A')] } })],
    ['within definitions', false, toolWith({ $defs: { a: header('A') } })],
    ['below something that is not reached', false, toolWith({ allOf: [{ properties: { a: header('A') } }] })],
    ['deeper than anything real', false, tool({ a: deep(100) })],
  ])('%s: %s', (_where, valid, listed) => {
    expect(hasValidParamHeaders(listed)).toBe(valid);
  });
});

describe('arguments that headers repeat', () => {
  const inner = { type: 'object', properties: { on: header('On', 'boolean') } };
  test.each([
    [
      'at any depth',
      tool({ region: header('Region'), inner, plain: { type: 'string' } }),
      [['region'], ['inner', 'on']],
    ],
    ['none of a tool with an annotation on a number', tool({ a: header('A'), n: header('N', 'number') }), []],
    ['none of a tool that names one header twice', tool({ a: header('A'), b: header('a') }), []],
    ['none without a schema', { name: 'tool' }, []],
  ])('%s', (_what, listed, expected) => {
    expect(headerArguments(listed).map(({ path }) => path)).toEqual(expected);
  });
});
