import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Fault } from '../../company/company.ts';
import { signInByScript } from '../../company/sign-in.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { freePort, isOpen } from '../ports.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

const begin = () => fixture.agent.acts.signIn({ method: 'browser' });

async function finish(url: string) {
  const { username, password } = fixture.company.person('alice');
  return signInByScript({ url, username, password });
}

async function metadata(changes: Record<string, unknown>): Promise<Fault> {
  const answer = await fetch(`${fixture.company.issuer}/.well-known/openid-configuration`);
  const body = JSON.stringify({ ...((await answer.json()) as object), ...changes });
  return { at: 'idp-metadata', kind: 'status', status: 200, contentType: 'application/json', body };
}

test.each<[Fault, string]>([
  [{ at: 'idp-metadata', kind: 'reset' }, 'network-connection'],
  [{ at: 'idp-metadata', kind: 'cut' }, 'network-connection'],
  [{ at: 'idp-metadata', kind: 'html' }, 'answer-unusable'],
  [{ at: 'idp-metadata', kind: 'status', status: 503 }, 'answer-unusable'],
])('with the provider in trouble (%o) nothing begins, and the next try works', async (fault, code) => {
  const end = fixture.company.faults.set(fault);
  await expect(begin()).rejects.toMatchObject({ code, recovery: { kind: 'retry' } });
  expect(fixture.agent.state().signIn).toBeNull();
  end();
  await fixture.signIn('alice');
});

test.each<[Fault, string]>([
  [{ at: 'idp-token', kind: 'reset' }, 'network-connection'],
  [{ at: 'idp-token', kind: 'cut' }, 'network-connection'],
  [{ at: 'idp-token', kind: 'html' }, 'answer-unusable'],
  [{ at: 'idp-token', kind: 'status', status: 502 }, 'answer-unusable'],
  [{ at: 'idp-token', kind: 'oauth-error', error: 'invalid_grant', description: 'too late' }, 'idp-invalid-grant'],
  [{ at: 'idp-token', kind: 'error-as-200', error: 'invalid_grant' }, 'idp-invalid-grant'],
])('a code that cannot be redeemed (%o) ends the sign-in with a sentence in the browser', async (fault, code) => {
  fixture.company.faults.set({ ...fault, times: 1 });
  const { url } = await begin();
  const page = await finish(url);
  expect(page.status).toBe(400);
  const { signIn } = await fixture.state((state) => state.signIn?.phase === 'failed');
  expect(signIn?.problem?.code).toBe(code);
  expect(page.text.replaceAll('&#39;', "'")).toContain(signIn?.problem?.user);
  await fixture.signIn('alice');
});

test('an error that the provider sends back with the browser is told', async () => {
  const { url } = await begin();
  const state = new URL(url).searchParams.get('state');
  const callback = new URL(new URL(url).searchParams.get('redirect_uri') ?? '');
  callback.search = new URLSearchParams({
    state: state ?? '',
    iss: fixture.company.issuer,
    error: 'temporarily_unavailable',
    error_description: 'Back at noon',
  }).toString();
  const page = await fetch(callback);
  expect(page.status).toBe(400);
  const { signIn } = await fixture.state((now) => now.signIn?.phase === 'failed');
  expect(signIn?.problem?.administrator).toContain('Back at noon');
});

test.each([
  ['another issuer', { issuer: 'https://idp.example' }],
  ['its own issuer with a slash at the end', undefined],
])('a provider that gives %s is not used', async (_what, given) => {
  const changes = given ?? { issuer: `${fixture.company.issuer}/` };
  fixture.company.faults.set(await metadata(changes));
  await expect(begin()).rejects.toMatchObject({
    recovery: { kind: 'blocked', reason: 'misconfigured' },
    administrator: expect.stringContaining(changes.issuer),
  });
});

test.each(['http://idp.example/auth', 'javascript:alert(1)', 'file:///etc/passwd'])(
  'a sign-in page at %s is never opened',
  async (page) => {
    fixture.company.faults.set(await metadata({ authorization_endpoint: page }));
    await expect(begin()).rejects.toMatchObject({ code: 'address-refused' });
    expect(fixture.agent.state().signIn).toBeNull();
  },
);

test('for a sign-in page that is refused no port is opened', async () => {
  const port = await freePort();
  const other = await startFixture({ policy: { redirectPorts: [port] } });
  const answer = await fetch(`${other.company.issuer}/.well-known/openid-configuration`);
  const body = JSON.stringify({ ...((await answer.json()) as object), authorization_endpoint: 'http://idp.example/' });
  other.company.faults.set({ at: 'idp-metadata', kind: 'status', status: 200, contentType: 'application/json', body });
  await expect(other.agent.acts.signIn({ method: 'browser' })).rejects.toMatchObject({ code: 'address-refused' });
  expect(await isOpen(port)).toBe(false);
  await other.close();
});
