import { expect, test } from 'vitest';
import { signInOrigin } from '../../../main/desktop/sign-in-origin.ts';
import type { SignInView } from '../../../shared/local-api.ts';
import { connected, down, signedOut } from './states.ts';

const face = (phase: SignInView['phase'], attempt = '1') => {
  const url = 'https://idp.company.example/authorize';
  return connected(signedOut({ signIn: { attempt, method: 'browser', phase, url, expiresAt: 1 } }));
};

test('a sign-in that the window started returns there, once', () => {
  const origin = signInOrigin();
  origin.started('window');
  expect([face('waiting'), face('succeeded'), face('succeeded')].map(origin.hasReturned)).toEqual([false, true, false]);
});

test.each<readonly [string, ('window' | 'elsewhere')[]]>([
  ['that a client or the command line started', []],
  ['that the tray started', ['elsewhere']],
  ['that the window started and the tray went on with', ['window', 'elsewhere']],
])('a sign-in %s leaves the person where they are', (_what, starts) => {
  const origin = signInOrigin();
  for (const where of starts) origin.started(where);
  expect([face('waiting'), face('succeeded')].map(origin.hasReturned)).toEqual([false, false]);
});

test('one that was cancelled or failed does not count for the next', () => {
  const origin = signInOrigin();
  origin.started('window');
  const faces = [face('waiting'), face('cancelled'), face('waiting', '2'), face('succeeded', '2')];
  expect(faces.map(origin.hasReturned)).toEqual([false, false, false, false]);
});

test('one that succeeded before is not the one that was started', () => {
  const origin = signInOrigin();
  expect(origin.hasReturned(face('succeeded', '0'))).toBe(false);
  origin.started('window');
  const faces = [face('succeeded', '0'), down(), face('succeeded', '0'), face('waiting'), face('succeeded')];
  expect(faces.map(origin.hasReturned)).toEqual([false, false, false, false, true]);
});

test('one that passes between two faces returns too', () => {
  const origin = signInOrigin();
  origin.started('window');
  expect(origin.hasReturned(face('succeeded'))).toBe(true);
});
