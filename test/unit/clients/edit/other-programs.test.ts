import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type ClientFile, openClientFile } from '../../../../main/clients/edit/client-file.ts';
import { removeEntries, writeEntries } from '../../../../main/clients/edit/entry-file.ts';
import type { EntryPlace } from '../../../../main/clients/edit/entry-place.ts';
import { replaceFile } from '../../../../main/clients/edit/replace-file.ts';
import { LanyardError } from '../../../../shared/errors.ts';
import { temporaryFolder } from '../../fixtures.ts';

const PLACE: EntryPlace = { format: 'json', section: ['mcpServers'] };

/** Edits of the other program: some seconds of them, so that many meet ours. */
const EDITS = 400;

/** So many may meet the instant that is left, on a machine that stops us in just that. */
const LOST_LIMIT = 4;

function fileWith(text: string): string {
  const path = join(temporaryFolder(), 'client.json');
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

async function opened(path: string): Promise<ClientFile> {
  const file = await openClientFile(path, JSON.parse);
  if (!file) throw new Error(`no file ${path}`);
  onTestFinished(() => file.handle.close());
  return file;
}

const OURS = { bytes: Buffer.from('{"ours":1}'), mode: 0o600 };

for (const way of ['by replacing it', 'in place'])
  test(`a program that keeps editing its file ${way} loses nothing to us`, { timeout: 60_000 }, async () => {
    const path = fileWith('{ "counter": 0, "theirs": "å" }\n');
    const program = spawn(process.execPath, [join(import.meta.dirname, 'other-program.ts'), path, way, String(EDITS)]);
    onTestFinished(() => void program.kill());
    let errors = '';
    program.stderr.on('data', (data) => {
      errors += data;
    });
    let lost = '';
    program.stdout.on('data', (data) => {
      lost += data;
    });
    const exit = once(program, 'close');

    const options = { backups: join(path, '..', 'backups'), clock: Date.now };
    let previous = await writeEntries(path, PLACE, { lanyard: { edit: 0 } }, options);
    let edits = 0;
    while (program.exitCode === null) {
      try {
        previous = await writeEntries(path, PLACE, { lanyard: { edit: edits } }, { ...options, previous });
        edits += 1;
      } catch (error) {
        if (!(error instanceof LanyardError && error.user.includes('keeps changing'))) throw error;
      }
    }
    expect(await exit, errors).toEqual([0, null]);
    // Between the last look and the change there is an instant that no system closes; without looks it is hundreds.
    expect(lost.split('\n').length - 1, lost).toBeLessThanOrEqual(LOST_LIMIT);
    expect(edits).toBeGreaterThan(2);
    await removeEntries(path, PLACE, previous);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ counter: EDITS, theirs: 'å' });
    expect(readdirSync(join(path, '..')).toSorted()).toEqual(['backups', 'client.json']);
  });

test('a file that changed since it was read is not replaced, even if its size and its times are the same', async () => {
  const path = fileWith('{"a":1}');
  const file = await opened(path);
  const { atime, mtime } = statSync(path);
  writeFileSync(path, '{"a":2}');
  utimesSync(path, atime, mtime);
  expect(await replaceFile(path, file, OURS)).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe('{"a":2}');
  expect(readdirSync(join(path, '..'))).toEqual(['client.json']);
});

test('a file that got another mode since it was read keeps it', async () => {
  const path = fileWith('{"a":1}');
  const file = await opened(path);
  chmodSync(path, 0o400);
  expect(await replaceFile(path, file, OURS)).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe('{"a":1}');
});

test('a file that came or went since we looked is not replaced', async () => {
  const path = fileWith('{"a":1}');
  expect(await replaceFile(path, undefined, OURS)).toBe(false);
  const file = await opened(path);
  writeFileSync(path, '{"a":2}');
  expect(await replaceFile(path, file, { bytes: undefined, mode: 0o600 })).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe('{"a":2}');
});

test('what is written into a file while it is replaced takes its place again', async () => {
  for (const replacement of [OURS, { bytes: undefined, mode: 0o600 }]) {
    const path = fileWith('{"a":1}');
    const file = await opened(path);
    const theirs = openSync(path, 'r+');
    const done = replaceFile(path, file, replacement);
    await expect
      .poll(() => !existsSync(path) || readFileSync(path, 'utf8') === '{"ours":1}', { interval: 1 })
      .toBe(true);
    ftruncateSync(theirs);
    writeSync(theirs, '{"a":3}', 0);
    closeSync(theirs);
    expect(await done).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('{"a":3}');
  }
});

test('a program that empties its file before it fills it is waited for', async () => {
  const path = fileWith('');
  setTimeout(() => writeFileSync(path, '{"a":4}'), 10);
  const options = { backups: join(path, '..', 'backups'), clock: () => 0 };
  const written = await writeEntries(path, PLACE, { lanyard: {} }, options);
  expect(readFileSync(path, 'utf8')).toContain('"a":4');
  await removeEntries(path, PLACE, written);
  expect(readFileSync(path, 'utf8')).toBe('{"a":4}');
});
