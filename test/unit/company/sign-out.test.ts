import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBrowser } from '../../company/browser/browser.ts';
import { findForm } from '../../company/browser/form.ts';
import { type Company, startCompany } from '../../company/company.ts';
import { clientByHand, member, REDIRECT_URI } from './by-hand/client.ts';

let company: Company;
beforeAll(async () => {
  company = await startCompany();
});
afterAll(async () => {
  await company.close();
  expect(company.troubles()).toEqual([]);
});

/** Signs alice in with a browser that is then used on. */
async function signedInBrowser() {
  const client = clientByHand(company);
  const { url, verifier } = client.authorizationRequest();
  const browser = createBrowser({ mayFollow: (target) => target.host === url.host });
  const page = await browser.get(url);
  const form = findForm(page.text);
  const { username, password } = company.person('alice');
  const last = await browser.post(new URL(form?.action ?? '', page.url), Object.entries({ username, password }));
  const code = last.url.searchParams.get('code') ?? '';
  const fields = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, code_verifier: verifier };
  return { browser, tokens: await client.atIdp(fields), client };
}

test('a browser that is signed in is not asked again', async () => {
  const { browser, client } = await signedInBrowser();
  const again = await browser.get(client.authorizationRequest().url);
  expect(again.url.searchParams.has('code')).toBe(true);
});

test('signing out leads back to the client, and the next sign-in asks for the password', async () => {
  const { browser, tokens, client } = await signedInBrowser();
  const url = new URL(`${company.issuer}/session/end`);
  url.search = new URLSearchParams({
    id_token_hint: member(tokens, 'id_token'),
    post_logout_redirect_uri: 'http://127.0.0.1:49152/signed-out',
    state: 's',
  }).toString();
  const page = await browser.get(url);
  expect(page.text).toContain('Sign out');
  const form = findForm(page.text);
  const fields = [...(form?.fields ?? []), ['logout', 'yes'] as const];
  const last = await browser.post(new URL(form?.action ?? '', page.url), fields);
  expect(last.url.href).toBe('http://127.0.0.1:49152/signed-out?state=s');
  const next = await browser.get(client.authorizationRequest().url);
  expect(next.text).toContain('type="password"');
});

test('a revoked session asks for the password again', async () => {
  const { browser, client } = await signedInBrowser();
  company.revokeSession('alice');
  const next = await browser.get(client.authorizationRequest().url);
  expect(next.text).toContain('type="password"');
});
