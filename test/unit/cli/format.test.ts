import { expect, test } from 'vitest';
import {
  formatChecks,
  formatClients,
  formatServers,
  formatStatus,
  formatTable,
  formatUntil,
} from '../../../main/cli/format.ts';
import type { ServerView } from '../../../shared/local-api.ts';
import { agentState } from '../shared/agent-state.ts';

const NOW = 1_000_000_000;

test.each([
  [[], ''],
  [[['a']], 'a\n'],
  [
    [
      ['a', 'bb'],
      ['ccc', 'd'],
    ],
    'a    bb\nccc  d\n',
  ],
  [
    [
      ['a', ''],
      ['ccc', ''],
    ],
    'a\nccc\n',
  ],
  [
    [
      ['', 'x'],
      ['y', ''],
    ],
    '   x\ny\n',
  ],
])('the rows %j are aligned and end without blanks', (rows, text) => expect(formatTable(rows)).toBe(text));

test.each([
  [-5_000, '0 s'],
  [0, '0 s'],
  [499, '0 s'],
  [500, '1 s'],
  [89_000, '89 s'],
  [90_000, '2 min'],
  [12 * 60_000, '12 min'],
  [89 * 60_000, '89 min'],
  [90 * 60_000, '2 h'],
  [24 * 3_600_000, '24 h'],
])('%i ms from now is "%s"', (ms, text) => expect(formatUntil(NOW + ms, NOW)).toBe(text));

const cause = { code: 'c', user: 'The person reads this.', administrator: 'secret detail' };

function server(parts: Partial<ServerView>): ServerView {
  return {
    name: 'notes',
    title: 'Notes',
    url: 'https://notes.example.com/mcp',
    scopes: [],
    status: 'idle',
    token: { kind: 'none' },
    work: { kind: 'idle' },
    mints: { today: 0, thisMonth: 0, perMonth: 250 },
    ...parts,
  };
}

test.each<readonly [Partial<ServerView>, string]>([
  [{ status: 'ready', token: { kind: 'valid', expiresAt: NOW + 300_000 } }, 'notes  Notes  ready  access for 5 min\n'],
  [{ status: 'idle' }, 'notes  Notes  idle\n'],
  [{ status: 'connecting', work: { kind: 'minting' } }, 'notes  Notes  connecting\n'],
  [
    { status: 'retrying', work: { kind: 'backoff', until: NOW + 4_000, cause } },
    'notes  Notes  retrying  The person reads this. Next try in 4 s.\n',
  ],
  [
    { status: 'denied', work: { kind: 'blocked', reason: 'denied', cause } },
    'notes  Notes  denied  The person reads this.\n',
  ],
  [
    { status: 'step-up', work: { kind: 'blocked', reason: 'step-up', cause } },
    'notes  Notes  sign in again  The person reads this. Run: lanyard login\n',
  ],
  [
    { status: 'misconfigured', work: { kind: 'blocked', reason: 'misconfigured', cause } },
    'notes  Notes  not set up  The person reads this.\n',
  ],
  [{ status: 'signed-out', work: { kind: 'blocked', reason: 'signed-out', cause } }, 'notes  Notes  signed out\n'],
])('a server that is %j is one line', (parts, line) => {
  expect(formatServers([server(parts)], NOW)).toBe(line);
});

test.each<readonly [Partial<ServerView>, string]>([
  [
    { mints: { today: 12, thisMonth: 180, perMonth: 250 } },
    'notes  Notes  idle  renewed 12 times today, 180 of 250 this month\n',
  ],
  [
    { mints: { today: 0, thisMonth: 3, perMonth: 250 } },
    'notes  Notes  idle  renewed not today, 3 of 250 this month\n',
  ],
  [
    {
      status: 'ready',
      token: { kind: 'valid', expiresAt: NOW + 300_000 },
      mints: { today: 1, thisMonth: 1, perMonth: 250 },
    },
    'notes  Notes  ready  renewed once today, 1 of 250 this month  access for 5 min\n',
  ],
])('mints are counted where there were any: %j', (parts, line) => {
  expect(formatServers([server(parts)], NOW)).toBe(line);
});

test('servers without mints are aligned with those that have some', () => {
  const mints = { today: 1, thisMonth: 2, perMonth: 250 };
  const blocked = { status: 'denied', work: { kind: 'blocked', reason: 'denied', cause } } as const;
  expect(formatServers([server({ mints }), server({ name: 'tickets', title: 'Tickets', ...blocked })], NOW)).toBe(
    'notes    Notes    idle    renewed once today, 2 of 250 this month\n' +
      `tickets  Tickets  denied${' '.repeat(2 + 39 + 2)}The person reads this.\n`,
  );
});

test.each<readonly [string, Partial<ServerView>]>([
  ['renewed', { work: { kind: 'blocked', reason: 'step-up', cause } }],
  ['used for every call', { signInAsked: cause }],
])('access that cannot be %s without a new sign-in says so', (_what, parts) => {
  const token = { kind: 'valid', expiresAt: NOW + 300_000 } as const;
  expect(formatServers([server({ status: 'ready', token, ...parts })], NOW)).toBe(
    'notes  Notes  ready  access for 5 min; The person reads this. Run: lanyard login\n',
  );
});

test('without servers and clients there is a sentence', () => {
  expect(formatServers([], NOW)).toBe('Your company has not approved any server yet.\n');
  expect(formatClients([])).toBe('No client is connected. Connect one with: lanyard client add claude-code\n');
});

test('signed out, no server repeats what stands above all of them', () => {
  const work = { kind: 'blocked', reason: 'signed-out', cause } as const;
  expect(formatServers([server({ status: 'signed-out', work }), server({ status: 'signed-out' })], NOW)).toBe(
    'notes  Notes  signed out\nnotes  Notes  signed out\n',
  );
});

test('a client that is limited to some servers, and what is wrong with one, are shown', () => {
  const client = { id: 'zed', kind: 'zed', title: 'Zed', addedAt: 1, file: '/f', entries: ['lanyard'], servers: ['a'] };
  expect(formatClients([client], new Map([['zed', 'changed']]))).toBe('zed  Zed  /f  lanyard (only a)  changed\n');
});

test('clients are one line each, with their file and entries', () => {
  const common = { kind: 'k', addedAt: 1 };
  expect(
    formatClients([
      {
        ...common,
        id: 'claude-code',
        title: 'Claude Code',
        file: '/home/ada/.claude.json',
        entries: ['lanyard-a', 'lanyard-b'],
      },
      { ...common, id: 'snippet-1', title: 'Pasted entry', entries: ['lanyard-a'] },
    ]),
  ).toBe(
    'claude-code  Claude Code   /home/ada/.claude.json  lanyard-a, lanyard-b\n' +
      'snippet-1    Pasted entry  pasted by hand          lanyard-a\n',
  );
});

const WHO = { status: 'signed-in', issuer: 'i', subject: 'subject-7', provedAt: 1 } as const;

test.each([
  [{ status: 'signed-out' as const }, 'Signed out. Sign in with: lanyard login'],
  [WHO, 'Signed in as subject-7'],
  [{ ...WHO, email: 'a@b' }, 'Signed in as a@b'],
  [{ ...WHO, name: 'Ada' }, 'Signed in as Ada'],
  [{ ...WHO, name: 'Ada', email: 'a@b' }, 'Signed in as Ada (a@b)'],
])('who is signed in, %j, is the first line of the status', (session, line) => {
  expect(formatStatus(agentState({ session }), NOW).split('\n')[0]).toBe(`Example: ${line}`);
});

test('a status says why nobody is signed in any more', () => {
  const state = agentState({ session: { status: 'signed-out', cause } });
  expect(formatStatus(state, NOW).split('\n').slice(0, 2)).toEqual([
    'Example: Signed out. Sign in with: lanyard login',
    'Problem: The person reads this.',
  ]);
});

test('a status says that the vault cannot be written', () => {
  const state = agentState({ vault: { keyStore: 'keychain', status: 'unsaved', problem: cause } });
  expect(formatStatus(state, NOW).split('\n')[1]).toBe('Problem: The person reads this.');
});

test('a status shows warnings, what is wrong with the vault, the servers and the relay', () => {
  const state = agentState({
    agent: { version: '1.2.3', pid: 42, startedAt: 0, warnings: ['Beware.'] },
    vault: { keyStore: 'keychain', status: 'unavailable', problem: cause },
    servers: [server({})],
    clients: [{ id: 'c', kind: 'k', title: 't', addedAt: 1, entries: [] }],
  });
  expect(formatStatus(state, NOW)).toBe(
    [
      'Example: Signed out. Sign in with: lanyard login',
      'Warning: Beware.',
      'Problem: The person reads this.',
      '',
      'notes  Notes  idle',
      '',
      'Relay at http://127.0.0.1:5693, 1 client connected, agent 1.2.3 (process 42).',
      '',
    ].join('\n'),
  );
  expect(formatStatus(agentState(), NOW)).toContain('0 clients connected');
});

test('a check is one line, with advice below where it says more', () => {
  expect(
    formatChecks([
      { name: 'policy', outcome: 'ok', detail: 'Fine.' },
      { name: 'sign-in', outcome: 'warning', detail: 'Nobody.', advice: 'Sign in.' },
      { name: 'relay', outcome: 'failed', detail: 'Same.', advice: 'Same.' },
    ]),
  ).toBe('✓ policy: Fine.\n! sign-in: Nobody.\n    Sign in.\n✗ relay: Same.\n');
});

test('nothing that the agent was told steers the terminal or makes lines of its own', () => {
  const evil = 'a\u001b[2J\r\nb\u009bc\u0007';
  const seen = 'a [2J  b c ';
  const problem = { ...cause, user: evil };
  const state = agentState({
    agent: { version: '1', pid: 1, startedAt: 0, warnings: [evil] },
    session: { ...WHO, name: evil, cause: problem },
    vault: { keyStore: 'keychain', status: 'unsaved', problem },
    servers: [server({ title: evil })],
  });
  const client = { id: 'c', kind: 'k', title: evil, addedAt: 1, file: evil, entries: [evil] };
  const check = { name: evil, outcome: 'failed', detail: evil, advice: `Or ${evil}` } as const;
  const printed = formatStatus(state, NOW) + formatClients([client]) + formatChecks([check]);
  expect(printed.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  expect(formatChecks([check])).toBe(`✗ ${seen}: ${seen}\n    Or ${seen}\n`);
  // The status, a client, a check with its advice, and nothing after the last line’s end.
  expect(printed.split('\n')).toHaveLength(8 + 1 + 2 + 1);
});
