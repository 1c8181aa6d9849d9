import { decodeJwt } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { signInByScript } from '../../company/sign-in.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { raw } from '../raw-http.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

/** Signs in on the company's page; gives the address that asked for it and the way back. */
async function undelivered() {
  const { url } = await fixture.agent.acts.signIn({ method: 'browser' });
  const { username, password } = fixture.company.person('alice');
  const { callbackUrl } = await signInByScript({ url, username, password, deliver: false });
  return { asked: new URL(url), callback: new URL(callbackUrl) };
}

async function expectRefused(callback: URL, code: string): Promise<void> {
  const page = await raw(callback);
  expect(page.status).toBe(400);
  expect(page.body.toString('utf8')).toContain('You are not signed in');
  const { signIn, session } = await fixture.state((state) => state.signIn?.phase !== 'waiting');
  expect(signIn).toMatchObject({ phase: 'failed', problem: { code } });
  expect(session).toEqual({ status: 'signed-out' });
}

test('the request asks for a code with PKCE, state and nonce, and back to loopback', async () => {
  const { asked } = await undelivered();
  const parameters = Object.fromEntries(asked.searchParams);
  expect(parameters).toMatchObject({
    response_type: 'code',
    client_id: 'lanyard',
    code_challenge_method: 'S256',
    scope: 'openid profile email offline_access',
    redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
  });
  for (const name of ['state', 'nonce', 'code_challenge']) expect(parameters[name]?.length).toBeGreaterThanOrEqual(43);
});

test('an answer in the name of another issuer is not used (RFC 9207)', async () => {
  const { callback } = await undelivered();
  callback.searchParams.set('iss', 'https://idp.example');
  await expectRefused(callback, 'sign-in-invalid');
});

test('an answer that does not name its issuer is not used, since this provider always does', async () => {
  const { callback } = await undelivered();
  callback.searchParams.delete('iss');
  await expectRefused(callback, 'sign-in-invalid');
});

/** Puts an ID token with other claims in the place of the token endpoint's answer. */
function answerWithIdToken(claims: Record<string, unknown>): void {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const idToken = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${part('signature')}`;
  const body = JSON.stringify({ access_token: 'opaque', token_type: 'Bearer', id_token: idToken });
  const answer = { kind: 'status', status: 200, contentType: 'application/json', body } as const;
  fixture.company.faults.set({ at: 'idp-token', times: 1, ...answer });
}

function usualClaims(): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  const sub = 'u-alice';
  return { iss: fixture.company.issuer, aud: 'lanyard', sub, iat: now, auth_time: now, exp: now + 600 };
}

test.each<[string, (claims: Record<string, unknown>) => Record<string, unknown>]>([
  ['no nonce', ({ nonce: _, ...claims }) => claims],
  ['the nonce of another sign-in', (claims) => ({ ...claims, nonce: 'of-another-sign-in' })],
  ['another issuer', (claims) => ({ ...claims, iss: 'https://idp.example' })],
  ['another audience', (claims) => ({ ...claims, aud: 'another-client' })],
  ['an expiry in the past', (claims) => ({ ...claims, exp: Math.floor(Date.now() / 1000) - 600 })],
])('an ID token with %s is not used', async (_what, change) => {
  const { asked, callback } = await undelivered();
  answerWithIdToken(change({ ...usualClaims(), nonce: asked.searchParams.get('nonce') }));
  await expectRefused(callback, 'sign-in-invalid');
});

test('the same answer with everything in place is used, so the tests above fail for their own reason', async () => {
  const { asked, callback } = await undelivered();
  answerWithIdToken({ ...usualClaims(), nonce: asked.searchParams.get('nonce') });
  expect((await raw(callback)).status).toBe(200);
  expect(fixture.agent.state().session).toMatchObject({ subject: 'u-alice' });
});

test('the code is redeemed with the verifier of the challenge that was sent', async () => {
  const { callback } = await undelivered();
  // The company's provider refuses a code without its verifier, so success is the proof.
  expect((await raw(callback)).status).toBe(200);
  const idToken = fixture.company.secrets().find((secret) => secret.split('.').length === 3);
  expect(decodeJwt(idToken ?? '')).toMatchObject({ sub: 'u-alice' });
});
