import { afterEach, describe, expect, test } from 'vitest';
import type { CompanyOptions, CompanyPolicy } from '../../company/company.ts';
import { createTestClock } from '../clock.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { ask } from '../raw-http.ts';

const ID_TOKEN_SECONDS = 600;
/** Past the life of ID token and access token. */
const LATER_SECONDS = ID_TOKEN_SECONDS + 1;

const clock = createTestClock();
let fixture: Fixture;
afterEach(() => fixture.close());

const requiring = (policy: CompanyPolicy) => ({
  ...policy,
  identityProvider: { ...policy.identityProvider, dpop: 'required' },
  servers: policy.servers.map((server) => ({
    ...server,
    authorizationServer: { ...server.authorizationServer, dpop: 'required' },
  })),
});

const NAMES = ['notes', 'tickets', 'payroll'];

/** A company where nothing goes without proofs and their nonces. */
const REQUIRED: CompanyOptions = {
  dpop: { idp: 'required', servers: Object.fromEntries(NAMES.map((name) => [name, 'required'])) },
  dpopNonce: ['idp', ...NAMES],
  lifetimes: { idTokenSeconds: ID_TOKEN_SECONDS, accessTokenSeconds: ID_TOKEN_SECONDS },
  // Client assertions go by the machine's clock, so nothing may depend on them where time is made to pass.
  authentication: { tickets: 'client_secret_basic' },
};

async function start(change?: typeof requiring, company: CompanyOptions = REQUIRED): Promise<string> {
  const options = { company, clock: clock.now };
  fixture = await startFixture(change ? { ...options, change } : options);
  return fixture.localKey();
}

const call = (localKey: string) => ask(relayUrl(fixture, 'notes'), localKey, 'list_notes');
const statuses = () => fixture.company.tokenRequestTimes().map(({ grantType, outcome }) => `${grantType} ${outcome}`);
const refreshes = () => fixture.company.counts.refreshes;

describe.each([
  ['policy requires proofs', requiring],
  ['policy leaves them open', undefined],
])('an identity provider that takes nothing without a proof, where %s', (_what, change) => {
  test('is signed in to by browser, renewed across restarts and changes of nonce, and calls go on', async () => {
    const localKey = await start(change);
    await fixture.signIn('alice');
    expect((await call(localKey)).by).toBe('server');
    for (let round = 1; round <= 3; round += 1) {
      clock.pass(LATER_SECONDS);
      if (round !== 2) await fixture.restart();
      fixture.company.rotateDpopNonces();
      expect((await call(localKey)).by).toBe('server');
      expect(refreshes()).toBe(round);
    }
    expect(fixture.logged.map(({ event }) => event)).not.toContain('session-ended');
  });

  test('gives a session whose key outlives other people, and sign-outs', async () => {
    const localKey = await start(change);
    await fixture.signIn('alice');
    for (const [round, username] of ['bob', 'bob', 'alice'].entries()) {
      if (round === 2) await fixture.agent.acts.signOut();
      await fixture.signIn(username);
      clock.pass(LATER_SECONDS);
      await fixture.restart();
      expect((await call(localKey)).by).toBe('server');
      expect(refreshes()).toBe(round + 1);
    }
  });
});

test('what the identity provider wants is found out once: after that nothing goes without a proof', async () => {
  const localKey = await start(undefined, { ...REQUIRED, dpopNonce: [] });
  await fixture.signIn('alice');
  const code = 'authorization_code';
  expect(statuses().filter((status) => status.startsWith(code))).toEqual([`${code} refused`, `${code} ok`]);
  clock.pass(LATER_SECONDS);
  await fixture.restart();
  expect((await call(localKey)).by).toBe('server');
  expect(fixture.company.counts.refusedRefreshes).toBe(0);
});

test('an identity provider that only understands proofs gets none by itself', async () => {
  const localKey = await start(undefined, { ...REQUIRED, dpop: { idp: 'supported' }, dpopNonce: ['idp'] });
  await fixture.signIn('alice');
  clock.pass(LATER_SECONDS);
  expect((await call(localKey)).by).toBe('server');
  const ofSession = statuses().filter((status) => /^(authorization_code|refresh_token) /.test(status));
  // A proof would have been refused for its nonce.
  expect(ofSession).toEqual(['authorization_code ok', 'refresh_token ok']);
});
