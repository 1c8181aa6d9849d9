import { describe, expect, test } from 'vitest';
import { announcement } from '../../../renderer/announcement.ts';
import { initials } from '../../../renderer/initials.ts';
import { accessNote, mintNote, serverText } from '../../../renderer/servers/server-text.ts';
import { agoText, lengthText } from '../../../renderer/times.ts';
import { connected, down, NOW, server, signedIn, signedOut, waiting } from './states.ts';

test.each([
  [-5, 'less than a minute'],
  [59_999, 'less than a minute'],
  [60_000, '1 minute'],
  [55 * 60_000, '55 minutes'],
  [3_600_000, '1 hour'],
  [47 * 3_600_000, '1 day'],
  [72 * 3_600_000, '3 days'],
])('%i ms is %s', (milliseconds, text) => {
  expect(lengthText(milliseconds)).toBe(text);
});

test('how long ago', () => {
  expect(agoText(NOW - 30_000, NOW)).toBe('just now');
  expect(agoText(NOW - 120_000, NOW)).toBe('2 minutes ago');
  expect(agoText(NOW + 5_000, NOW)).toBe('just now');
});

test.each([
  ['ready', 'Renewed by itself'],
  ['idle', 'Connects when an app uses it'],
  ['connecting', 'Asking for access…'],
  ['signed-out', ''],
  ['retrying', 'Sentence for people: network. Next try in 1 minute.'],
  ['denied', 'Sentence for people: denied.'],
  ['step-up', 'Sentence for people: step-up.'],
  ['misconfigured', 'Sentence for people: misconfigured.'],
] as const)('below a server that is %s: %s', (status, text) => {
  expect(serverText(server('notes', status), NOW)).toBe(text);
});

test('access that is not renewed does not promise it', () => {
  const work = {
    kind: 'blocked',
    reason: 'step-up',
    cause: { code: 'c', user: 'Sentence.', administrator: '' },
  } as const;
  expect(serverText(server('notes', 'ready', { work }), NOW)).toBe('');
});

test.each([
  [0, 250, undefined],
  [124, 250, undefined],
  [125, 250, { tone: 'quiet', text: "125 of this month's 250 renewals are used." }],
  [199, 250, { tone: 'quiet', text: "199 of this month's 250 renewals are used." }],
  [
    200,
    250,
    {
      tone: 'warning',
      text: "200 of this month's 250 renewals are used.",
    },
  ],
  [
    251,
    250,
    {
      tone: 'warning',
      text: "251 of this month's 250 renewals are used.",
    },
  ],
] as const)('%i of %i mints this month: %j', (thisMonth, perMonth, note) => {
  expect(mintNote(server('notes', 'ready', { mints: { today: 1, thisMonth, perMonth } }))).toEqual(note);
});

const cause = { code: 'c', user: 'Sentence.', administrator: '' };

test.each([
  ['ready', { kind: 'idle' }, undefined],
  ['ready', { kind: 'minting' }, undefined],
  ['ready', { kind: 'backoff', until: NOW, cause }, { tone: 'quiet', text: 'Renewing it failed so far: Sentence.' }],
  [
    'ready',
    { kind: 'blocked', reason: 'step-up', cause },
    { tone: 'warning', text: 'It will not be renewed: Sentence.' },
  ],
  ['ready', { kind: 'blocked', reason: 'signed-out', cause }, undefined],
  ['step-up', { kind: 'blocked', reason: 'step-up', cause }, undefined],
] as const)('what limits access that is %s while its work is %j: %j', (status, work, note) => {
  expect(accessNote(server('notes', status, { work }))).toEqual(note);
});

test('access that some calls need a stronger sign-in for', () => {
  const asked = server('notes', 'ready', { signInAsked: cause });
  expect(accessNote(asked)).toEqual({ tone: 'warning', text: 'Sentence.' });
});

test.each([
  ['Alice Archer', 'AA'],
  ['Ada de la Cruz', 'AC'],
  ['alice@company.example', 'A'],
  ['alice.archer@company.example', 'AA'],
  ['Prince', 'P'],
  ['Łukasz Żak', 'ŁŻ'],
  ['00u1', ''],
])('initials of %s: %s', (name, letters) => {
  expect(initials(name)).toBe(letters);
});

describe('what a screen reader hears', () => {
  test.each([
    [
      'nothing new',
      signedIn(['ready']),
      signedIn(['ready'], { relay: { url: 'http://127.0.0.1:1', keyInPath: false } }),
      '',
    ],
    [
      'signed in',
      signedOut(),
      signedIn(['ready', 'denied']),
      'Alice Archer · 1 of 2 servers ready. Server0: Ready. Server1: Denied.',
    ],
    [
      'a server wants a stronger sign-in',
      signedIn(['ready']),
      signedIn(['step-up']),
      'Alice Archer · 0 of 1 server ready · sign in again. Server0: Sign in again.',
    ],
    ['a sign-in begins', signedOut(), waiting(), 'Waiting for you to sign in…'],
    ['one server changes', signedIn(['idle', 'denied']), signedIn(['idle', 'retrying']), 'Server1: Retrying.'],
    [
      'many change',
      signedOut(),
      signedIn(['ready', 'ready', 'ready', 'ready']),
      'Alice Archer · 4 of 4 servers ready.',
    ],
  ])('%s', (_name, before, after, text) => {
    expect(announcement(connected(before), connected(after))).toBe(text);
  });

  test('the agent goes and comes', () => {
    expect(announcement(connected(signedOut()), down())).toBe("Lanyard's agent is not running.");
    expect(announcement(down(), connected(signedOut()))).toBe('Signed out.');
  });
});
