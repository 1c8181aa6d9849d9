/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export type Random = () => number;

/** See {@link Random}. */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pick<T>(random: Random, options: readonly T[]): T {
  return options[Math.floor(random() * options.length)] as T;
}

function times<T>(random: Random, most: number, make: (index: number) => T): T[] {
  return Array.from({ length: Math.floor(random() * (most + 1)) }, (_, index) => make(index));
}

const WORDS = ['dark', 'a b', 'å🔑', '#x', '//y', '{', '"', "it's", 'mcpServers', 'lanyard-a', '', 'x,y', '[z]', ': '];

/** Keys that differ, some of them odd. */
function keys(random: Random, most: number): string[] {
  return times(random, most, (index) => `${pick(random, ['k', 'key ', 'Ké', '#', 'a.b', '"'])}${index}`);
}

// --- JSON -----------------------------------------------------------------------------------------------------------

function jsonGap(random: Random): string {
  return pick(random, ['', '', ' ', '\n', '\n  ', '\n\t', ' /* , } */ ', ' // "c": {\n', '\n// d\n   ']);
}

function jsonObject(random: Random, properties: readonly string[]): string {
  const gap = () => jsonGap(random);
  const body = properties.map((property) => `${gap()}${property}${gap()}`).join(',');
  const comma = properties.length > 0 && random() < 0.2 ? `,${gap()}` : '';
  return `{${properties.length === 0 ? gap() : body}${comma}}`;
}

function jsonValue(random: Random, depth: number): string {
  const kind = random();
  if (depth > 0 && kind < 0.3) {
    const own = keys(random, 3).map((key) => jsonProperty(random, key, jsonValue(random, depth - 1)));
    return jsonObject(random, own);
  }
  if (depth > 0 && kind < 0.4) return `[${times(random, 3, () => jsonValue(random, depth - 1)).join(',')}]`;
  if (kind < 0.7) return JSON.stringify(pick(random, WORDS));
  return pick(random, ['1', '-1.50e3', 'true', 'null', '"\\u00e9\\/"', '12345678901234567890']);
}

function jsonProperty(random: Random, key: string, value: string): string {
  return `${JSON.stringify(key)}${pick(random, ['', ' ', '\n'])}:${pick(random, ['', ' ', ' /* v */ '])}${value}`;
}

/** A JSON text with comments that may have the section `m`. */
export function randomJson(random: Random): string {
  if (random() < 0.03) return pick(random, ['', '\n', '// c', '// c\n\n', '/* c */', ' ', 'null']);
  const own = keys(random, 4).map((key) => jsonProperty(random, key, jsonValue(random, 2)));
  const entries = keys(random, 3).map((key) => jsonProperty(random, key, jsonValue(random, 1)));
  const section = random() < 0.1 ? 'null' : jsonObject(random, entries);
  if (random() < 0.7) own.splice(Math.floor(random() * (own.length + 1)), 0, jsonProperty(random, 'm', section));
  return `${jsonGap(random)}${jsonObject(random, own)}${jsonGap(random)}`;
}

// --- TOML -----------------------------------------------------------------------------------------------------------

function tomlValue(random: Random): string {
  return pick(random, [
    '1',
    'inf',
    'true',
    '1979-05-27T07:32:00Z',
    '"dark # no comment"',
    "'it is \\ [m.x]'",
    '"""\n[m.lanyard-a]\n"""',
    '[\n  1, # one\n  2,\n]',
    '{ a = 1, "b c" = [] }',
    "'''\n\n'''",
  ]);
}

function tomlLines(random: Random): string {
  const comment = () => pick(random, ['', '', '', ' # c', '\t# [m.z]']);
  const line = (index: number) => {
    const key = pick(random, [`k${index}`, `"q k${index}"`, `d.e${index}`]);
    return `${pick(random, ['', '', '  '])}${key} = ${tomlValue(random)}${comment()}\n`;
  };
  return times(random, 3, line).join('');
}

function tomlGap(random: Random): string {
  return pick(random, ['', '', '\n', '\n\n', '# c\n', '\n# c\n\n', '   \n']);
}

/** A TOML text that may have tables of the section `m`. */
export function randomToml(random: Random): string {
  if (random() < 0.03) return pick(random, ['', '\n', '# c', '# c\n\n', ' ']);
  const tables = times(random, 4, (index) => {
    const head = pick(random, [`[t${index}]`, '[[l]]', `[ t${index} . "x y" ]`, `["m.x${index}"]`]);
    return `${head}${pick(random, ['', ' # h'])}\n${tomlLines(random)}${tomlGap(random)}`;
  });
  const own = times(random, 3, (index) => {
    const inner = random() < 0.3 ? `[m.s${index}.env]\n${tomlLines(random)}` : '';
    return `[m.s${index}]\n${tomlLines(random)}${tomlGap(random)}${inner}`;
  });
  const head = random() < 0.2 ? [`[m]\n${random() < 0.5 ? 'inline = { a = 1 }\n' : ''}`] : [];
  const at = Math.floor(random() * (tables.length + 1));
  const all = [...tables.slice(0, at), ...head, ...own, ...tables.slice(at)].join('');
  const text = `${tomlGap(random)}${tomlLines(random)}${tomlGap(random)}${all}`;
  return random() < 0.3 ? text.replace(/\n$/, '') : text;
}

// --- YAML -----------------------------------------------------------------------------------------------------------

function yamlKey(key: string): string {
  return JSON.stringify(key);
}

function yamlScalar(random: Random): string {
  return pick(random, [
    'dark',
    '1',
    'true',
    '~',
    '"# no comment"',
    "'it''s: {'",
    '{a: 1, "b": [x, y]}',
    '[]',
    '2001-12-14',
    'two words',
  ]);
}

function yamlMap(random: Random, indent: string, names: readonly string[], depth: number): string {
  const step = pick(random, [' ', '  ', '    ']);
  const inner = `${indent}${step}`;
  const lines = names.map((name) => {
    const comment = pick(random, ['', '', ' # c']);
    const gap = pick(random, ['', '', '', '\n', `${indent}# c\n`, '# at the margin\n', `${inner}# inner\n\n`]);
    const kind = random();
    const nested = keys(random, 2);
    let value = ` ${yamlScalar(random)}${comment}\n`;
    if (depth > 0 && kind < 0.25 && nested.length > 0)
      value = `${comment}\n${yamlMap(random, inner, nested, depth - 1)}`;
    else if (kind < 0.35)
      value = ` ${pick(random, ['|', '>', '|-', '|+'])}\n${inner}line: x\n\n${inner}${inner}# text\n`;
    else if (kind < 0.45) value = `${comment}\n${inner}- a\n${inner}- b: 1\n${inner}  c: 2\n`;
    else if (kind < 0.55) value = `${comment}\n`;
    return `${indent}${yamlKey(name)}:${value}${gap}`;
  });
  return lines.join('');
}

/** A YAML text that may have the section `m`. */
export function randomYaml(random: Random): string {
  if (random() < 0.03)
    return pick(random, ['', '\n', '# c', '# c\n\n', '---\n', '{}\n', '{ }', '{"m": {"a": 1}}', 'null']);
  const entries = keys(random, 3);
  const indent = pick(random, ['  ', '   ', '    ']);
  const section = pick(random, [
    '',
    'm:\n',
    'm: # none\n',
    'm: {}\n',
    'm: null # c\n',
    'm: { a: 1 }\n',
    'm: { "a": {b: [1]}, }\n',
    entries.length > 0 ? `m: # ours\n${yamlMap(random, indent, entries, 1)}` : 'm: ~\n',
    entries.length > 0 ? `m:\n${pick(random, ['', '\n', '# c\n'])}${yamlMap(random, indent, entries, 2)}` : '',
  ]);
  const start = pick(random, ['', '', '# top\n', '---\n', '\n', '%YAML 1.2\n---\n']);
  const before = yamlMap(random, '', keys(random, 2), 2);
  const after = yamlMap(
    random,
    '',
    keys(random, 2).map((key) => `z${key}`),
    2,
  );
  const text = `${start}${before}${section}${after}`;
  return random() < 0.2 ? text.replace(/\n$/, '') : text;
}
