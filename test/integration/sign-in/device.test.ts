import { describe, expect, type TestContext, test } from 'vitest';
import { approveDeviceByScript } from '../../company/sign-in.ts';
import { isSettled, startFixture } from '../fixture.ts';

async function open({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const fixture = await startFixture();
  onTestFinished(() => fixture.close());
  return fixture;
}

// The provider is asked every five seconds (RFC 8628 section 3.5), so these wait side by side.
describe.concurrent('with a code on another device', () => {
  test('an approved device is signed in and its servers are ready', async (context) => {
    const fixture = await open(context);
    const started = await fixture.agent.acts.signIn({ method: 'device' });
    expect(started).toMatchObject({
      method: 'device',
      phase: 'waiting',
      userCode: expect.stringMatching(/^\S{4}-\S{4}$/),
    });
    const { url, userCode = '' } = started;
    const { username, password } = fixture.company.person('alice');
    expect((await approveDeviceByScript({ url, userCode, username, password })).status).toBe(200);
    const { session } = await fixture.state(
      ({ signIn, servers }) => signIn?.phase === 'succeeded' && servers.every(isSettled),
    );
    expect(session).toMatchObject({ subject: 'u-alice', email: 'alice@example.com' });
    expect(fixture.server('notes').status).toBe('ready');
  });

  test('a denied device is told so and nothing has changed', async (context) => {
    const fixture = await open(context);
    const { url, userCode = '' } = await fixture.agent.acts.signIn({ method: 'device' });
    const { username, password } = fixture.company.person('alice');
    await approveDeviceByScript({ url, userCode, username, password, deny: true });
    const { signIn, session } = await fixture.state((state) => state.signIn?.phase !== 'waiting');
    expect(signIn).toMatchObject({ problem: { user: expect.stringMatching(/refused|denied|cancelled/) } });
    expect(session).toEqual({ status: 'signed-out' });
  });

  test('one that we cancelled is not signed in by a later approval', async (context) => {
    const fixture = await open(context);
    const { url, userCode = '' } = await fixture.agent.acts.signIn({ method: 'device' });
    fixture.agent.acts.cancelSignIn();
    const { signIn } = await fixture.state((state) => state.signIn?.phase !== 'waiting');
    expect(signIn).toMatchObject({ phase: 'cancelled', problem: { code: 'sign-in-cancelled' } });
    const { username, password } = fixture.company.person('alice');
    await approveDeviceByScript({ url, userCode, username, password });
    // One that is begun later is told its outcome by a later poll, so by then the cancelled one has had its turn.
    const next = await fixture.agent.acts.signIn({ method: 'device' });
    await approveDeviceByScript({ url, userCode: next.userCode ?? '', username, password });
    await fixture.state((state) => state.signIn?.phase === 'succeeded');
    expect(fixture.logged.filter(({ event }) => event === 'signed-in')).toHaveLength(1);
  });
});

test('a provider without the device flow is named as the reason', async (context) => {
  const fixture = await open(context);
  const answer = await fetch(`${fixture.company.issuer}/.well-known/openid-configuration`);
  const { device_authorization_endpoint: _, ...rest } = (await answer.json()) as Record<string, unknown>;
  const body = JSON.stringify(rest);
  const fault = { at: 'idp-metadata', kind: 'status', status: 200, contentType: 'application/json', body } as const;
  fixture.company.faults.set(fault);
  await expect(fixture.agent.acts.signIn({ method: 'device' })).rejects.toMatchObject({
    code: 'idp-no-device-flow',
    administrator: expect.stringContaining('RFC 8628'),
  });
});

test('a provider that is down at the device endpoint gives a sentence and begins nothing', async (context) => {
  const fixture = await open(context);
  fixture.company.faults.set({ at: 'idp-device', kind: 'reset' });
  await expect(fixture.agent.acts.signIn({ method: 'device' })).rejects.toMatchObject({ code: 'network-connection' });
  expect(fixture.agent.state().signIn).toBeNull();
});
