import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  readEntries,
  removeEntries,
  type WriteOptions,
  writeEntries,
} from '../../../../main/clients/edit/entry-file.ts';
import type { EntryPlace } from '../../../../main/clients/edit/entry-place.ts';
import { temporaryFolder } from '../../fixtures.ts';
import { REAL_FILES, VARIATIONS } from './real-files.ts';

interface Written {
  readonly title: string;
  readonly path: string;
  readonly text: string;
  readonly options: WriteOptions;
}

const FILES = Object.entries(REAL_FILES).map(([client, file]) => ({ client, file }));

/** Every variation of a client's file at once, each in a folder of its own: most of the time is the disk's. */
async function eachVariation(client: string, work: (written: Written) => Promise<void>): Promise<void> {
  const file = REAL_FILES[client];
  if (!file) throw new Error(`no file of ${client}`);
  const root = temporaryFolder();
  const variations = Object.entries(VARIATIONS).map(async ([title, vary], index) => {
    const text = vary(file);
    if (text === undefined) return;
    const folder = join(root, String(index));
    mkdirSync(folder);
    const path = join(folder, 'client');
    writeFileSync(path, text);
    chmodSync(path, 0o644);
    await work({ title, path, text, options: { backups: join(folder, 'backups'), clock: () => 0 } });
  });
  await Promise.all(variations);
}

/** What somebody else does to a file meanwhile. */
function changeTheirs(path: string): void {
  writeFileSync(path, readFileSync(path, 'utf8').replace('dark', 'light'));
}

async function namesIn(path: string, place: EntryPlace): Promise<readonly string[]> {
  return [...((await readEntries(path, place))?.keys() ?? [])];
}

test.each(FILES)('$client: connected and undone it has its bytes and its mode', ({ client, file }) =>
  eachVariation(client, async ({ title, path, text, options }) => {
    const before = await readEntries(path, file.place);
    const written = await writeEntries(path, file.place, file.entries, options);
    const after = await readEntries(path, file.place);
    expect([...(after ?? [])], title).toEqual([...(before ?? []), ...Object.entries(file.entries)]);
    expect(statSync(path).mode & 0o777, title).toBe(0o600);
    await removeEntries(path, file.place, written);
    expect(readFileSync(path, 'utf8'), title).toBe(text);
    expect(statSync(path).mode & 0o777, title).toBe(0o644);
  }),
);

test.each(FILES)('$client: what somebody else changes meanwhile stays, and nothing of ours', ({ client, file }) =>
  eachVariation(client, async ({ title, path, text, options }) => {
    const written = await writeEntries(path, file.place, file.entries, options);
    changeTheirs(path);
    await removeEntries(path, file.place, written);
    expect(readFileSync(path, 'utf8'), title).toBe(text.replace('dark', 'light'));
  }),
);

test.each(FILES)('$client: connecting again replaces our entries alone, and is undone as well', ({ client, file }) =>
  eachVariation(client, async ({ title, path, text, options }) => {
    const theirs = await namesIn(path, file.place);
    const first = await writeEntries(path, file.place, file.entries, options);
    const entries = { 'lanyard-notes': file.entries['lanyard-notes'] ?? null, lanyard: { command: 'new' } };
    const second = await writeEntries(path, file.place, entries, { ...options, previous: first });
    expect(await namesIn(path, file.place), title).toEqual([...theirs, ...Object.keys(entries)]);
    expect(second.backup, title).toBe(first.backup);

    changeTheirs(path);
    const third = await writeEntries(path, file.place, file.entries, { ...options, previous: second });
    expect(await namesIn(path, file.place), title).toEqual([...theirs, ...Object.keys(file.entries)]);
    expect(readFileSync(third.backup ?? '', 'utf8'), title).toBe(text.replace('dark', 'light'));
    await removeEntries(path, file.place, third);
    expect(readFileSync(path, 'utf8'), title).toBe(text.replace('dark', 'light'));
  }),
);

test.each(FILES)('$client: without the copy from before it still has its bytes again', ({ client, file }) =>
  eachVariation(client, async ({ title, path, text, options }) => {
    const { backup: _, ...written } = await writeEntries(path, file.place, file.entries, options);
    await removeEntries(path, file.place, written);
    expect(readFileSync(path, 'utf8'), title).toBe(text);
  }),
);
