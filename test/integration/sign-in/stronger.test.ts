import { afterEach, beforeEach, expect, test } from 'vitest';
import { signInByScript } from '../../company/sign-in.ts';
import { createTestClock, type TestClock } from '../clock.ts';
import { type Fixture, isSettled, startFixture } from '../fixture.ts';

const SECOND_FACTOR = 'urn:example:mfa';

let clock: TestClock;
let fixture: Fixture;
beforeEach(async () => {
  clock = createTestClock();
  fixture = await startFixture({ clock: clock.now });
});
afterEach(() => fixture.close());

/** Signs in with everything that the pages may ask for; gives what was asked of the provider. */
async function signInAgain(): Promise<URLSearchParams> {
  const { url } = await fixture.agent.acts.signIn({ method: 'browser' });
  const { username, password, otp } = fixture.company.person('alice');
  await signInByScript({ url, username, password, otp });
  await fixture.state(({ signIn, servers }) => signIn?.phase === 'succeeded' && servers.every(isSettled));
  return new URL(url).searchParams;
}

test('a server for which the provider wants a second factor has the next sign-in ask for it', async () => {
  fixture.company.requireAcr('notes', [SECOND_FACTOR]);
  const first = await signInAgain();
  expect(first.get('acr_values')).toBeNull();
  expect(fixture.server('notes')).toMatchObject({ work: { kind: 'blocked', reason: 'step-up' } });
  expect(fixture.server('tickets').status).toBe('ready');
  const second = await signInAgain();
  expect(second.get('acr_values')).toBe(SECOND_FACTOR);
  expect(fixture.server('notes').status).toBe('ready');
  expect((await signInAgain()).get('acr_values')).toBeNull();
});

test('a server for which the provider wants a recent sign-in has the next one ask for its age', async () => {
  await signInAgain();
  fixture.company.requireFreshSignIn('notes', 60);
  clock.pass(3_600);
  await fixture.agent.acts.retry('notes');
  expect(fixture.server('notes')).toMatchObject({ work: { kind: 'blocked', reason: 'step-up' } });
  expect((await signInAgain()).get('max_age')).toBe('60');
  expect(fixture.server('notes').status).toBe('ready');
});
