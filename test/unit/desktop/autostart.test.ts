import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { autostart } from '../../../main/desktop/autostart.ts';
import {
  hiddenEntry,
  isStarting,
  quotedArgument,
  startedProgram,
  startingEntry,
} from '../../../main/desktop/autostart-entry.ts';
import { problemFrom, temporaryFolder } from '../fixtures.ts';

const COMMAND = ['/opt/Lanyard/lanyard-desktop', '--hidden'];
const PACKAGED = startingEntry(['/opt/Lanyard/lanyard-desktop', '--hidden']);

/** A home folder and a system's folder, with the package's entry in it or not. */
function machine({ packaged, own }: { packaged?: string; own?: string } = {}) {
  const folder = temporaryFolder();
  const [home, system] = [join(folder, 'home'), join(folder, 'xdg')];
  const file = join(home, '.config', 'autostart', 'lanyard.desktop');
  const put = (path: string, text: string | undefined) => {
    if (text === undefined) return;
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  };
  put(join(system, 'autostart', 'lanyard.desktop'), packaged);
  put(file, own);
  const item = autostart({
    home,
    environment: { XDG_CONFIG_DIRS: system },
    command: COMMAND,
    isLasting: async () => true,
  });
  return { item, file, home, text: () => (existsSync(file) ? readFileSync(file, 'utf8') : undefined) };
}

describe('whether it starts', () => {
  test.each<readonly [string, Parameters<typeof machine>[0], 'on' | 'off']>([
    ['nothing says so', {}, 'off'],
    ['the package says so', { packaged: PACKAGED }, 'on'],
    ['the person has taken that back', { packaged: PACKAGED, own: hiddenEntry() }, 'off'],
    ['the person has it alone', { own: PACKAGED }, 'on'],
    ["GNOME's settings turned it off", { own: `${PACKAGED}X-GNOME-Autostart-enabled=false\n` }, 'on'],
    ["GNOME's settings turned ours off", { own: PACKAGED.replace('enabled=true', 'enabled=false') }, 'off'],
    ['the package ships it turned off', { packaged: `${PACKAGED}Hidden=true\n` }, 'off'],
    ['the file is empty', { packaged: PACKAGED, own: '' }, 'off'],
  ])('%s', async (_name, given, expected) => {
    expect(await machine(given).item.look()).toBe(expected);
  });
});

describe('switching', () => {
  test('on and off without a package writes an entry and removes it', async () => {
    const { item, text } = machine();
    await item.set(true);
    expect(text()).toBe(startingEntry(COMMAND));
    expect(await item.look()).toBe('on');
    await item.set(false);
    expect(text()).toBeUndefined();
    expect(await item.look()).toBe('off');
  });

  test("off against the package's entry hides it for this person; on shows it again", async () => {
    const { item, text } = machine({ packaged: PACKAGED });
    await item.set(false);
    expect(text()).toBe(hiddenEntry());
    expect(await item.look()).toBe('off');
    await item.set(true);
    expect(text()).toBeUndefined();
    expect(await item.look()).toBe('on');
  });

  test('on is said again where the person has an entry of another folder', async () => {
    const { item, text } = machine({ own: startingEntry(['/home/alice/old/lanyard-desktop']) });
    await item.set(true);
    expect(text()).toBe(startingEntry(COMMAND));
  });

  test('XDG_CONFIG_HOME counts where it is absolute', async () => {
    const folder = temporaryFolder();
    const place = { home: join(folder, 'home'), command: COMMAND, isLasting: async () => true };
    const dirs = { XDG_CONFIG_DIRS: join(folder, 'none') };
    await autostart({ ...place, environment: { ...dirs, XDG_CONFIG_HOME: join(folder, 'own') } }).set(true);
    expect(existsSync(join(folder, 'own', 'autostart', 'lanyard.desktop'))).toBe(true);
    await autostart({ ...place, environment: { ...dirs, XDG_CONFIG_HOME: 'relative' } }).set(true);
    expect(existsSync(join(folder, 'home', '.config', 'autostart', 'lanyard.desktop'))).toBe(true);
  });

  test('a settings folder that is no folder is a problem with a sentence, and nothing is offered', async () => {
    const { item, home } = machine();
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, '.config'), 'not a folder');
    expect((await problemFrom(item.set(true))).code).toBe('start-at-login');
    expect(await item.look()).toBe('unavailable');
  });
});

describe('Exec', () => {
  test.each([
    ['/opt/Lanyard/lanyard-desktop', '"/opt/Lanyard/lanyard-desktop"'],
    ['/home/alice/My Apps/lanyard', '"/home/alice/My Apps/lanyard"'],
    ['/a"b', '"/a\\\\"b"'],
    ['/a$b', '"/a\\\\$b"'],
    ['/a`b', '"/a\\\\`b"'],
    ['/a\\b', '"/a\\\\\\\\b"'],
    ['/100%', '"/100%%"'],
  ])('%s is written as %s', (argument, expected) => {
    expect(quotedArgument(argument)).toBe(expected);
    expect(startedProgram(startingEntry([argument, '--hidden']))).toBe(argument);
  });

  test.each(['/a\nHidden=false', '/a\rb', '/a\tb', '/a\0b'])('%j cannot be written', async (argument) => {
    expect((await problemFrom(() => quotedArgument(argument))).code).toBe('start-at-login');
  });
});

test.each([
  ['[Desktop Entry]\nExec=a\n', true],
  ['[Desktop Entry]\nExec = a\nHidden = true\n', false],
  ['[Desktop Action x]\nExec=a\n', false],
  ['[Desktop Entry]\nExec=a\n[Desktop Action x]\nHidden=true\n', true],
  ['[Desktop Entry]\n# Hidden=true\nExec=a\n', true],
  ['not an entry', false],
])('%j starts: %s', (text, expected) => {
  expect(isStarting(text)).toBe(expected);
});
