import { expect, test } from 'vitest';
import type { EntryPlace } from '../../../../main/clients/edit/entry-place.ts';
import { openPlace } from '../../../../main/clients/edit/open-place.ts';
import { cutEntries, entriesOf, insertEntries } from '../../../../main/clients/edit/verified-edit.ts';
import { type Random, randomJson, randomToml, randomYaml, seeded } from './random-texts.ts';

const ENTRIES = {
  'lanyard-a': { type: 'http', url: 'http://127.0.0.1:5693/a/mcp', headers: { 'Lanyard-Key': 'lk_"\\\u0007' } },
  'lanyard-b.c': { command: '/opt/x y', args: ['stdio', 'yes', '012', ''], env: {}, enabled: true, timeout: 300 },
};
const NAMES = Object.keys(ENTRIES);

/** Texts of each format: enough that every branch is met many times, few enough for less than a few seconds. */
const TEXTS = 250;

const FORMATS: readonly (readonly [EntryPlace['format'], (random: Random) => string, string])[] = [
  ['json', randomJson, '// theirs'],
  ['toml', randomToml, '# theirs'],
  ['yaml', randomYaml, '# theirs'],
];

for (const [format, make, comment] of FORMATS) {
  const place = await openPlace({ format, section: ['m'] });
  const withLineEnds = (seed: number) => {
    const text = make(seeded(seed));
    return seed % 3 === 0 ? text.replaceAll('\n', '\r\n') : text;
  };

  test(`${format}: whatever a text looks like, entries go in and out again to the same bytes`, () => {
    for (let seed = 1; seed <= TEXTS; seed += 1) {
      const text = withLineEnds(seed);
      const { text: written, ...inserted } = insertEntries(place, text, ENTRIES);
      const there = entriesOf(place, written);
      for (const name of NAMES) expect(there.get(name), `seed ${seed}`).toEqual(ENTRIES[name as keyof typeof ENTRIES]);
      expect(cutEntries(place, written, NAMES, inserted), `seed ${seed}`).toBe(text);
    }
  });

  test(`${format}: whatever a text looks like, a line that somebody adds meanwhile stays, and nothing of ours`, () => {
    for (let seed = 1; seed <= TEXTS; seed += 1) {
      const text = withLineEnds(seed);
      const { text: written, ...inserted } = insertEntries(place, text, ENTRIES);
      const cut = cutEntries(place, `${written}${written.endsWith('\n') ? '' : '\n'}${comment}\n`, NAMES, inserted);
      // A line cannot be added to an empty text, or to one that ends within a line, without changing more than that.
      if (text.trim() !== '' && text.endsWith('\n')) expect(cut, `seed ${seed}`).toBe(`${text}${comment}\n`);
      expect(cut, `seed ${seed}`).toContain(comment);
      expect(cut, `seed ${seed}`).not.toContain('lk_');
    }
  });

  test(`${format}: whatever a text looks like, somebody's entries beside ours stay when ours go`, () => {
    for (let seed = 1; seed <= TEXTS; seed += 1) {
      const text = withLineEnds(seed);
      const before = entriesOf(place, text);
      const { text: written, ...inserted } = insertEntries(place, text, ENTRIES);
      const both = insertEntries(place, written, { theirs: { url: 'x' } }).text;
      const left = entriesOf(place, cutEntries(place, both, NAMES, inserted));
      expect([...left], `seed ${seed}`).toEqual([...before, ['theirs', { url: 'x' }]]);
    }
  });
}
