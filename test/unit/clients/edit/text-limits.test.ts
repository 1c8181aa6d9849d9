import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkWritable, readEntries } from '../../../../main/clients/edit/entry-file.ts';
import { insertIntoJson } from '../../../../main/clients/edit/json-insert.ts';
import { yamlFormat } from '../../../../main/clients/edit/yaml-format.ts';
import { problemFrom, temporaryFolder } from '../../fixtures.ts';

const KIB = 1024;
const many = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, n) => line(n)).join('');

/** The shortest of several runs in milliseconds: the one that the rest of the machine disturbed least. */
function shortest(work: () => unknown): number {
  return Math.min(
    ...[1, 2, 3, 4].map(() => {
      const start = performance.now();
      work();
      return performance.now() - start;
    }),
  );
}

test.each<readonly [string, (count: number) => unknown]>([
  ['keys of YAML', (count) => yamlFormat.read(many(count, (n) => `k${n}: v\n`))],
  ['keys of YAML on one line', (count) => yamlFormat.read(`{${many(count, (n) => `k${n},`)}}`)],
  ['an ordered map of YAML', (count) => yamlFormat.read(`a: !!omap [${many(count, (n) => `${n}: 1,`)}]`)],
  [
    'an ordered map of YAML 1.1',
    (count) => yamlFormat.read(`%YAML 1.1\n---\na: !!omap [${many(count, (n) => `${n}: 1,`)}]`),
  ],
  [
    'entries of JSON',
    (count) => insertIntoJson(`{"mcpServers":{${many(count, (n) => `"k${n}":1,`)}}}`, ['mcpServers'], { lanyard: {} }),
  ],
])('%s: eight times as many take about eight times as long, and not sixty-four', (_what, work) => {
  work(500);
  const [few, more] = [shortest(() => work(700)), shortest(() => work(5600))];
  expect(more / few).toBeLessThan(40);
});

test.each([
  ['anchors and aliases', many(200, (n) => `k${n}: &a${n} v\nl${n}: *a${n}\n`), 'more than 100 anchors and aliases'],
  ['aliases of one anchor', `x: &a 1\ny:\n${'- *a\n'.repeat(200)}`, 'more than 100 anchors and aliases'],
  ['anchors of maps', many(200, (n) => `k${n}: &a${n} {}\n`), 'more than 100 anchors and aliases'],
  ['directives', `${'%X\n'.repeat(200)}---\na: 1\n`, 'more than 20 directives'],
  ['a key twice in an inner map', 'a:\n  - {b: 1, b: 2}\n', 'line 2, column 12 is not YAML'],
  ['a bracket too many', `a: 1\n${'}'.repeat(1000)}`, 'line 2, column 1 is not YAML'],
])('YAML with %s is not read', (_what, text, reason) => {
  expect(() => yamlFormat.read(text)).toThrow(reason);
});

test('YAML with some anchors is read, its aliases followed', () => {
  const text = `x: &a {b: 1}\n${many(40, (n) => `k${n}: *a\n`)}`;
  expect(yamlFormat.read(text)).toEqual(
    new Map([
      ['x', new Map([['b', 1]])],
      ...Array.from({ length: 40 }, (_, n) => [`k${n}`, new Map([['b', 1]])] as const),
    ]),
  );
});

test('a file of TOML or YAML that is larger than 64 KiB is left alone, one of JSON is not', async () => {
  for (const [format, text] of [
    ['toml', `#${'x'.repeat(64 * KIB)}`],
    ['yaml', `#${'x'.repeat(64 * KIB)}`],
  ] as const) {
    const path = join(temporaryFolder(), 'client');
    const place = { format, section: ['servers'] };
    writeFileSync(path, text.slice(0, 64 * KIB));
    expect(await readEntries(path, place)).toEqual(new Map());
    writeFileSync(path, text);
    for (const work of [readEntries, checkWritable])
      expect((await problemFrom(work(path, place))).user).toContain(
        'it is larger than 64 KiB. It was left as it is. Make it smaller',
      );
  }
  const path = join(temporaryFolder(), 'client.json');
  writeFileSync(path, JSON.stringify({ history: 'x'.repeat(1024 * KIB), mcpServers: { a: 1 } }));
  expect(await readEntries(path, { format: 'json', section: ['mcpServers'] })).toEqual(new Map([['a', 1]]));
});
