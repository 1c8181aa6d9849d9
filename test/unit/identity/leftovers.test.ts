import { expect, test } from 'vitest';
import { problemFrom, until } from '../fixtures.ts';
import { owning, TOKEN_LIFE_MS } from './owning.ts';

const revoking = { metadata: (origin: string) => ({ revocation_endpoint: `${origin}/revoke` }) };

/** Ada is signed in, and can be replaced by somebody. */
async function signedIn(options: Parameters<typeof owning>[0] = revoking) {
  const owned = await owning(options);
  const next = (subject: string) => ({
    ...owned.session,
    subject,
    idToken: `of-${subject}`,
    idTokenExpiresAt: owned.clock() + TOKEN_LIFE_MS,
    refreshToken: `refresh-of-${subject}`,
  });
  return { ...owned, next };
}

test('when somebody else signs in, the refresh token of the person before is revoked', async () => {
  const { owner, next, revoked } = await signedIn();
  await owner.begin(next('bob'));
  await owner.close();
  expect(revoked).toEqual(['refresh-1']);
});

test('so is one that was rotated meanwhile', async () => {
  const { owner, next, revoked, renewal } = await signedIn();
  const caller = problemFrom(owner.fresh('old'));
  const late = await renewal();
  await owner.begin(next('bob'));
  late.answer({ refresh_token: 'refresh-2' });
  await caller;
  await until(() => revoked.length === 2);
  expect(revoked).toEqual(['refresh-1', 'refresh-2']);
  expect(owner.current?.subject).toBe('bob');
});

test('where the same person signs in again nothing is revoked: many providers would end the new session too', async () => {
  const { owner, next, revoked, renewal } = await signedIn();
  const caller = owner.fresh('old');
  const late = await renewal();
  await owner.begin(next('ada'));
  late.answer({ refresh_token: 'refresh-2' });
  await caller;
  await owner.close();
  expect(revoked).toEqual([]);
});

test('nobody waits for it, and a failure is a line in the log', async () => {
  const { owner, next, events, site } = await signedIn({
    metadata: () => ({ issuer: 'https://somebody-else.example.com' }),
  });
  await owner.begin(next('bob'));
  expect(site.seen).toEqual([]);
  await owner.close();
  expect(events()).toEqual(['signed-in', 'revocation-failed']);
});

test('a session with another identity provider is not shown to this one', async () => {
  const { owner, next, session, site } = await signedIn({ session: { issuer: 'https://before.example.com' } });
  await owner.begin({ ...next('bob'), issuer: site.origin });
  await owner.close();
  expect(session.issuer).not.toBe(site.origin);
  expect(site.seen).toEqual([]);
});

test('the session of a sign-in that was cancelled is revoked, unless its person is signed in', async () => {
  const { owner, next, revoked } = await signedIn();
  owner.discard(next('ada'));
  owner.discard(next('bob'));
  await owner.close();
  expect(revoked).toEqual(['refresh-of-bob']);
});
