import { afterEach, beforeEach, expect, test } from 'vitest';
import { signInByScript } from '../../company/sign-in.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { raw } from '../raw-http.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

/** Signs in on the company's page and keeps the way back for the test to walk. */
async function undelivered(username = 'alice'): Promise<URL> {
  const { url } = await fixture.agent.acts.signIn({ method: 'browser' });
  const { password } = fixture.company.person(username);
  return new URL((await signInByScript({ url, username, password, deliver: false })).callbackUrl);
}

const open = async (url: URL | string, headers: Record<string, string> = {}) => {
  const { status, body } = await raw(url, { headers });
  return { status, text: body.toString('utf8') };
};

const phase = () => fixture.agent.state().signIn?.phase;

function changed(callback: URL, change: (parameters: URLSearchParams) => void): URL {
  const url = new URL(callback);
  change(url.searchParams);
  return url;
}

test.each<[string, (parameters: URLSearchParams) => void]>([
  ['a wrong state', (parameters) => parameters.set('state', 'guessed')],
  ['no state', (parameters) => parameters.delete('state')],
  ['an empty state', (parameters) => parameters.set('state', '')],
  ['the right state and another one', (parameters) => parameters.append('state', 'guessed')],
  [
    'a wrong state and an error',
    (parameters) => {
      parameters.set('state', 'guessed');
      parameters.set('error', 'access_denied');
    },
  ],
])('a forged callback with %s gets a clear page, and the real one still works', async (_what, change) => {
  const callback = await undelivered();
  const forged = await open(changed(callback, change));
  expect(forged.status).toBe(400);
  expect(forged.text).toContain('Not a sign-in of ours');
  expect(phase()).toBe('waiting');
  const real = await open(callback);
  expect(real.status).toBe(200);
  expect(real.text).toContain('You are signed in');
  expect(fixture.agent.state().session).toMatchObject({ subject: 'u-alice' });
});

test('other paths, methods and host names reach nothing', async () => {
  const callback = await undelivered();
  expect((await open(new URL('/favicon.ico', callback))).status).toBe(404);
  expect((await open(callback, { host: `rebound.example:${callback.port}` })).status).toBe(404);
  expect((await raw(callback, { method: 'POST', body: '' })).status).toBe(404);
  expect(phase()).toBe('waiting');
  expect((await open(callback)).status).toBe(200);
});

test('pressing reload says that the sign-in is over and changes nothing', async () => {
  const callback = await undelivered();
  await open(callback);
  const { session } = fixture.agent.state();
  const again = await open(callback);
  expect(again.status).toBe(400);
  expect(again.text).toContain('This sign-in is over');
  expect(fixture.agent.state().session).toEqual(session);
  expect(phase()).toBe('succeeded');
});

test('of two callbacks at once exactly one counts', async () => {
  const callback = await undelivered();
  const pages = await Promise.all([open(callback), open(callback)]);
  expect(pages.map(({ status }) => status).sort()).toEqual([200, 400]);
  expect(pages.find(({ status }) => status === 400)?.text).toContain('This sign-in is over');
  expect(fixture.agent.state().session).toMatchObject({ subject: 'u-alice' });
});

test('a page that shows an address with a code lets nobody keep, frame or read it', async () => {
  const { headers } = await raw(await undelivered());
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
  });
});

test('cancelling on the page leaves everything as it was', async () => {
  await fixture.signIn('alice');
  const { session } = fixture.agent.state();
  const { url } = await fixture.agent.acts.signIn({ method: 'browser' });
  const { username, password } = fixture.company.person('bob');
  const page = await signInByScript({ url, username, password, cancel: true });
  expect(page.text).toContain('Sign-in cancelled');
  const { signIn } = await fixture.state((state) => state.signIn?.phase !== 'waiting');
  expect(signIn).toMatchObject({ phase: 'cancelled', problem: { code: 'sign-in-cancelled' } });
  expect(fixture.agent.state().session).toEqual(session);
  expect(fixture.server('notes').status).toBe('ready');
});

test('a callback that comes after we cancelled is told so and changes nothing', async () => {
  const callback = await undelivered();
  fixture.agent.acts.cancelSignIn();
  await fixture.state((state) => state.signIn?.phase === 'cancelled');
  const late = await open(callback);
  expect(late.status).toBe(400);
  expect(late.text).toContain('This sign-in is over');
  expect(fixture.agent.state().session).toEqual({ status: 'signed-out' });
  expect(fixture.company.counts).toMatchObject({ tokenExchanges: 0 });
});
