import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CompanyOptions } from '../../company/company.ts';
import { createTestClock, type TestClock } from '../clock.ts';
import { type Fixture, type FixtureOptions, startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { ask } from '../raw-http.ts';

const LIFETIMES = { idTokenSeconds: 600, accessTokenSeconds: 300 };
/** Past the life of both tokens. */
const LATER_SECONDS = 601;

let clock: TestClock;
let fixture: Fixture;
let localKey: string;
beforeEach(() => {
  clock = createTestClock();
});
afterEach(() => fixture.close());

async function start(company: CompanyOptions = {}, change?: FixtureOptions['change']): Promise<void> {
  // Client assertions go by the machine's clock, so nothing may depend on them where time is made to pass.
  const authentication = { tickets: 'client_secret_basic' } as const;
  const options = { clock: clock.now, company: { lifetimes: LIFETIMES, authentication, ...company } };
  fixture = await startFixture(change ? { ...options, change } : options);
  localKey = await fixture.localKey();
  await fixture.signIn('alice');
}

const call = (server = 'notes') => ask(relayUrl(fixture, server), localKey);

test('an expired ID token is renewed with the refresh token, once for all callers and servers', async () => {
  await start();
  clock.pass(LATER_SECONDS);
  const answers = await Promise.all([call('notes'), call('tickets'), call('notes'), call('tickets')]);
  expect(answers.map(({ by }) => by)).toEqual(Array(4).fill('server'));
  expect(fixture.company.counts.refreshes).toBe(1);
});

test('each renewal uses the refresh token of the one before, across restarts too', async () => {
  await start();
  for (let round = 1; round <= 3; round += 1) {
    clock.pass(LATER_SECONDS);
    expect((await call()).by).toBe('server');
    expect(fixture.company.counts.refreshes).toBe(round);
    await fixture.restart();
  }
});

test('a refresh token that was revoked ends the session with a sentence, everywhere and for good', async () => {
  await start();
  fixture.company.revokeSession('alice');
  expect((await call()).by).toBe('server');
  clock.pass(LATER_SECONDS);
  const refused = await call();
  expect(refused.by).toBe('standby');
  expect(refused.sentence).toContain('sign in again');
  expect(fixture.agent.state().session).toMatchObject({
    status: 'signed-out',
    cause: { code: 'session-ended', user: expect.stringContaining('lanyard login') },
  });
  expect(fixture.agent.state().servers.map(({ status }) => status)).toEqual(Array(3).fill('signed-out'));
  await fixture.restart();
  expect(fixture.agent.state().session.status).toBe('signed-out');
  expect((await call()).by).toBe('standby');
  await fixture.signIn('alice');
  expect(fixture.agent.state().session).not.toHaveProperty('cause');
  expect((await call()).by).toBe('server');
});

test('without a refresh token only signing in again helps once the ID token has ended; what was given stays', async () => {
  await start({}, (policy) => ({
    ...policy,
    identityProvider: { ...policy.identityProvider, scopes: ['openid', 'email'] },
  }));
  clock.pass(301);
  expect((await call()).by).toBe('server');
  clock.pass(300);
  expect(await call()).toMatchObject({ by: 'standby', sentence: expect.stringContaining('sign in again') });
  expect(fixture.agent.state().session).toMatchObject({ status: 'signed-in', cause: { code: 'session-ended' } });
});

test('a provider that answers with a fault for a moment does not end the session', async () => {
  await start();
  clock.pass(LATER_SECONDS);
  fixture.company.faults.set({ at: 'idp-token', grantType: 'refresh_token', kind: 'status', status: 503, times: 1 });
  expect((await call()).by).toBe('standby');
  expect(fixture.agent.state().session.status).toBe('signed-in');
  clock.pass(121);
  expect((await call()).by).toBe('server');
});

test('a provider that is not reached right after a sleep is waited for', async () => {
  await start();
  clock.pass(LATER_SECONDS);
  fixture.company.faults.set({ at: 'idp-token', grantType: 'refresh_token', kind: 'reset', times: 3 });
  expect((await call()).by).toBe('server');
});

test('an answer that was lost on its way back is asked for again with the same refresh token', async () => {
  await start({ refreshReuseGraceSeconds: 600 });
  clock.pass(LATER_SECONDS);
  const lost = { at: 'idp-token', grantType: 'refresh_token', kind: 'reset', stage: 'after', times: 1 } as const;
  fixture.company.faults.set(lost);
  expect((await call()).by).toBe('server');
  expect(fixture.company.counts.refreshes).toBe(2);
});

test('where the provider forgives no second use, the lost answer ends the session with a sentence', async () => {
  await start();
  clock.pass(LATER_SECONDS);
  const lost = { at: 'idp-token', grantType: 'refresh_token', kind: 'reset', stage: 'after', times: 1 } as const;
  fixture.company.faults.set(lost);
  expect((await call()).by).toBe('standby');
  clock.pass(121);
  expect(await call()).toMatchObject({ by: 'standby', sentence: expect.stringContaining('sign in again') });
  expect(fixture.agent.state().session).toMatchObject({ status: 'signed-out', cause: { code: 'session-ended' } });
});

/** The IdP refuses the subject token of a token exchange, so often. */
const refuseSubjectToken = (times?: number) =>
  fixture.company.faults.set({
    at: 'idp-token',
    grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
    kind: 'oauth-error',
    error: 'invalid_grant',
    status: 400,
    ...(times !== undefined && { times }),
  });

test('an ID token that the provider refuses before its time is renewed, and nobody notices', async () => {
  await start();
  clock.pass(301);
  refuseSubjectToken(1);
  expect((await call()).by).toBe('server');
  expect(fixture.company.counts.refreshes).toBe(1);
  expect(fixture.agent.state().session).not.toHaveProperty('cause');
});

test('a provider that refuses the new ID token too asks for a sign-in, and takes no other access away', async () => {
  await start();
  clock.pass(200);
  fixture.company.revokeAccessTokens('notes');
  refuseSubjectToken();
  expect((await call('notes')).by).toBe('standby');
  expect((await call('tickets')).by).toBe('server');
  expect(fixture.agent.state().session).toMatchObject({
    status: 'signed-in',
    cause: { user: expect.stringMatching(/sign in again/i) },
  });
});
