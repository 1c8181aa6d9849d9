import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Browser, createBrowser, type Loaded } from '../../company/browser/browser.ts';
import { findForm } from '../../company/browser/form.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { canBeOther, requestAsOther } from '../other-user.ts';

let fixture: Fixture;
let browser: Browser;
beforeEach(async () => {
  fixture = await startFixture();
  browser = createBrowser();
});
afterEach(() => fixture.close());

/** Sends the page's form, with some of its fields filled in. */
async function send(page: Loaded, filled: Readonly<Record<string, string>> = {}): Promise<Loaded> {
  const form = findForm(page.text);
  if (!form) throw new Error(`No form at ${page.url.pathname}`);
  return browser.post(new URL(form.action, page.url), new Map([...form.fields, ...Object.entries(filled)]));
}

async function beginSignIn(): Promise<Loaded> {
  return browser.get(new URL((await fixture.agent.acts.signIn({ method: 'browser' })).url));
}

async function signIn(): Promise<void> {
  const { username, password } = fixture.company.person('alice');
  let page = await send(await beginSignIn(), { username, password });
  while (findForm(page.text)) page = await send(page);
  await fixture.state(({ session }) => session.status === 'signed-in');
}

test('a browser that stayed signed in at the provider is signed out there too', async () => {
  await signIn();
  const { endSessionUrl = '', state } = await fixture.agent.acts.signOut();
  expect(state.session.status).toBe('signed-out');
  expect(fixture.company.counts.revocations).toBe(1);
  const confirm = await send(await browser.get(new URL(endSessionUrl)));
  expect(confirm.url.origin).toBe(fixture.company.issuer);
  await send(confirm, { logout: 'yes' });
  expect(fixture.company.counts.endedSessions).toBe(1);
  // It is asked for the password again.
  expect(findForm((await beginSignIn()).text)?.fields.has('password')).toBe(true);
});

test('without that page the browser stays signed in, which is why the page is offered', async () => {
  await signIn();
  await fixture.agent.acts.signOut();
  expect(findForm((await beginSignIn()).text)?.fields.has('password') ?? false).toBe(false);
});

test('the page’s address works once and holds no ID token, and neither does a log', async () => {
  await signIn();
  const { endSessionUrl = '' } = await fixture.agent.acts.signOut();
  const page = await browser.get(new URL(endSessionUrl));
  const idToken = findForm(page.text)?.fields.get('id_token_hint') ?? '';
  expect(idToken.split('.')).toHaveLength(3);
  expect(endSessionUrl).not.toContain(idToken);
  const again = await browser.get(new URL(endSessionUrl));
  expect(again.status).toBe(400);
  expect(again.text).not.toContain(idToken);
  expect(JSON.stringify(fixture.logged)).not.toContain(idToken);
});

test('a provider without a page for it gives none', async () => {
  const answer = await fetch(`${fixture.company.issuer}/.well-known/openid-configuration`);
  const { end_session_endpoint: _, ...rest } = (await answer.json()) as Record<string, unknown>;
  const body = JSON.stringify(rest);
  fixture.company.faults.set({
    at: 'idp-metadata',
    kind: 'status',
    status: 200,
    contentType: 'application/json',
    body,
  });
  await signIn();
  expect(await fixture.agent.acts.signOut()).not.toHaveProperty('endSessionUrl');
});

describe.runIf(canBeOther)('a program of another user that read an address in arguments', () => {
  const visit = (address: string, method = 'GET') => {
    const { port, pathname, search, host } = new URL(address);
    return requestAsOther({
      host: '127.0.0.1',
      port: Number(port),
      path: `${pathname}${search}`,
      method,
      headers: { host },
    });
  };

  test('does not get the page with the ID token, nor does it keep the person from it', async () => {
    await signIn();
    const { endSessionUrl = '' } = await fixture.agent.acts.signOut();
    for (const method of ['GET', 'POST']) {
      const { status, text } = await visit(endSessionUrl, method);
      expect([status, text]).toEqual([404, expect.not.stringContaining('id_token_hint')]);
    }
    const page = await browser.get(new URL(endSessionUrl));
    expect(findForm(page.text)?.fields.get('id_token_hint')?.split('.')).toHaveLength(3);
  });

  test('does not end a sign-in', async () => {
    const { url } = await fixture.agent.acts.signIn({ method: 'browser' });
    const redirectUri = new URL(url).searchParams.get('redirect_uri') ?? '';
    const state = new URL(url).searchParams.get('state');
    expect((await visit(`${redirectUri}?error=access_denied&state=${state}`)).status).toBe(404);
    expect(fixture.agent.state().signIn?.phase).toBe('waiting');
  });
});
