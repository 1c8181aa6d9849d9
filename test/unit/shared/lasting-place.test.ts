import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isLastingPlace, isSafeFrom } from '../../../shared/lasting-place.ts';
import { temporaryFolder } from '../fixtures.ts';

const owned = (mode: number, uid = 1000, gid = 1000) => ({ mode, uid, gid });

test.each<readonly [string, Parameters<typeof isSafeFrom>[0], NodeJS.Platform, boolean]>([
  ["root's", owned(0o40755, 0, 0), 'linux', true],
  ["the person's", owned(0o40700), 'linux', true],
  ["somebody else's", owned(0o40755, 1001), 'linux', false],
  ['one that everybody may write', owned(0o40777), 'linux', false],
  ['/tmp, with its sticky bit', owned(0o41777, 0, 0), 'linux', false],
  ['one that a group may write', owned(0o40775), 'linux', false],
  ["one that root's group may write", owned(0o40775, 0, 0), 'linux', true],
  ['/Applications', owned(0o40775, 0, 80), 'darwin', true],
  ['the same group on Linux', owned(0o40775, 0, 80), 'linux', false],
])('a folder is safe: %s', (_, folder, platform, expected) => {
  expect(isSafeFrom(folder, platform, 1000)).toBe(expected);
});

describe('a program', () => {
  function machine() {
    const [home, outside] = [temporaryFolder(), temporaryFolder()];
    const program = (folder: string) => {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      writeFileSync(join(folder, 'lanyard'), '', { mode: 0o755 });
      return join(folder, 'lanyard');
    };
    const lasts = (file: string) => isLastingPlace(file, { platform: 'linux', home });
    return { home, outside, program, lasts };
  }

  test('in the home lasts, unless others may write a folder on the way, or the file', async () => {
    const { home, program, lasts } = machine();
    const file = program(join(home, 'a', 'b'));
    expect(await lasts(file)).toBe(true);
    chmodSync(join(home, 'a'), 0o777);
    expect(await lasts(file)).toBe(false);
    chmodSync(join(home, 'a'), 0o755);
    chmodSync(file, 0o777);
    expect(await lasts(file)).toBe(false);
  });

  test('below a temporary folder does not, whoever owns what is in between, or if it is not there', async () => {
    const { outside, program, lasts } = machine();
    expect(await lasts(program(join(outside, 'a')))).toBe(false);
    expect(await lasts(join(outside, 'gone', 'lanyard'))).toBe(false);
  });

  test('behind a link lasts only where both do', async () => {
    const { home, outside, program, lasts } = machine();
    symlinkSync(program(join(outside, 'a')), join(home, 'link'));
    expect(await lasts(join(home, 'link'))).toBe(false);
  });

  test.each(['.mount_LanyarXyz/lanyard', 'appimage_extracted_0123/lanyard'])(
    '%s does not, also in the home',
    async (path) => {
      const { home, program, lasts } = machine();
      expect(await lasts(program(join(home, path, '..')))).toBe(false);
    },
  );

  test('without a whole path does not; of the system does; on Windows every one does', async () => {
    const { lasts } = machine();
    expect(await lasts('lanyard')).toBe(false);
    expect(await lasts('/usr/bin/env')).toBe(true);
    expect(await isLastingPlace('C:\\Temp\\lanyard.exe', { platform: 'win32', home: 'C:\\Users\\ada' })).toBe(true);
  });
});
