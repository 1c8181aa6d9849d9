import { describe, expect, test } from 'vitest';
import { serverText } from '../../../renderer/servers/server-text.ts';
import { isNothingGiven, requestAllText, requestText, turnText } from '../../../renderer/servers/server-turn.ts';
import { findTools } from '../../../renderer/servers/tool-search.ts';
import { useText } from '../../../renderer/use-text.ts';
import { NOW, server } from '../desktop/states.ts';

test.each([
  ['ready', undefined],
  ['idle', undefined],
  ['connecting', undefined],
  ['retrying', /Lanyard tries again by itself/],
  ['denied', /Your administrator's/],
  ['misconfigured', /Your administrator's/],
  ['step-up', /Yours: sign in again/],
  ['signed-out', /Yours: sign in once/],
] as const)('whose turn it is with a server that is %s', (status, text) => {
  const said = turnText(server('notes', status));
  if (text) expect(said).toMatch(text);
  else expect(said).toBeUndefined();
});

test('access that is good but wants a stronger sign-in is the turn of the person', () => {
  const asked = server('notes', 'ready', { signInAsked: { code: 'c', user: 'u', administrator: 'a' } });
  expect(turnText(asked)).toMatch(/Yours/);
});

test('what is sent to the administrator names person, server, rights and reason', () => {
  const denied = server('payroll', 'denied', { scopes: ['read', 'write'] });
  expect(requestText(denied, 'Alice Archer')?.split('\n')).toEqual([
    'Please give me access to Payroll.',
    'Person: Alice Archer',
    'Server: payroll, https://payroll.company.example/mcp',
    'Scopes: read write',
    'What Lanyard says: Exactly: denied. (denied)',
  ]);
  expect(requestText(server('payroll', 'misconfigured'), 'Alice Archer')).toContain('Payroll does not work for me.');
});

test('who may use none of the servers asks for all of them at once', () => {
  const servers = [server('notes', 'denied'), server('payroll', 'denied')];
  expect(isNothingGiven(servers)).toBe(true);
  expect(isNothingGiven([...servers, server('mail', 'idle')])).toBe(false);
  expect(isNothingGiven([])).toBe(false);
  expect(requestAllText(servers, 'Alice Archer').split('\n')).toEqual([
    'Please give me access to these servers. I have none yet.',
    'Person: Alice Archer',
    'Server: notes, https://notes.company.example/mcp (denied)',
    'Server: payroll, https://payroll.company.example/mcp (denied)',
  ]);
});

test.each(['ready', 'idle', 'retrying', 'step-up', 'signed-out'] as const)(
  'nothing is sent to the administrator about a server that is %s',
  (status) => {
    expect(requestText(server('notes', status), 'Alice')).toBeUndefined();
  },
);

test('calls of today stand beside the access', () => {
  const used = server('notes', 'ready', { use: { callsToday: 1, lastUsedAt: NOW } });
  expect(serverText(used, NOW)).toBe('Renewed by itself · 1 call today');
  expect(serverText(server('notes', 'ready', { use: { callsToday: 0 } }), NOW)).toBe('Renewed by itself');
});

test.each([
  [{ callsToday: 0 }, 'Not used yet'],
  [{ callsToday: 0, lastUsedAt: NOW - 26 * 3_600_000 }, 'Last used 1 day ago'],
  [{ callsToday: 12, lastUsedAt: NOW - 5 * 60_000 }, '12 calls today, last used 5 minutes ago'],
])('use %j is "%s"', (use, text) => {
  expect(useText(use, NOW)).toBe(text);
});

describe('finding tools', () => {
  const tool = (name: string, title?: string, description?: string) => ({
    name,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    isAllowed: true,
    isReadOnly: false,
  });
  const tools = [
    tool('search_notes', 'Search', 'Finds notes'),
    tool('delete_note'),
    tool('list', undefined, 'All NOTES'),
  ];
  test.each([
    ['', ['search_notes', 'delete_note', 'list']],
    ['  ', ['search_notes', 'delete_note', 'list']],
    ['NOTE', ['search_notes', 'delete_note', 'list']],
    ['notes finds', ['search_notes']],
    ['delete', ['delete_note']],
    ['nothing', []],
  ])('"%s" finds %j', (search, names) => {
    expect(findTools(tools, search).map(({ name }) => name)).toEqual(names);
  });
});
