import { expect, test } from 'vitest';
import { appText, connectable, foundText, needsRestart, sortApps } from '../../../renderer/apps/app-text.ts';
import { entriesToPaste } from '../../../renderer/apps/paste.ts';
import { listText } from '../../../renderer/counts.ts';
import type { AppView } from '../../../shared/app-views.ts';
import type { ClientView } from '../../../shared/local-api.ts';
import { NOW } from '../desktop/states.ts';

const HOUR_MS = 3_600_000;

const app = (title: string, more: Partial<AppView> = {}): AppView => ({
  kind: 'vscode',
  title,
  isFound: true,
  file: '/home/alice/mcp.json',
  status: 'not-connected',
  transport: 'http',
  transports: ['http'],
  gateway: false,
  changes: [],
  afterwards: 'Start it again.',
  alsoServes: [],
  ...more,
});

const client = (use: ClientView['use'], addedAt = NOW): ClientView => ({
  id: 'c-1',
  kind: 'vscode',
  title: 'VS Code',
  addedAt,
  entries: [],
  ...(use && { use }),
});

test.each([
  [{ status: 'not-connected' }, 'Not connected'],
  [{ status: 'not-connected', isFound: false }, 'Not found on this computer'],
  [{ status: 'changed' }, 'Connected, but its settings were changed since'],
  [{ status: 'unreadable' }, 'Not connected: its settings file is left alone'],
  [{ status: 'not-allowed' }, 'Your company does not offer this app'],
  [{ status: 'connected' }, 'Connected'],
] as const)('an app that is %j: "%s"', (more, text) => {
  expect(appText(app('VS Code', more), undefined, NOW)).toBe(text);
});

test('a connected app says how much it is used', () => {
  const used = client({ callsToday: 2, lastUsedAt: NOW - 60_000 });
  expect(appText(app('VS Code', { status: 'connected' }), used, NOW)).toBe(
    'Connected. 2 calls today, last used 1 minute ago.',
  );
});

test('a connected app whose file broke is still connected', () => {
  expect(appText(app('VS Code', { status: 'unreadable' }), client(undefined), NOW)).toBe(
    'Connected, but its settings file cannot be read',
  );
});

test('five apps are all named', () => {
  const five = ['A', 'B', 'C', 'D', 'E'].map((title) => app(title));
  expect(foundText(five)).toBe('A, B, C, D and E were found on this computer.');
  expect(foundText([...five, app('F'), app('G')])).toBe('A, B, C, D and 3 more were found on this computer.');
});

test.each([
  ['was just connected', 'connected', client({ callsToday: 0 }), true],
  ['was used since', 'connected', client({ callsToday: 0, lastUsedAt: NOW }), false],
  ['was connected long ago', 'connected', client({ callsToday: 0 }, NOW - 25 * HOUR_MS), false],
  ['is not counted', 'connected', client(undefined), false],
  ['is not connected', 'not-connected', undefined, false],
] as const)('whether an app has to be started again that %s', (_name, status, view, wanted) => {
  expect(needsRestart(app('VS Code', { status }), view, NOW)).toBe(wanted);
});

test('apps in which something can be seen or done are in sight, the rest is folded away', () => {
  const here = app('Here');
  const absent = app('Absent', { isFound: false });
  const gone = app('Gone', { isFound: false, status: 'connected' });
  const forbidden = app('Forbidden', { isFound: false, status: 'not-allowed' });
  expect(sortApps([here, absent, gone, forbidden])).toEqual({ here: [here, gone], absent: [absent, forbidden] });
});

test('what can be connected was found and is not connected', () => {
  const found = app('Found');
  expect(connectable([found, app('B', { isFound: false }), app('C', { status: 'connected' })])).toEqual([found]);
  expect(foundText([found])).toBe('Found was found on this computer.');
  expect(foundText([found, app('Other')])).toBe('Found and Other were found on this computer.');
});

test.each([
  [[], ''],
  [['A'], 'A'],
  [['A', 'B'], 'A and B'],
  [['A', 'B', 'C'], 'A, B and C'],
  [['A', 'B', 'C', 'D'], 'A, B, C and D'],
  [['A', 'B', 'C', 'D', 'E'], 'A, B, C and 2 more'],
])('%j is read as "%s"', (names, text) => {
  expect(listText(names)).toBe(text);
});

test('what is pasted is JSON with one entry for each server, which names the program by its whole path', () => {
  const program = { file: 'C:\\Lanyard\\lanyard.exe', args: ['--first'] };
  const args = ['--first', 'stdio'];
  expect(JSON.parse(entriesToPaste(['notes', 'tickets'], program))).toEqual({
    mcpServers: {
      'lanyard-notes': { command: program.file, args: [...args, 'notes'] },
      'lanyard-tickets': { command: program.file, args: [...args, 'tickets'] },
    },
  });
});
