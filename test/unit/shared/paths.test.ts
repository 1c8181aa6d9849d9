import { homedir } from 'node:os';
import { expect, test } from 'vitest';
import { localPaths } from '../../../shared/paths.ts';

test.each([
  ['linux', '/home/ada', '/home/ada/.local/state/lanyard', '/home/ada/.local/state/lanyard/agent.sock'],
  [
    'darwin',
    '/Users/ada',
    '/Users/ada/Library/Application Support/Lanyard',
    '/Users/ada/Library/Application Support/Lanyard/agent.sock',
  ],
] as const)('on %s everything lies below the home folder', (platform, home, state, socket) => {
  const paths = localPaths(home, platform);
  expect(paths).toMatchObject({ state, socket });
  for (const path of Object.values(paths)) expect(path.startsWith(state)).toBe(true);
});

test("on Windows the pipe's name is this person's own and tells nothing of them", () => {
  const ada = localPaths('C:\\Users\\ada', 'win32');
  expect(ada.state).toBe('C:\\Users\\ada\\AppData\\Local\\Lanyard');
  expect(ada.socket).toMatch(/^\\\\\.\\pipe\\lanyard-[A-Za-z0-9_-]{22}$/);
  expect(ada.socket).not.toContain('ada');
  expect(localPaths('C:\\Users\\bob', 'win32').socket).not.toBe(ada.socket);
  expect(localPaths('C:\\Users\\ada', 'win32')).toEqual(ada);
});

test('without arguments it is this person on this system', () => {
  expect(localPaths()).toEqual(localPaths(homedir(), process.platform));
});
