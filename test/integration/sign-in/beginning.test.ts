import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Fixture, startFixture } from '../fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  // Metadata takes its time, so that something can happen while a sign-in is beginning.
  fixture = await startFixture({ company: { latencyMs: ({ at }) => (at === 'idp-metadata' ? 300 : 0) } });
});
afterEach(() => fixture.close());

test.each([
  ['cancelling', () => fixture.agent.acts.cancelSignIn()],
  ['signing out', () => fixture.agent.acts.signOut()],
])('%s stops a sign-in that is just beginning', async (_what, stop) => {
  const beginning = fixture.agent.acts.signIn({ method: 'browser' });
  const outcome = beginning.catch((error: unknown) => error);
  // One turn of the event loop: it has begun, and waits for the provider.
  await new Promise((resolve) => setImmediate(resolve));
  await stop();
  expect(await outcome).toMatchObject({ code: 'sign-in-cancelled' });
  expect(fixture.agent.state().signIn).toBeNull();
});
