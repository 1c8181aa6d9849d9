import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openClientFile } from '../../../../main/clients/edit/client-file.ts';
import { editFile } from '../../../../main/clients/edit/edit-file.ts';
import { readEntries, removeEntries, writeEntries } from '../../../../main/clients/edit/entry-file.ts';
import { makeFolders } from '../../../../main/clients/edit/file-place.ts';
import { openPlace } from '../../../../main/clients/edit/open-place.ts';
import { problemFrom, temporaryFolder } from '../../fixtures.ts';

const PLACE = { format: 'json', section: ['mcpServers'] } as const;
/** A whole second, so that it can be set again to the nanosecond. */
const WRITTEN_AT = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));
const ENTRIES = { ours: { url: 'u' } };

function clientFile(text: string) {
  const folder = temporaryFolder();
  const file = join(folder, 'client.json');
  /** Writes into the file itself, with the time that it had. */
  const write = (next: string) => {
    writeFileSync(file, next);
    utimesSync(file, WRITTEN_AT, WRITTEN_AT);
  };
  write(text);
  const backups = join(folder, 'backups');
  const copies = () => (existsSync(backups) ? readdirSync(backups) : []);
  return { file, write, backups, copies };
}

test('what another wrote meanwhile is seen by its text, also with the same length, file and time', async () => {
  const { file, write } = clientFile('{"theirs": 1}');
  const seen: string[] = [];
  const before = statSync(file, { bigint: true });
  await editFile(file, await openPlace(PLACE), async (found) => {
    const text = found?.bytes.toString() ?? '';
    seen.push(text);
    // Nothing of ours took its place in between, not even for a moment.
    expect(found?.stats.ino).toBe(before.ino);
    if (seen.length === 1) {
      write('{"theirs": 2}');
      const { ino, size, mtimeNs } = statSync(file, { bigint: true });
      expect([ino, size, mtimeNs]).toEqual([before.ino, before.size, before.mtimeNs]);
    }
    return { replacement: { bytes: Buffer.from(text.replace('theirs', 'ours')), mode: 0o600 }, result: undefined };
  });
  expect(seen).toEqual(['{"theirs": 1}', '{"theirs": 2}']);
  expect(readFileSync(file, 'utf8')).toBe('{"ours": 2}');
});

test('an edit that is made anew leaves one copy, of the text that it was made on', async () => {
  const { file, write, backups, copies } = clientFile('{"theirs": 1}');
  let times = 0;
  // The copy's name asks for the time: just before the file is replaced.
  const clock = () => {
    times += 1;
    if (times < 3) write(`{"theirs": ${times + 1}}`);
    return times;
  };
  const written = await writeEntries(file, PLACE, ENTRIES, { backups, clock });
  expect(times).toBe(3);
  expect(copies().map((name) => join(backups, name))).toEqual([written.backup]);
  expect(readFileSync(written.backup ?? '', 'utf8')).toBe('{"theirs": 3}');
  await removeEntries(file, PLACE, written);
  expect([readFileSync(file, 'utf8'), copies()]).toEqual(['{"theirs": 3}', []]);
});

test('an edit that is given up leaves no copy, and their text as it is', async () => {
  const { file, write, backups, copies } = clientFile('{"theirs": 0}');
  let times = 0;
  const clock = () => {
    times += 1;
    write(`{"theirs": ${times}}`);
    return times;
  };
  const { code, administrator } = await problemFrom(writeEntries(file, PLACE, ENTRIES, { backups, clock }));
  expect([code, administrator]).toEqual(['client-file', expect.stringContaining('keeps changing it')]);
  expect(copies()).toEqual([]);
  expect(readFileSync(file, 'utf8')).toBe(`{"theirs": ${times}}`);
  expect(await readEntries(file, PLACE)).toEqual(new Map());
});

test('a file that became read-only while it was edited is left alone, without a copy', async () => {
  const { file, backups, copies } = clientFile('{"theirs": 0}');
  const clock = () => {
    chmodSync(file, 0o400);
    return 1;
  };
  expect((await problemFrom(writeEntries(file, PLACE, ENTRIES, { backups, clock }))).code).toBe('client-file');
  expect([readFileSync(file, 'utf8'), copies()]).toEqual(['{"theirs": 0}', []]);
});

test('folders that were made for a file that cannot be made go again', async () => {
  const { file, backups } = clientFile('');
  const folder = join(file, '..', 'new');
  // The longest name there is: none is left for the file that is to take its place.
  const path = join(folder, 'in', `${'x'.repeat(250)}.json`);
  expect((await problemFrom(writeEntries(path, PLACE, ENTRIES, { backups, clock: () => 1 }))).code).toBe('client-file');
  expect(existsSync(folder)).toBe(false);
});

test('a folder that two make at once belongs to one of them', async () => {
  const path = join(temporaryFolder(), 'a', 'b', 'client.json');
  const made = await Promise.all(Array.from({ length: 8 }, () => makeFolders(path)));
  expect(made.flat().toSorted()).toEqual([join(path, '..', '..'), join(path, '..')]);
});

test('a folder of copies that was open to others is closed before a copy is kept in it', async () => {
  const { file, backups } = clientFile('{"theirs": 1}');
  mkdirSync(backups);
  chmodSync(backups, 0o755);
  await writeEntries(file, PLACE, ENTRIES, { backups, clock: () => 1 });
  expect(statSync(backups).mode & 0o777).toBe(0o700);
});

test('a file that is filled in several steps is waited for until it is whole', async () => {
  const { file, write } = clientFile('1');
  const seen: string[] = [];
  const found = await openClientFile(file, (text) => {
    seen.push(text);
    if (text === '3') return;
    write(`${Number(text) + 1}`);
    throw new Error('Not whole yet');
  });
  await found?.handle.close();
  expect([found?.bytes.toString(), seen]).toEqual(['3', ['1', '2', '3']]);
});
