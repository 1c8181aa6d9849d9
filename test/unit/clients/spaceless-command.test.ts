import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readShortPath } from '../../../main/clients/short-path.ts';
import { type CommandSurroundings, spacelessCommand } from '../../../main/clients/spaceless-command.ts';
import { temporaryFolder } from '../fixtures.ts';

const SPACED = '/Applications/My Apps/Lanyard.app/Contents/Resources/lanyard/lanyard';
const TRANSLOCATED = '/private/var/folders/ab/T/AppTranslocation/1-2/d/Lanyard.app/Contents/Resources/lanyard/lanyard';
const MOUNTED = '/tmp/.mount_LanyarXyz123/resources/lanyard/lanyard';

const table: readonly [string, Partial<CommandSurroundings> & { file: string }, string][] = [
  ['a path without white space', { platform: 'linux', file: '/opt/Lanyard/lanyard' }, '/opt/Lanyard/lanyard'],
  ['a path with a space', { platform: 'darwin', file: SPACED }, '/home/ada/.lanyard/lanyard'],
  ['a path with a tab', { platform: 'linux', file: '/opt/a\tb/lanyard' }, '/home/ada/.lanyard/lanyard'],
  ['a path inside an AppImage', { platform: 'linux', file: MOUNTED }, '/home/ada/.lanyard/lanyard'],
  ['a path that macOS made up', { platform: 'darwin', file: TRANSLOCATED }, '/home/ada/.lanyard/lanyard'],
  ['a home with a space', { platform: 'darwin', file: SPACED, home: '/Users/Ada L' }, SPACED],
  ['no link to be had', { platform: 'darwin', file: SPACED, link: async () => undefined }, SPACED],
  ['Windows', { platform: 'win32', file: 'C:\\Program Files\\Lanyard\\lanyard.exe' }, 'C:\\PROGRA~1\\lanyard.exe'],
  ['Windows without spaces', { platform: 'win32', file: 'C:\\Lanyard\\lanyard.exe' }, 'C:\\Lanyard\\lanyard.exe'],
  [
    'Windows without short names',
    { platform: 'win32', file: 'C:\\Program Files\\lanyard.exe', short: async () => undefined },
    'C:\\Program Files\\lanyard.exe',
  ],
];

test.each(table)('%s', async (_, { file, ...surroundings }, expected) => {
  const command = await spacelessCommand(
    { file, args: ['--first'] },
    {
      platform: 'linux',
      home: '/home/ada',
      link: async (__, home) => `${home}/.lanyard/lanyard`,
      short: async () => 'C:\\PROGRA~1\\lanyard.exe',
      ...surroundings,
    },
  );
  expect(command).toEqual({ file: expected, args: ['--first'] });
});

const printed: readonly [string, string | undefined][] = [
  ['C:\\PROGRA~1\\Lanyard\\lanyard.exe\r\n', 'C:\\PROGRA~1\\Lanyard\\lanyard.exe'],
  ['C:\\Program Files\\Lanyard\\lanyard.exe\r\n', undefined],
  ['C:\\L\u00e4nyard\\lanyard.exe\r\n', undefined],
  ['C:\\A&B\\lanyard.exe\r\n', undefined],
  ['C:\\A\r\nC:\\B\r\n', undefined],
  ['lanyard.exe', undefined],
  ['', undefined],
];
test.each(printed)('the short name in %j is %j', (text, expected) => {
  expect(readShortPath(text)).toBe(expected);
});

describe('the link', () => {
  function machine() {
    const home = temporaryFolder();
    const folder = join(home, '.lanyard');
    const link = join(folder, 'lanyard');
    const program = (name: string) => {
      mkdirSync(join(home, name));
      const file = join(home, name, 'lanyard');
      writeFileSync(file, '#!/bin/sh\necho "$0 $*"\n', { mode: 0o755 });
      return file;
    };
    const command = (file: string) => spacelessCommand({ file, args: [] }, { platform: process.platform, home });
    return { folder, link, program, command };
  }

  test('starts the program, from a folder of the person alone', async () => {
    const { folder, link, program, command } = machine();
    expect(await command(program('with a space'))).toEqual({ file: link, args: [] });
    expect(execFileSync(link, ['stdio'], { encoding: 'utf8' })).toContain('stdio');
    expect(lstatSync(folder).mode & 0o777).toBe(0o700);
  });

  test('follows the program to another place, and leaves nothing else behind', async () => {
    const { folder, link, program, command } = machine();
    await command(program('first place'));
    const second = program('second place');
    await Promise.all([command(second), command(second), command(second)]);
    expect(readlinkSync(link)).toBe(second);
    expect(readdirSync(folder)).toEqual(['lanyard']);
  });

  test('takes the place of nothing that is not a link', async () => {
    const { folder, link, program, command } = machine();
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(link, 'somebody’s');
    const file = program('with a space');
    expect((await command(file)).file).toBe(file);
    expect(lstatSync(link).isFile()).toBe(true);
  });

  test('is not made in a folder that others may write, nor in one that is a link itself', async () => {
    const open = machine();
    mkdirSync(open.folder);
    chmodSync(open.folder, 0o777);
    const file = open.program('with a space');
    expect((await open.command(file)).file).toBe(file);

    const led = machine();
    symlinkSync(temporaryFolder(), led.folder);
    const other = led.program('with a space');
    expect((await led.command(other)).file).toBe(other);
    expect(readdirSync(led.folder)).toEqual([]);
  });
});
