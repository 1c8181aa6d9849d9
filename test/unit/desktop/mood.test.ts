import { expect, test } from 'vitest';
import type { Face } from '../../../main/desktop/bridge/face.ts';
import { type Mood, moodOf } from '../../../main/desktop/bridge/mood.ts';
import { connected, down, server, signedIn, signedOut, waiting } from './states.ts';

const cause = { code: 'session-ended', user: 'Your session ended.', administrator: 'invalid_grant' };

const ending = server('notes', 'ready', { work: { kind: 'blocked', reason: 'step-up', cause } });

const table: readonly [string, Face, Mood][] = [
  ['starting', { link: 'starting' }, 'offline'],
  ['no agent', down(), 'offline'],
  ['signed out', connected(signedOut()), 'signed-out'],
  ['waiting for the browser', connected(waiting()), 'signed-out'],
  ['signed out by somebody else', connected(signedOut({ session: { status: 'signed-out', cause } })), 'attention'],
  ['no keychain', connected(signedOut({ vault: { keyStore: 'keychain', status: 'unavailable' } })), 'attention'],
  [
    'nothing can be saved',
    connected(signedIn(['ready'], { vault: { keyStore: 'keychain', status: 'unsaved' } })),
    'attention',
  ],
  ['all ready', connected(signedIn(['ready', 'ready'])), 'ready'],
  ['one denied: the administrator decided it', connected(signedIn(['ready', 'denied'])), 'ready'],
  ['one retrying', connected(signedIn(['ready', 'retrying'])), 'ready'],
  ['all retrying', connected(signedIn(['retrying', 'retrying', 'denied'])), 'offline'],
  ['one misconfigured', connected(signedIn(['ready', 'misconfigured'])), 'attention'],
  ['one wants a stronger sign-in', connected(signedIn(['ready', 'step-up'])), 'attention'],
  [
    'access that is good, and a stronger sign-in for the time after it',
    connected(signedIn([], { servers: [ending] })),
    'attention',
  ],
  [
    'some calls want a stronger sign-in',
    connected(signedIn([], { servers: [server('notes', 'ready', { signInAsked: cause })] })),
    'attention',
  ],
  [
    'an app waits for a sign-in',
    connected(signedOut({ signInWanted: { at: 1, client: 'c', server: 'notes' } })),
    'attention',
  ],
  [
    'a spent session whose access goes on',
    connected(
      signedIn(['ready'], {
        session: { status: 'signed-in', issuer: 'https://idp.company.example', subject: 'a-1', provedAt: 1, cause },
      }),
    ),
    'attention',
  ],
  ['only denied', connected(signedIn(['denied'])), 'ready'],
];

test.each(table)('tray icon: %s', (_name, face, mood) => {
  expect(moodOf(face)).toBe(mood);
});
