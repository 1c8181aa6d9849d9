import { expect, test } from 'vitest';
import {
  checkDelayMs,
  ID_TOKEN_MARGIN_MS,
  pauseMs,
  subjectLeft,
  subjectNow,
  subjectRenewed,
} from '../../../main/identity/session-plan.ts';
import type { SessionRecord } from '../../../main/vault/contents.ts';
import { LanyardError, type Recovery } from '../../../shared/errors.ts';

const NOW = 1_700_000_000_000;

/** A session whose ID token lives for so long yet. */
const session = (leftMs: number, change: Partial<SessionRecord> = {}): SessionRecord => ({
  issuer: 'https://login.example.com',
  subject: 'ada',
  idToken: 'id',
  idTokenExpiresAt: NOW + leftMs,
  refreshToken: 'the-refresh-token',
  provedAt: NOW,
  ...change,
});
const bare = (leftMs: number): SessionRecord => {
  const { refreshToken: _, ...rest } = session(leftMs);
  return rest;
};
const LONG = 600_000;
const brief = (subject: unknown) =>
  typeof subject === 'object' && subject !== null && 'token' in subject ? subject.token : subject;

test.each<
  readonly [string, SessionRecord, 'auto' | 'id_token' | 'refresh_token', string | undefined, boolean, unknown]
>([
  ['an ID token with life left', session(LONG), 'auto', undefined, true, 'id'],
  ['the same, by policy', session(LONG), 'id_token', undefined, true, 'id'],
  ['one that has just more than the margin', session(ID_TOKEN_MARGIN_MS + 1), 'auto', undefined, true, 'id'],
  ['one that is about to end', session(ID_TOKEN_MARGIN_MS), 'auto', undefined, true, 'refresh'],
  ['one that was refused', session(LONG), 'auto', 'id', true, 'refresh'],
  ['one, after another was refused', session(LONG), 'auto', 'an older one', true, 'id'],
  ['one about to end, by policy', session(0), 'id_token', undefined, true, 'refresh'],
  ['one about to end that no refresh renews', session(0), 'auto', undefined, false, 'the-refresh-token'],
  ['the same, by policy an ID token', session(0), 'id_token', undefined, false, 'refresh'],
  ['the refresh token refused in its place', session(0), 'auto', 'the-refresh-token', false, 'refresh'],
  ['good ID tokens that no refresh renews', session(LONG), 'auto', undefined, false, 'id'],
  ['without a refresh token, to its end', bare(1), 'auto', undefined, true, 'id'],
  ['without a refresh token, ended', bare(0), 'auto', undefined, true, 'sign-in'],
  ['without a refresh token, refused', bare(LONG), 'id_token', 'id', true, 'sign-in'],
  ['the refresh token, by policy', session(LONG), 'refresh_token', undefined, true, 'the-refresh-token'],
  [
    'the refresh token of an old sign-in, by policy',
    session(-LONG),
    'refresh_token',
    undefined,
    true,
    'the-refresh-token',
  ],
  ['the refresh token, refused', session(LONG), 'refresh_token', 'the-refresh-token', true, 'refresh'],
  ['no refresh token, though policy wants it', bare(LONG), 'refresh_token', undefined, true, 'offline-access'],
])('%s', (_what, held, mode, rejected, renewsIdToken, expected) => {
  const subject = subjectNow(held, renewsIdToken, { mode, now: NOW, rejected });
  expect(brief(subject)).toBe(expected);
});

test.each<readonly [string, number, boolean, 'auto' | 'id_token' | 'refresh_token', string | undefined, unknown]>([
  ['a new ID token', LONG, true, 'auto', undefined, 'id_token'],
  ['one equal to the byte to the refused one', LONG, true, 'auto', 'id', 'id_token'],
  ['one that is old by our clock, which is ahead', -1, true, 'id_token', undefined, 'id_token'],
  ['none, the old one good', LONG, false, 'auto', undefined, 'id_token'],
  ['none, the old one refused', LONG, false, 'auto', 'id', 'refresh_token'],
  ['none, the old one at its end', 0, false, 'auto', undefined, 'refresh_token'],
  ['none, the refresh token refused before', 0, false, 'auto', 'the-refresh-token', 'refresh_token'],
  ['none, and policy wants one; the old one lives', 1, false, 'id_token', undefined, 'id_token'],
  ['none, and policy wants one; the old one has ended', 0, false, 'id_token', undefined, 'sign-in'],
  [
    'an ID token, and policy wants the refresh token',
    LONG,
    true,
    'refresh_token',
    'the-refresh-token',
    'refresh_token',
  ],
])('after a refresh that gave %s', (_what, leftMs, gaveIdToken, mode, rejected, expected) => {
  const subject = subjectRenewed(session(leftMs), gaveIdToken, { mode, now: NOW, rejected });
  expect(typeof subject === 'object' ? subject.type : subject).toBe(expected);
});

test.each<readonly [string, number, 'auto' | 'id_token' | 'refresh_token', string | undefined, boolean]>([
  ['an ID token with any life left is', 1, 'auto', undefined, true],
  ['one without is not', 0, 'auto', undefined, false],
  ['a refused one is not', LONG, 'id_token', 'id', false],
  ['one that policy does not want is not', LONG, 'refresh_token', 'the-refresh-token', false],
])('what is left after a refresh that failed: %s', (_what, leftMs, mode, rejected, isLeft) => {
  const subject = subjectLeft(session(leftMs), { mode, now: NOW, rejected });
  expect(subject?.token).toBe(isLeft ? 'id' : undefined);
});

test.each([
  [10, 0, 480_000],
  [10, 0.5, 540_000],
  [10, 1, 600_000],
  [1, 0, 48_000],
  [1440, 1, 86_400_000],
])('with an interval of %i minutes and dice at %d the next look is in %i ms', (minutes, dice, delayMs) => {
  expect(checkDelayMs(minutes, () => dice)).toBeCloseTo(delayMs);
});

const failing = (recovery?: Recovery) =>
  new LanyardError({ code: 'x', user: 'x', administrator: 'x', ...(recovery && { recovery }) });
const RETRY = { kind: 'retry' } as const;

test.each<readonly [number, Recovery, number, number]>([
  [1, RETRY, 500, 1_000],
  [2, RETRY, 1_000, 2_000],
  [3, RETRY, 2_000, 4_000],
  [4, RETRY, 4_000, 8_000],
  [8, RETRY, 60_000, 120_000],
  [5_000, RETRY, 60_000, 120_000],
  [1, { kind: 'retry', afterMs: 30_000 }, 30_000, 30_000],
  [9, { kind: 'retry', afterMs: 0 }, 0, 0],
  [1, { kind: 'blocked', reason: 'misconfigured' }, 300_000, 300_000],
])('after failure %i (%j) the pause is from %i to %i ms', (failures, recovery, least, most) => {
  expect(pauseMs(failures, failing(recovery), 10, () => 0)).toBe(least);
  expect(pauseMs(failures, failing(recovery), 10, () => 1)).toBe(most);
});

test.each<readonly [Recovery, number]>([
  [{ kind: 'blocked', reason: 'misconfigured' }, 60_000],
  [RETRY, 60_000],
  // Whoever names a time is not asked before it.
  [{ kind: 'retry', afterMs: 600_000 }, 600_000],
])('with an interval of a minute the pause after %j is at most %i ms', (recovery, most) => {
  expect(pauseMs(9, failing(recovery), 1, () => 1)).toBe(most);
});

test('the first 30 s after a lost answer, for which many IdPs forgive a second use, see at least four tries', () => {
  for (const dice of [0, 1]) {
    let atMs = 0;
    for (const failures of [1, 2, 3, 4]) atMs += pauseMs(failures, failing(RETRY), 10, () => dice);
    expect(atMs).toBeLessThan(30_000);
  }
});
