import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { holdsBytes } from '../../../../main/clients/edit/regular-file.ts';
import { temporaryFolder } from '../../fixtures.ts';

const REPLACE_FILE = new URL('../../../../main/clients/edit/replace-file.ts', import.meta.url).href;
const CLIENT_FILE = new URL('../../../../main/clients/edit/client-file.ts', import.meta.url).href;

/** Longest time that is waited for a process that stands still, in milliseconds. */
const PATIENCE_MS = 20_000;

/** In a process of its own: who waits for a pipe in this way can be woken by nothing. */
const PROGRAM = `
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { openClientFile } from '${CLIENT_FILE}';
import { replaceFile } from '${REPLACE_FILE}';
const path = process.argv[1];
const file = await openClientFile(path, JSON.parse);
rmSync(path);
execFileSync('mkfifo', [path]);
console.log(await replaceFile(path, file, { bytes: Buffer.from('{}'), mode: 0o600 }));
await file.handle.close();
`;

test('a pipe that took the place of a file since it was read is not waited for, and not replaced', async () => {
  const path = join(temporaryFolder(), 'client.json');
  writeFileSync(path, '{"a":1}', { mode: 0o600 });
  const child = promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROGRAM, path], {
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
  });
  expect((await child).stdout).toBe('false\n');
}, 30_000);

test('only a file that is there with exactly these bytes holds them', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'file');
  const ours = Buffer.from('ours');
  expect(holdsBytes(path, ours)).toBe(false);
  for (const [text, expected] of [
    ['ours', true],
    ['ourz', false],
    ['our', false],
    ['ours!', false],
    ['', false],
  ] as const) {
    writeFileSync(path, text);
    expect(holdsBytes(path, ours)).toBe(expected);
  }
  writeFileSync(path, '');
  expect(holdsBytes(path, Buffer.alloc(0))).toBe(true);
  rmSync(path);
  mkdirSync(path);
  expect(holdsBytes(path, ours)).toBe(false);
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const writer = execFile('sh', ['-c', 'exec 3<>"$0"; sleep 60', pipe]);
  expect(holdsBytes(pipe, Buffer.alloc(0))).toBe(false);
  writer.kill();
});
