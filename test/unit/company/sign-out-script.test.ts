import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type CookieJar, createCookieJar } from '../../company/browser/cookie-jar.ts';
import { type Company, startCompany } from '../../company/company.ts';
import { signInByScript } from '../../company/sign-in.ts';
import { SignOutRefused, signOutByScript } from '../../company/sign-out.ts';
import { clientByHand, member, REDIRECT_URI } from './by-hand/client.ts';

let company: Company;
let jar: CookieJar;
let idToken: string;
let offsetMs = 0;
beforeAll(async () => {
  company = await startCompany({ clock: () => Date.now() + offsetMs });
});
beforeEach(async () => {
  offsetMs = 0;
  jar = createCookieJar();
  const client = clientByHand(company);
  const { url, verifier } = client.authorizationRequest();
  const { callbackUrl } = await signInByScript({ url, ...alice(), jar, deliver: false });
  const code = new URL(callbackUrl).searchParams.get('code') ?? '';
  const fields = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, code_verifier: verifier };
  idToken = member(await client.atIdp(fields), 'id_token');
});
afterAll(async () => {
  await company.close();
  expect(company.troubles()).toEqual([]);
});

const alice = () => ({ username: 'alice', password: company.person('alice').password });
const parameters = () => ({
  id_token_hint: idToken,
  post_logout_redirect_uri: 'http://127.0.0.1:49152/signed-out',
  state: 's',
});
const endSession = () => new URL(`${company.issuer}/session/end`);
const asGet = () => ({ url: new URL(`?${new URLSearchParams(parameters())}`, endSession()) });
const asPost = () => ({ url: endSession(), form: parameters() });

/** Whether the browser gets in without a password, which it does as long as it is signed in. */
async function isSignedIn(): Promise<boolean> {
  const { url } = clientByHand(company).authorizationRequest();
  const attempt = signInByScript({ url, username: 'alice', password: 'wrong', jar, deliver: false });
  return attempt.then(
    () => true,
    () => false,
  );
}

test.each([
  ['GET', asGet],
  ['POST', asPost],
])('a sign-out by %s ends the browser session, leads back, and is counted', async (_method, request) => {
  expect(await isSignedIn()).toBe(true);
  const { endedSessions } = company.counts;
  const { url } = await signOutByScript({ ...request(), jar, deliver: false });
  expect(url).toBe('http://127.0.0.1:49152/signed-out?state=s');
  expect(company.counts.endedSessions).toBe(endedSessions + 1);
  expect(await isSignedIn()).toBe(false);
});

test('an ID token that has expired is still a good hint', async () => {
  offsetMs = 7_200_000;
  await signOutByScript({ ...asGet(), jar, deliver: false });
  expect(await isSignedIn()).toBe(false);
});

test('a browser that was never signed in gets through as well', async () => {
  const { url } = await signOutByScript({ ...asGet(), deliver: false });
  expect(url).toBe('http://127.0.0.1:49152/signed-out?state=s');
  expect(await isSignedIn()).toBe(true);
});

test('a hint that the IdP did not sign ends nothing', async () => {
  const { endedSessions } = company.counts;
  const form = { ...parameters(), id_token_hint: `${idToken.slice(0, -8)}AAAAAAAA` };
  await expect(signOutByScript({ url: endSession(), form, jar, deliver: false })).rejects.toThrow(SignOutRefused);
  expect(company.counts.endedSessions).toBe(endedSessions);
  expect(await isSignedIn()).toBe(true);
});

test('without somewhere to go back to, the last page is the IdP’s own', async () => {
  const { text } = await signOutByScript({ url: endSession(), form: { id_token_hint: idToken }, jar });
  expect(text).toContain('Signed out');
});

test('revocations are counted, refused ones are not', async () => {
  const { revocations } = company.counts;
  const revoke = (clientId: string) =>
    fetch(`${company.issuer}/token/revocation`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: clientId, token: 'unknown' }),
    });
  expect((await revoke('lanyard')).status).toBe(200);
  expect((await revoke('nobody')).status).toBe(401);
  expect(company.counts.revocations).toBe(revocations + 1);
});

test('refused refreshes are counted apart from the others', async () => {
  const { refreshes, refusedRefreshes } = company.counts;
  await clientByHand(company).refresh('unknown');
  expect(company.counts).toMatchObject({ refreshes, refusedRefreshes: refusedRefreshes + 1 });
});
