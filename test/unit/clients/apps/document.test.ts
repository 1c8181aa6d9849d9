import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Machine } from '../../../../main/clients/apps/machine.ts';
import { APPS } from '../../../../main/clients/apps/table.ts';

// docs/apps.md tells people where we write; it must say what the table says.

const text = readFileSync(join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'apps.md'), 'utf8');
const rows = new Map(
  text.split('\n').flatMap((line) => {
    const [kind, title = '', file = '', ways = ''] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    return kind?.startsWith('`') ? [[kind.replaceAll('`', ''), { title, file, ways }] as const] : [];
  }),
);

const DATA = { darwin: 'Library/Application Support', win32: 'AppData/Roaming', linux: '.config' } as const;

test('every app has its row, in the same order, and no other has', () => {
  expect([...rows.keys()]).toEqual(APPS.map(({ kind }) => kind));
});

test.each(APPS)('the row of $kind names its file on every system, and its ways', ({ kind, title, files, http }) => {
  const row = rows.get(kind);
  expect(row?.title).toContain(title);
  expect(row?.ways).toBe(http ? 'HTTP, stdio' : 'stdio');
  for (const platform of ['darwin', 'win32', 'linux'] as const) {
    const machine: Machine = { platform, home: '/home/ada', env: {}, root: '/' };
    const file = (files(machine).at(-1) ?? '').slice('/home/ada/'.length);
    const below = file.startsWith(`${DATA[platform]}/`) ? file.slice(DATA[platform].length) : undefined;
    const named = [`\`~/${file}\``, ...(below === undefined ? [] : [`*Data*\`${below}\``])];
    expect(
      named.some((name) => row?.file.includes(name)),
      `${platform}: ${file}`,
    ).toBe(true);
  }
});
