import type { Dice } from './random.ts';

// JSON as no serialiser writes it, but every parser has to take: what a relay reads and writes anew comes out different.

const SPACES = ['', '', '', ' ', '  ', '\t', ' \t '] as const;
const LINE_ENDS = ['\n', '\r\n', '\r', ' \n  '] as const;
const CHARACTERS = ['a', 'Z', ' ', 'ä', 'ß', '€', '😀', '\u2028', '\ufeff', '\u007f', '字', 'e\u0301'] as const;
const ESCAPES = [
  '\\n',
  '\\"',
  '\\\\',
  '\\/',
  '\\u0000',
  '\\u00E4',
  '\\ud83d\\ude00',
  '\\uD800',
  '\\udc00',
  '\\b',
] as const;
const NUMBERS = [
  '0',
  '-0',
  '1',
  '1.0',
  '1e5',
  '1E+05',
  '-1.5e-7',
  '9007199254740993',
  '123456789012345678901234567890',
  '0.1',
  '1e400',
] as const;
const NAMES = [
  'a',
  'name',
  'uri',
  'arguments',
  '_meta',
  'progressToken',
  'id',
  'params',
  '',
  'ключ',
  '__proto__',
  'a/b',
] as const;
const METHODS = [
  'tools/call',
  'tools/list',
  'resources/read',
  'prompts/get',
  'ping',
  'initialize',
  'server/discover',
  'notifications/cancelled',
  'notifications/initialized',
  'completion/complete',
  'example.com/odd',
] as const;

const DEEPEST = 4;
const ABYSS = 400;
const MOST_MEMBERS = 5;

/** Writes JSON oddly. Without `lineEnds` it stays on one line. */
export interface OddJson {
  value(depth?: number): string;
  text(): string;
  /** A message; `id` comes last, where it counts. */
  message(id: string): string;
}

/** See {@link OddJson}. */
export function oddJson(dice: Dice, lineEnds: boolean): OddJson {
  const gap = () => (lineEnds && dice.chance(0.1) ? dice.pick(LINE_ENDS) : dice.pick(SPACES));
  const text = () =>
    `"${dice.times(dice.below(12), () => dice.pick(dice.chance(0.3) ? ESCAPES : CHARACTERS)).join('')}"`;
  const around = (inner: string) => `${gap()}${inner}${gap()}`;
  const member = (name: string, value: string) => around(`${name}${gap()}:${gap()}${value}`);
  const members = (depth: number) =>
    dice.times(dice.below(MOST_MEMBERS), () =>
      member(dice.chance(0.5) ? text() : JSON.stringify(dice.pick(NAMES)), value(depth + 1)),
    );
  const value = (depth = 0): string => {
    const kind = dice.below(depth < DEEPEST ? 7 : 5);
    if (kind === 0) return dice.pick(['true', 'false', 'null']);
    if (kind <= 2) return dice.pick(NUMBERS);
    if (kind <= 4) return text();
    if (kind === 5)
      return `[${dice.times(dice.below(MOST_MEMBERS), () => around(value(depth + 1))).join(',') || gap()}]`;
    return `{${members(depth).join(',') || gap()}}`;
  };
  const abyss = () => `${'['.repeat(ABYSS)}${value()}${']'.repeat(ABYSS)}`;
  const params = () => `{${[...members(0), member('"deep"', dice.chance(0.03) ? abyss() : value())].join(',')}}`;
  const message = (id: string) => {
    const parts = [
      member('"jsonrpc"', '"2.0"'),
      member('"method"', JSON.stringify(dice.pick(METHODS))),
      ...(dice.chance(0.8) ? [member('"params"', params())] : []),
      ...(dice.chance(0.2) ? [member('"id"', '"an earlier one"')] : []),
      ...(dice.chance(0.3) ? [member(text(), value())] : []),
      member('"id"', JSON.stringify(id)),
    ];
    return around(`{${parts.join(',')}}`);
  };
  return { value, text, message };
}
