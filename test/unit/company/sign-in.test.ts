import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Company, startCompany } from '../../company/company.ts';
import { SignInRefused, signInByScript } from '../../company/sign-in.ts';
import { clientByHand, REDIRECT_URI } from './by-hand/client.ts';

let company: Company;
beforeAll(async () => {
  company = await startCompany();
});
afterAll(async () => {
  await company.close();
  expect(company.troubles()).toEqual([]);
});

function script(username: string, extra: Record<string, string> = {}) {
  const { url } = clientByHand(company).authorizationRequest(extra);
  return { url, username, password: company.person(username).password, deliver: false };
}

test('the redirect carries code, state and the issuer that RFC 9207 asks for', async () => {
  const { callbackUrl } = await signInByScript(script('alice'));
  const answer = new URL(callbackUrl);
  expect(answer.origin + answer.pathname).toBe(REDIRECT_URI);
  expect(answer.searchParams.get('state')).toBe('the-state');
  expect(answer.searchParams.get('iss')).toBe(company.issuer);
  expect(answer.searchParams.get('code')).toMatch(/\S{20,}/);
});

test('the redirect is delivered to a listener on any loopback port, and its page comes back', async () => {
  const listener = createServer((request, response) => response.writeHead(200).end(`Seen ${request.method}`));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  const redirect_uri = `http://127.0.0.1:${port}/callback`;
  const outcome = await signInByScript({ ...script('alice', { redirect_uri }), deliver: true });
  expect(outcome).toMatchObject({ status: 200, text: 'Seen GET' });
  listener.close();
});

test('people may sign in with their address in any case', async () => {
  await expect(signInByScript({ ...script('bob'), username: 'Bob@Example.com' })).resolves.toBeDefined();
});

test.each([
  ['a wrong password', { password: 'wrong' }],
  ['a stranger', { username: 'mallory' }],
])('%s stays on the page and sees why', async (_what, changes) => {
  const before = company.counts.signIns;
  await expect(signInByScript({ ...script('alice'), ...changes })).rejects.toThrow(
    new SignInRefused('The username or the password is wrong.'),
  );
  expect(company.counts.signIns).toBe(before);
});

test('cancelling returns access_denied to the client', async () => {
  const { callbackUrl } = await signInByScript({ ...script('alice'), cancel: true });
  const answer = new URL(callbackUrl).searchParams;
  expect(answer.get('error')).toBe('access_denied');
  expect(answer.get('state')).toBe('the-state');
  expect(answer.get('iss')).toBe(company.issuer);
  expect(answer.has('code')).toBe(false);
});

test('the page names every field, says that it is a demo, and shows a hint as text', async () => {
  const { url } = clientByHand(company).authorizationRequest({ login_hint: '"><script>alert(1)</script>' });
  const first = await fetch(url, { redirect: 'manual' });
  const cookie = first.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const page = await fetch(new URL(first.headers.get('location') ?? '', company.issuer), { headers: { cookie } });
  const html = await page.text();
  expect(html).toContain('<label for="username">');
  expect(html).toContain('<label for="password">');
  expect(html).toContain('This is a demo company');
  expect(html).not.toContain('<script>');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
});

test('a sign-in page that is opened without its cookie explains itself', async () => {
  const page = await fetch(`${company.issuer}/sign-in/unknown`);
  expect(page.status).toBe(400);
  expect(await page.text()).toContain('Start again');
});

test('a redirect URI that is not registered is never followed', async () => {
  const { url } = clientByHand(company).authorizationRequest({ redirect_uri: 'http://127.0.0.1:1/elsewhere' });
  const page = await fetch(url, { redirect: 'manual', headers: { accept: 'text/html' } });
  expect(page.status).toBe(400);
  expect(await page.text()).toContain('invalid_redirect_uri');
});

test('a request without a PKCE challenge is refused', async () => {
  const { url } = clientByHand(company).authorizationRequest();
  url.searchParams.delete('code_challenge');
  url.searchParams.delete('code_challenge_method');
  const answer = await fetch(url, { redirect: 'manual' });
  const location = new URL(answer.headers.get('location') ?? '');
  expect(location.searchParams.get('error')).toBe('invalid_request');
});

test('a resource at sign-in is ignored', async () => {
  const tokens = await clientByHand(company).signIn('alice', { resource: clientByHand(company).urlOf('notes') });
  expect(tokens.status).toBe(200);
});

test('a code is worth nothing with another verifier', async () => {
  const client = clientByHand(company);
  const { callbackUrl } = await signInByScript(script('alice'));
  const answer = await client.atIdp({
    grant_type: 'authorization_code',
    code: new URL(callbackUrl).searchParams.get('code') ?? '',
    redirect_uri: REDIRECT_URI,
    code_verifier: 'x'.repeat(43),
  });
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

test('openid-client discovers the IdP and finishes a sign-in with all its own checks', async () => {
  const options = { execute: [oidc.allowInsecureRequests] };
  const config = await oidc.discovery(new URL(company.issuer), 'lanyard', undefined, oidc.None(), options);
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid offline_access',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
    max_age: '60',
  });
  const { callbackUrl } = await signInByScript({ ...script('alice'), url });
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, maxAge: 60, idTokenExpected: true };
  const tokens = await oidc.authorizationCodeGrant(config, new URL(callbackUrl), checks);
  expect(tokens.claims()?.sub).toBe(company.person('alice').subject);
  expect(tokens.refresh_token).toBeDefined();
  expect(config.serverMetadata()).toMatchObject({
    authorization_response_iss_parameter_supported: true,
    identity_chaining_requested_token_types_supported: ['urn:ietf:params:oauth:token-type:id-jag'],
    grant_types_supported: expect.arrayContaining(['urn:ietf:params:oauth:grant-type:token-exchange']),
    device_authorization_endpoint: expect.any(String),
    revocation_endpoint: expect.any(String),
    end_session_endpoint: expect.any(String),
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  });
});
