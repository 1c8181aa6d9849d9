import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createBrowser } from '../../company/browser/browser.ts';
import { findForm } from '../../company/browser/form.ts';
import { type Company, startCompany } from '../../company/company.ts';
import { ACR_PASSWORD, ACR_SECOND_FACTOR } from '../../company/idp/assurance.ts';
import { REFRESH_TOKEN } from '../../company/protocol.ts';
import { SignInRefused, signInByScript } from '../../company/sign-in.ts';
import { clientByHand, member, REDIRECT_URI } from './by-hand/client.ts';

let company: Company;
let offsetMs = 0;
beforeAll(async () => {
  company = await startCompany({ clock: () => Date.now() + offsetMs });
});
afterEach(() => {
  offsetMs = 0;
  company.requireAcr('notes', undefined);
  company.requireFreshSignIn('notes', undefined);
});
afterAll(async () => {
  await company.close();
  expect(company.troubles()).toEqual([]);
});

const client = () => clientByHand(company);
const withCode = { acr_values: ACR_SECOND_FACTOR };

test('a password alone gives the lower acr, a code besides it the higher one, with their amr', async () => {
  const plain = decodeJwt(member(await client().signIn('alice'), 'id_token'));
  expect(plain).toMatchObject({ acr: ACR_PASSWORD, amr: ['pwd'] });
  const strong = decodeJwt(member(await client().signIn('alice', withCode), 'id_token'));
  expect(strong).toMatchObject({ acr: ACR_SECOND_FACTOR, amr: ['pwd', 'otp', 'mfa'] });
});

test.each([
  ['no code', {}],
  ['a wrong code', { otp: 'WRONG' }],
])('%s keeps somebody on the page that asks for one', async (_what, changes) => {
  const { url } = client().authorizationRequest(withCode);
  const { username, password } = company.person('alice');
  const attempt = signInByScript({ url, username, password, deliver: false, ...changes });
  await expect(attempt).rejects.toThrow(new SignInRefused('The one-time code is wrong.'));
});

test('acr_values that the IdP does not know are voluntary: the sign-in goes on without them', async () => {
  const tokens = await client().signIn('alice', { acr_values: 'urn:unknown' });
  expect(decodeJwt(member(tokens, 'id_token')).acr).toBe(ACR_PASSWORD);
  const preferred = await client().signIn('alice', { acr_values: `urn:unknown ${ACR_SECOND_FACTOR} ${ACR_PASSWORD}` });
  expect(decodeJwt(member(preferred, 'id_token')).acr).toBe(ACR_SECOND_FACTOR);
});

test('a server may demand an acr, and the ID-JAG carries what was reached', async () => {
  const weak = member(await client().signIn('alice'), 'id_token');
  company.requireAcr('notes', ['urn:stronger', ACR_SECOND_FACTOR]);
  const refused = await client().exchange('notes', weak);
  expect(refused).toMatchObject({
    status: 400,
    body: { error: 'insufficient_user_authentication', acr_values: `urn:stronger ${ACR_SECOND_FACTOR}` },
  });
  expect(refused.body).not.toHaveProperty('max_age');
  expect((await client().exchange('tickets', weak)).status).toBe(200);
  const strong = member(await client().signIn('alice', withCode), 'id_token');
  const idJag = await client().exchange('notes', strong);
  expect(decodeJwt(member(idJag, 'access_token'))).toMatchObject({
    acr: ACR_SECOND_FACTOR,
    amr: ['pwd', 'otp', 'mfa'],
    auth_time: decodeJwt(strong).auth_time,
  });
});

test('a demand for age and acr is told as a whole', async () => {
  company.requireAcr('notes', [ACR_SECOND_FACTOR]);
  company.requireFreshSignIn('notes', 60);
  const answer = await client().exchange('notes', member(await client().signIn('alice'), 'id_token'));
  expect(answer.body).toMatchObject({ acr_values: ACR_SECOND_FACTOR, max_age: 60 });
});

test('a refresh keeps acr, amr and the time of the sign-in, however far the clock has moved', async () => {
  const signedIn = await client().signIn('alice', withCode);
  const { acr, amr, auth_time } = decodeJwt(member(signedIn, 'id_token'));
  let refreshToken = member(signedIn, 'refresh_token');
  for (const ms of [1_234, 3_600_987, 86_400_111]) {
    offsetMs = ms;
    const refreshed = await client().refresh(refreshToken);
    expect(decodeJwt(member(refreshed, 'id_token'))).toMatchObject({ acr, amr, auth_time });
    refreshToken = member(refreshed, 'refresh_token');
  }
  const answer = await client().exchange('notes', refreshToken, { subject_token_type: REFRESH_TOKEN });
  expect(decodeJwt(member(answer, 'access_token'))).toMatchObject({ acr, amr, auth_time });
});

/** A browser that alice has signed in with, by password alone. */
async function signedInBrowser() {
  const browser = createBrowser({ mayFollow: (target) => target.host === new URL(company.issuer).host });
  const page = await browser.get(client().authorizationRequest().url);
  const { username, password } = company.person('alice');
  const done = await browser.post(
    new URL(findForm(page.text)?.action ?? '', page.url),
    Object.entries({ username, password }),
  );
  expect(done.url.searchParams.has('code')).toBe(true);
  return browser;
}

test('a browser that is signed in with less is asked for password and code, once', async () => {
  const browser = await signedInBrowser();
  const { url, verifier } = client().authorizationRequest(withCode);
  const page = await browser.get(url);
  const form = findForm(page.text);
  expect([...(form?.fields.keys() ?? [])]).toEqual(['username', 'password', 'otp']);
  const { username, password, otp } = company.person('alice');
  const done = await browser.post(new URL(form?.action ?? '', page.url), Object.entries({ username, password, otp }));
  const code = done.url.searchParams.get('code') ?? '';
  const fields = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, code_verifier: verifier };
  expect(decodeJwt(member(await client().atIdp(fields), 'id_token')).acr).toBe(ACR_SECOND_FACTOR);
  const again = await browser.get(client().authorizationRequest(withCode).url);
  expect(again.url.searchParams.has('code')).toBe(true);
});

test('without a page, a browser that is signed in with less gets login_required', async () => {
  const browser = await signedInBrowser();
  const silent = { ...withCode, prompt: 'none', scope: 'openid' };
  const answer = await browser.get(client().authorizationRequest(silent).url);
  expect(answer.url.searchParams.get('error')).toBe('login_required');
});

test('a browser that is signed in is asked again when the sign-in is older than max_age', async () => {
  const browser = await signedInBrowser();
  offsetMs = 120_000;
  const asked = await browser.get(client().authorizationRequest({ max_age: '60' }).url);
  expect(asked.text).toContain('type="password"');
  const notAsked = await browser.get(client().authorizationRequest({ max_age: '600' }).url);
  expect(notAsked.url.searchParams.has('code')).toBe(true);
});

test('metadata lists the acr that can be had', async () => {
  const metadata = await fetch(`${company.issuer}/.well-known/openid-configuration`);
  expect(await metadata.json()).toMatchObject({ acr_values_supported: [ACR_PASSWORD, ACR_SECOND_FACTOR] });
});
