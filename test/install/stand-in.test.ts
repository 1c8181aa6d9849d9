import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PINNED_NODE, ROOT } from '../../build/paths.ts';

const run = promisify(execFile);
const FPM = join(ROOT, 'build', 'installers', 'fpm.ts');
/** 2 January 2026. */
const SOURCE_DATE_EPOCH = '1767312000';

let folder: string;

/** A small app with what goes wrong easily: odd permissions, a link, a time of today. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fpm-'));
  await mkdir(join(folder, 'app', 'lib'), { recursive: true });
  await writeFile(join(folder, 'app', 'program'), '#!/bin/sh\n', { mode: 0o700 });
  await writeFile(join(folder, 'app', 'lib', 'data'), 'x'.repeat(3000), { mode: 0o666 });
  await chmod(join(folder, 'app', 'lib'), 0o777);
  await symlink('/opt/Toy/program', join(folder, 'app', 'lib', 'link'));
  await writeFile(join(folder, 'after'), '#!/bin/sh\necho "100%"\n');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function make(kind: 'deb' | 'rpm', name: string): Promise<string> {
  const file = join(folder, name);
  const text = ['--name', 'toy', '--version', '1.2.3~beta', '--architecture', 'amd64', '--license', 'Apache-2.0'];
  const people = ['--maintainer', 'Us <us@example.com>', '--vendor', 'Us', '--url', 'https://example.com'];
  const more = [
    '--description',
    'A toy\n It is 100% small.\n\n And useless.',
    '-d',
    'libc6',
    '--after-install',
    join(folder, 'after'),
  ];
  const what = ['-s', 'dir', '-t', kind, '--package', file, `${join(folder, 'app')}/=/opt/Toy`];
  const env = { ...process.env, SOURCE_DATE_EPOCH };
  await run(PINNED_NODE, [FPM, ...text, ...people, ...more, ...what], { env });
  return file;
}

const sha256 = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
const output = async (program: string, ...args: string[]) => (await run(program, args)).stdout;

test('a .deb belongs to root, can be changed by root alone, and says what is in it', async () => {
  const file = await make('deb', 'one.deb');
  const lines = (await output('dpkg-deb', '--contents', file)).trim().split('\n');
  expect(lines.map((line) => line.replace(/ +/g, ' '))).toEqual([
    'drwxr-xr-x root/root 0 2026-01-02 00:00 ./',
    'drwxr-xr-x root/root 0 2026-01-02 00:00 ./opt/',
    'drwxr-xr-x root/root 0 2026-01-02 00:00 ./opt/Toy/',
    'drwxr-xr-x root/root 0 2026-01-02 00:00 ./opt/Toy/lib/',
    '-rw-r--r-- root/root 3000 2026-01-02 00:00 ./opt/Toy/lib/data',
    '-rwxr-xr-x root/root 10 2026-01-02 00:00 ./opt/Toy/program',
    'lrwxrwxrwx root/root 0 2026-01-02 00:00 ./opt/Toy/lib/link -> /opt/Toy/program',
  ]);
  expect(await output('dpkg-deb', '--field', file)).toBe(
    [
      'Package: toy',
      'Version: 1.2.3~beta-1',
      'Architecture: amd64',
      'Maintainer: Us <us@example.com>',
      'Installed-Size: 8',
      'Depends: libc6',
      'Section: default',
      'Priority: optional',
      'Homepage: https://example.com',
      'Description: A toy',
      ' It is 100% small.',
      ' .',
      ' And useless.',
      '',
    ].join('\n'),
  );
  expect(await output('dpkg-deb', '--info', file, 'postinst')).toBe('#!/bin/sh\necho "100%"\n');
  const md5 = createHash('md5').update('x'.repeat(3000)).digest('hex');
  expect(await output('dpkg-deb', '--info', file, 'md5sums')).toContain(`${md5}  opt/Toy/lib/data\n`);
});

test('an .rpm says the same, and owns no folder of the system', async () => {
  const file = await make('rpm', 'one.rpm');
  const names = '[%{FILEMODES:perms} %{FILEUSERNAME}/%{FILEGROUPNAME} %{FILEMTIMES} %{FILENAMES}\n]';
  expect((await output('rpm', '-qp', '--qf', names, file)).trim().split('\n')).toEqual([
    `drwxr-xr-x root/root ${SOURCE_DATE_EPOCH} /opt/Toy`,
    `drwxr-xr-x root/root ${SOURCE_DATE_EPOCH} /opt/Toy/lib`,
    `-rw-r--r-- root/root ${SOURCE_DATE_EPOCH} /opt/Toy/lib/data`,
    `lrwxrwxrwx root/root ${SOURCE_DATE_EPOCH} /opt/Toy/lib/link`,
    `-rwxr-xr-x root/root ${SOURCE_DATE_EPOCH} /opt/Toy/program`,
  ]);
  expect(await output('rpm', '-qp', '--qf', '%{NVRA} %{SUMMARY}|%{POSTIN}', file)).toBe(
    'toy-1.2.3~beta-1.x86_64 A toy|#!/bin/sh\necho "100%"',
  );
  expect(await output('rpm', '-qpR', file)).toContain('libc6\n');
});

test.each(['deb', 'rpm'] as const)('the same input makes the same .%s', async (kind) => {
  const first = await sha256(await make(kind, `first.${kind}`));
  await utimes(join(folder, 'app', 'program'), 1_000_000_000, 1_000_000_000);
  expect(await sha256(await make(kind, `second.${kind}`))).toBe(first);
});

test('what cannot be done is said in a sentence', async () => {
  await expect(run(PINNED_NODE, [FPM, '--gem-bin-path', 'x'])).rejects.toThrow(
    '"--gem-bin-path" is no option that this stand-in for fpm knows',
  );
});
