import { afterEach, expect, test } from 'vitest';
import type { CompanyOptions } from '../../company/company.ts';
import { createVirtualTime, type VirtualTime } from '../../virtual-time.ts';
import { type Fixture, type FixtureOptions, startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { ask } from '../raw-http.ts';
import { until } from '../until.ts';

const INTERVAL_MS = 600_000;
/** When the session is looked at with the fixture's dice. Time goes no further while an answer is on its way. */
const LOOK_MS = 540_000;
/** Pauses after failures, with the same dice. */
const PAUSES_MS = [750, 1_500, 3_000, 6_000];

let time: VirtualTime;
let fixture: Fixture;
afterEach(() => fixture.close());

async function start(company: CompanyOptions = {}, change?: FixtureOptions['change']): Promise<void> {
  // At the machine's time, since the cookies of the sign-in page stay with that.
  time = createVirtualTime(Date.now());
  const { clock, schedule } = time;
  fixture = await startFixture({ company, clock, schedule, ...(change && { change }) });
  await fixture.signIn('alice');
}

const logged = (event: string) => fixture.logged.filter((entry) => entry.event === event).length;
const lostAnswers = (times: number) =>
  fixture.company.faults.set({ at: 'idp-token', grantType: 'refresh_token', stage: 'after', kind: 'reset', times });

test('a session that the provider revoked is over within one interval, although nobody calls anything', async () => {
  await start();
  fixture.company.revokeSession('alice');
  await time.advance(INTERVAL_MS);
  const { session, servers } = await fixture.state(({ session: { status } }) => status === 'signed-out');
  expect(session).toMatchObject({ cause: { code: 'session-ended' } });
  expect(servers.map(({ status }) => status)).toEqual(Array(3).fill('signed-out'));
  expect(servers.map(({ token }) => token.kind)).toEqual(Array(3).fill('none'));
  expect(fixture.company.counts.refusedRefreshes).toBe(1);
  // What was spent of the person's mints stays known: this is the second one, if it is of the same month.
  await fixture.signIn('alice');
  const monthOf = (at: number) => new Date(at).toISOString().slice(0, 7);
  const isSameMonth = monthOf(time.clock()) === monthOf(time.clock() - INTERVAL_MS - 60_000);
  expect(fixture.server('notes').mints.thisMonth).toBe(isSameMonth ? 2 : 1);
});

test('a session that stands is looked at once in every interval, each time with the newest refresh token', async () => {
  await start();
  for (let looks = 1; looks <= 4; looks += 1) {
    await time.advance(LOOK_MS);
    await until(() => logged('session-renewed') === looks);
  }
  expect(fixture.company.counts).toMatchObject({ refreshes: 4, refusedRefreshes: 0 });
});

test('nobody is asked after a sign-out', async () => {
  await start();
  await fixture.agent.acts.signOut();
  const { tokenRequests } = fixture.company.counts;
  await time.advance(10 * INTERVAL_MS);
  expect(fixture.company.counts.tokenRequests).toBe(tokenRequests);
});

test('four answers lost on their way back, and the session stands where the provider forgives for 30 s', async () => {
  await start({ refreshReuseGraceSeconds: 30 });
  lostAnswers(PAUSES_MS.length);
  await time.advance(LOOK_MS);
  for (const [index, pauseMs] of PAUSES_MS.entries()) {
    await until(() => logged('session-renewal-failed') === index + 1);
    await time.advance(pauseMs);
  }
  await until(() => logged('session-renewed') === 1);
  await time.advance(LOOK_MS);
  await until(() => logged('session-renewed') === 2);
  expect(fixture.agent.state().session).not.toHaveProperty('cause');
  expect(fixture.company.counts.refusedRefreshes).toBe(0);
});

test('a laptop that goes off before the answer is in asks again as soon as it is on', async () => {
  await start({ refreshReuseGraceSeconds: 30 });
  lostAnswers(1);
  await time.advance(LOOK_MS);
  await until(() => logged('session-renewal-failed') === 1);
  await fixture.restart();
  await until(() => logged('session-renewed') === 1);
  expect(fixture.agent.state().session.status).toBe('signed-in');
});

test('where the provider renews no ID token, its refresh token is exchanged and nobody notices', async () => {
  await start({ omitIdTokenOnRefresh: true, lifetimes: { idTokenSeconds: 600, accessTokenSeconds: 300 } });
  const localKey = await fixture.localKey();
  for (let rounds = 0; rounds < 3; rounds += 1) {
    await time.advance(INTERVAL_MS + 1_000);
    expect((await ask(relayUrl(fixture, 'notes'), localKey)).by).toBe('server');
  }
  expect(fixture.agent.state().session).not.toHaveProperty('cause');
});

test('policy may want the refresh token from the start', async () => {
  await start({}, (policy) => ({
    ...policy,
    identityProvider: { ...policy.identityProvider, subjectToken: 'refresh_token' },
  }));
  expect(fixture.server('notes').status).toBe('ready');
});

test('policy that wants it without the scope for it names the scope', async () => {
  await start({}, (policy) => ({
    ...policy,
    identityProvider: { ...policy.identityProvider, subjectToken: 'refresh_token', scopes: ['openid', 'email'] },
  }));
  expect(fixture.server('notes').work).toMatchObject({
    kind: 'blocked',
    reason: 'misconfigured',
    cause: { code: 'session-no-refresh-token', administrator: expect.stringContaining('offline_access') },
  });
});
