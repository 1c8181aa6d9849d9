import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readShortPath } from '../../../main/clients/short-path.ts';
import { type CommandSurroundings, spacelessCommand } from '../../../main/clients/spaceless-command.ts';
import { temporaryFolder } from '../fixtures.ts';

const SPACED = '/Applications/My Apps/Lanyard.app/Contents/Resources/lanyard/lanyard';
const TRANSLOCATED = '/private/var/folders/ab/T/AppTranslocation/1-2/d/Lanyard.app/Contents/Resources/lanyard/lanyard';
const MOUNTED = '/tmp/.mount_LanyarXyz123/resources/lanyard/lanyard';

const EXTRACTED = '/tmp/appimage_extracted_0123456789abcdef/resources/lanyard/lanyard';
const COPIED = '/home/ada/.lanyard/program-0123456789abcdef/lanyard';
const nothing = async () => undefined;

const table: readonly [string, Partial<CommandSurroundings> & { file: string }, string | undefined][] = [
  ['a path without white space', { platform: 'linux', file: '/opt/Lanyard/lanyard' }, '/opt/Lanyard/lanyard'],
  ['a path with a space', { platform: 'darwin', file: SPACED }, '/home/ada/.lanyard/lanyard'],
  ['a path with a tab', { platform: 'linux', file: '/opt/a\tb/lanyard' }, '/home/ada/.lanyard/lanyard'],
  ['a path inside an AppImage', { platform: 'linux', file: MOUNTED }, '/home/ada/.lanyard/lanyard'],
  ['a path that macOS made up', { platform: 'darwin', file: TRANSLOCATED }, '/home/ada/.lanyard/lanyard'],
  ['a path of an AppImage that was extracted', { platform: 'linux', file: EXTRACTED }, '/home/ada/.lanyard/lanyard'],
  ['a folder that others may write', { platform: 'linux', file: '/tmp/lanyard' }, '/home/ada/.lanyard/lanyard'],
  ['a path inside an AppImage, and no copy', { platform: 'linux', file: MOUNTED, keep: nothing }, undefined],
  ['a path that macOS made up, and no copy', { platform: 'darwin', file: TRANSLOCATED, keep: nothing }, undefined],
  ['a path inside an AppImage, and no link', { platform: 'linux', file: MOUNTED, link: nothing }, COPIED],
  ['the copy itself', { platform: 'linux', file: COPIED }, '/home/ada/.lanyard/lanyard'],
  [
    'a path inside an AppImage and a home with a space',
    { platform: 'linux', file: MOUNTED, home: '/home/Ada L' },
    '/home/Ada L/.lanyard/lanyard',
  ],
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
    { file, args: [] },
    {
      platform: 'linux',
      home: '/home/ada',
      link: async (__, home) => `${home}/.lanyard/lanyard`,
      keep: async () => COPIED,
      short: async () => 'C:\\PROGRA~1\\lanyard.exe',
      ...surroundings,
    },
  );
  expect(command).toEqual(expected && { file: expected, args: [] });
});

test('Node with a file to run stays as it is, wherever that lies', async () => {
  const command = { file: '/tmp/node/bin/node', args: ['/tmp/lanyard.ts'] };
  expect(await spacelessCommand(command, { platform: 'linux', home: '/home/ada' })).toEqual(command);
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
      mkdirSync(join(home, name), { mode: 0o755 });
      const file = join(home, name, 'lanyard');
      writeFileSync(file, '#!/bin/sh\necho "$0 $*"\n', { mode: 0o755 });
      return file;
    };
    const command = (file: string) => spacelessCommand({ file, args: [] }, { platform: process.platform, home });
    return { home, folder, link, program, command };
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
    expect((await command(file))?.file).toBe(file);
    expect(lstatSync(link).isFile()).toBe(true);
  });

  test('is not made in a folder that others may write, nor in one that is a link itself', async () => {
    const open = machine();
    mkdirSync(open.folder);
    chmodSync(open.folder, 0o777);
    const file = open.program('with a space');
    expect((await open.command(file))?.file).toBe(file);

    const led = machine();
    symlinkSync(temporaryFolder(), led.folder);
    const other = led.program('with a space');
    expect((await led.command(other))?.file).toBe(other);
    expect(readdirSync(led.folder)).toEqual([]);
  });

  test('to a place that has passed goes, and one to a place that stays does not', async () => {
    const { home, folder, link, program, command } = machine();
    mkdirSync(folder, { mode: 0o700 });
    symlinkSync(MOUNTED, link);
    expect(await command(program('here'))).toEqual({ file: join(home, 'here', 'lanyard'), args: [] });
    expect(readdirSync(folder)).toEqual([]);
    const spaced = program('with a space');
    await command(spaced);
    await command(program('there'));
    expect(readlinkSync(link)).toBe(spaced);
  });
});

describe('a program in a folder that others may write', () => {
  /** A home, and a program with its add-on in a folder outside of it, as `/tmp` is. */
  function passing() {
    const [home, place] = [temporaryFolder(), temporaryFolder()];
    const file = join(place, 'mounted', 'lanyard');
    const addOn = join('node_modules', 'keytar', 'lib', 'keytar.js');
    mkdirSync(join(place, 'mounted', addOn, '..'), { recursive: true });
    writeFileSync(join(place, 'mounted', addOn), 'the add-on');
    const write = (text: string) => writeFileSync(file, `#!/bin/sh\necho ${text}\n`, { mode: 0o755 });
    write('first');
    chmodSync(place, 0o777);
    const command = () => spacelessCommand({ file, args: [] }, { platform: process.platform, home });
    const copies = () => readdirSync(join(home, '.lanyard')).filter((name) => name !== 'lanyard');
    return { home, place, file, addOn, write, command, copies, link: join(home, '.lanyard', 'lanyard') };
  }
  const run = (file: string) => execFileSync(file, { encoding: 'utf8' }).trim();

  test('is copied with its add-on, privately, and the copy outlasts the place', async () => {
    const { place, addOn, command, copies, link } = passing();
    expect(await command()).toEqual({ file: link, args: [] });
    rmSync(join(place, 'mounted'), { recursive: true });
    expect(run(link)).toBe('first');
    const copy = join(link, '..', copies()[0] ?? '');
    expect(readFileSync(join(copy, addOn), 'utf8')).toBe('the add-on');
    for (const path of [copy, join(copy, 'lanyard'), join(copy, addOn)]) expect(lstatSync(path).mode & 0o077).toBe(0);
  });

  test('is copied once, and anew when it is another; the one before stays until the next', async () => {
    const { write, command, copies, link } = passing();
    await Promise.all([command(), command(), command()]);
    const [first = ''] = copies();
    expect(copies()).toEqual([first]);
    write('second');
    await command();
    expect(run(link)).toBe('second');
    expect(copies()).toHaveLength(2);
    write('third');
    await command();
    expect(run(link)).toBe('third');
    expect(copies()).toHaveLength(2);
    expect(copies()).not.toContain(first);
  });

  test('names nothing where there can be no copy, and the old link goes', async () => {
    const { home, command, link } = passing();
    mkdirSync(join(home, '.lanyard'));
    symlinkSync(MOUNTED, link);
    chmodSync(join(home, '.lanyard'), 0o777);
    expect(await command()).toBeUndefined();
    expect(readdirSync(join(home, '.lanyard'))).toEqual([]);
  });
});
