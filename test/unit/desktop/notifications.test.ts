import { describe, expect, test } from 'vitest';
import { hasSignedIn, newsBetween } from '../../../main/desktop/notifications.ts';
import type { AgentState, SignInView } from '../../../shared/local-api.ts';
import { server, signedIn, signedOut, waiting } from './states.ts';

const cause = { code: 'session-ended', user: 'Your company ended it.', administrator: 'invalid_grant' };
const ended = signedOut({ session: { status: 'signed-out', cause } });
const session = signedIn([]).session;
const spent = signedIn(['ready'], { session: { ...session, cause } });
const claudeCode = { id: 'c-1', kind: 'claude-code', title: 'Claude Code', addedAt: 1, entries: [] };
const wanted = (more: Partial<AgentState> = {}) =>
  signedOut({ clients: [claudeCode], signInWanted: { at: 1, client: 'c-1', server: 'notes' }, ...more });
const signIn = (phase: SignInView['phase'], attempt = '1'): SignInView => ({
  attempt,
  method: 'browser',
  phase,
  url: 'https://idp.company.example/authorize',
  expiresAt: 1,
});

const table: readonly [string, AgentState, AgentState, string | undefined][] = [
  ['nothing changed', signedIn(['ready']), signedIn(['ready']), undefined],
  ['the session ended', signedIn(['ready']), ended, 'Your session at Company has ended'],
  ['it is spent, and access goes on', signedIn(['ready']), spent, 'Your session at Company has ended'],
  ['it was spent, and now access is gone too', spent, ended, undefined],
  ['it had ended before', ended, ended, undefined],
  ['the person signed out', signedIn(['ready']), signedOut(), undefined],
  ['an app waits for a sign-in', signedOut(), wanted(), 'Claude Code needs you to sign in to use Notes'],
  [
    'a client that is not known any more does',
    signedOut(),
    wanted({ clients: [] }),
    'An app needs you to sign in to use Notes',
  ],
  ['it calls again', wanted(), wanted({ signInWanted: { at: 9, client: 'c-1', server: 'notes' } }), undefined],
  [
    'a session ends by the call of an app: one notification says both',
    signedIn(['ready']),
    wanted({ session: { status: 'signed-out', cause } }),
    'Claude Code needs you to sign in to use Notes',
  ],
  ['the person is signing in already', signedOut(), wanted({ signIn: signIn('waiting') }), undefined],
  ['a session ends while the person signs in', signedIn(['ready']), { ...ended, signIn: signIn('waiting') }, undefined],
  ['a sign-in fails that nobody asked for here', waiting(), signedOut({ signIn: signIn('failed') }), undefined],
  [
    'a server wants a stronger sign-in',
    signedIn(['ready']),
    signedIn(['step-up']),
    'Server0 asks you to sign in again',
  ],
  [
    'some calls of one do',
    signedIn(['ready']),
    signedIn([], { servers: [server('server0', 'ready', { signInAsked: cause })] }),
    'Server0 asks you to sign in again',
  ],
  [
    'several do at once',
    signedIn(['ready', 'ready', 'ready']),
    signedIn(['step-up', 'ready', 'step-up']),
    'Server0 and 1 more ask you to sign in again',
  ],
  ['one does as before', signedIn(['step-up', 'ready']), signedIn(['step-up', 'ready']), undefined],
  [
    'one does while nobody is signed in: signing in is what the person does next anyway',
    signedOut(),
    signedOut({ servers: [server('server0', 'step-up')] }),
    undefined,
  ],
  [
    'one does, of two of which the other did already',
    signedIn(['step-up', 'ready']),
    signedIn(['step-up', 'step-up']),
    'Server1 asks you to sign in again',
  ],
  ['a server is denied', signedIn(['ready']), signedIn(['denied']), undefined],
  ['a server is not reached', signedIn(['ready']), signedIn(['retrying']), undefined],
];

test.each(table)('%s', (_name, before, after, title) => {
  expect(newsBetween(before, after)?.title).toBe(title);
});

describe('a click', () => {
  test.each([
    ['an ended session', signedIn(['ready']), ended],
    ['an app that waits', signedOut(), wanted()],
    ['a stronger sign-in', signedIn(['ready']), signedIn(['step-up'])],
  ])('on %s starts the sign-in', (_name, before, after) => {
    expect(newsBetween(before, after)?.click).toBe('sign-in');
  });
});

test('what a call and a server want together has one key, so that it is told once', () => {
  const stepUp = newsBetween(signedIn(['ready']), signedIn(['step-up']));
  const call = newsBetween(
    signedIn(['step-up']),
    signedIn(['step-up'], { signInWanted: { at: 1, client: 'c-1', server: 'server0' } }),
  );
  expect(call?.key).toBe(stepUp?.key);
});

test.each<readonly [string, SignInView | null, SignInView | null, boolean]>([
  ['it succeeds', signIn('waiting'), signIn('succeeded'), true],
  ['it was not seen before', null, signIn('succeeded'), true],
  ['another one succeeds', signIn('succeeded'), signIn('succeeded', '2'), true],
  ['it had succeeded', signIn('succeeded'), signIn('succeeded'), false],
  ['it fails', signIn('waiting'), signIn('failed'), false],
  ['there is none', null, null, false],
])('a sign-in: %s', (_name, before, after, expected) => {
  expect(hasSignedIn(signedOut({ signIn: before }), signedOut({ signIn: after }))).toBe(expected);
});
