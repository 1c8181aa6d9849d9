import { expect, test } from 'vitest';
import { statusText } from '../../../main/agent/status-text.ts';
import type { AgentState, ServerView } from '../../../shared/local-api.ts';

type State = Parameters<typeof statusText>[0];

const cause = { code: 'x', user: 'Alice has no access.', administrator: 'Exactly.' };

function server(title: string, status: ServerView['status'], work: ServerView['work'] = { kind: 'idle' }): ServerView {
  return { name: title.toLowerCase(), title, status, work } as ServerView;
}

function state(session: unknown, servers: readonly ServerView[]): State {
  return {
    company: { name: 'Example' } as AgentState['company'],
    session: session as AgentState['session'],
    servers: [...servers],
  };
}

const ALICE = { status: 'signed-in', subject: 'u-alice', name: 'Alice' };
const NOBODY = { status: 'signed-out' };
const ADDRESS = 'http://127.0.0.1:5693/sign-in/once';

test('who is signed in, and how each server is', () => {
  const text = statusText(
    state(ALICE, [
      server('Notes', 'ready', { kind: 'backoff', until: 1, cause }),
      server('Payroll', 'denied', { kind: 'blocked', reason: 'denied', cause }),
    ]),
    () => {
      throw new Error('Nobody asked for an address');
    },
  );
  expect(text).toBe('Signed in to Example as Alice.\nNotes: Ready.\nPayroll: Denied. Alice has no access.');
});

test.each([
  ['nobody is signed in', state(NOBODY, [server('Notes', 'signed-out')])],
  [
    'a stronger sign-in is wanted',
    state(ALICE, [server('Notes', 'step-up', { kind: 'blocked', reason: 'step-up', cause })]),
  ],
])('where %s it says where to sign in, and what comes after that', (_what, given) => {
  const text = statusText(given, () => ADDRESS);
  expect(text).toContain(ADDRESS);
  expect(text).toContain('new conversation');
  expect(statusText(given)).not.toContain('http');
});

test('where nobody is signed in it says how to, and that nothing is approved yet', () => {
  const text = statusText(state(NOBODY, []));
  expect(text).toContain('or run: lanyard login.\n');
  expect(text).toContain('No server is approved yet.');
});
