import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signInByScript } from '../../company/sign-in.ts';
import { type Fixture, isSettled, startFixture } from '../fixture.ts';
import { canBeOther, requestAsOther } from '../other-user.ts';
import { raw } from '../raw-http.ts';
import { type ListeningClient, listsAreKnown, openClients } from './listening-client.ts';

let fixture: Fixture;
let one: ListeningClient;
let address: string;
const clients = openClients();
beforeEach(async () => {
  fixture = await startFixture();
  await fixture.signIn('alice');
  one = await clients.connect(fixture, { over: 'HTTP', to: 'notes', era: 'legacy' });
  await listsAreKnown(fixture);
  await fixture.agent.acts.signOut();
  const { text } = await one.call('echo', { text: 'hello' });
  address = /http:\/\/127\.0\.0\.1:\d+\/sign-in\/\S+/.exec(text)?.[0] ?? '';
});
afterEach(async () => {
  await clients.closeAll();
  await fixture.close();
});

const signIn = async () => {
  const { password } = fixture.company.person('alice');
  const { headers } = await raw(address);
  await signInByScript({ url: String(headers.location), username: 'alice', password });
  await fixture.state(({ signIn, servers }) => signIn?.phase === 'succeeded' && servers.every(isSettled));
};

test('a browser that opens the address is taken to the sign-in, after which the call works', async () => {
  const { status, headers } = await raw(address);
  expect(status).toBe(302);
  expect(new URL(String(headers.location)).origin).toBe(fixture.company.issuer);
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  const { password } = fixture.company.person('alice');
  await signInByScript({ url: String(headers.location), username: 'alice', password });
  await fixture.state(({ signIn: now, servers }) => now?.phase === 'succeeded' && servers.every(isSettled));
  expect(await one.call('echo', { text: 'hello' })).toEqual({ isError: false, text: 'hello' });
});

test('a second time it is a page that says so', async () => {
  await signIn();
  const { status, body } = await raw(address, { headers: { 'sec-fetch-mode': 'navigate' } });
  expect(status).toBe(400);
  expect(body.toString('utf8')).toContain('has had its use');
  expect(fixture.agent.state().session.status).toBe('signed-in');
});

test('an address of nobody, and another method than a browser’s, begin nothing', async () => {
  const before = fixture.agent.state().signIn;
  expect((await raw(new URL('/sign-in/', address))).status).toBe(400);
  expect((await raw(`${address}x`)).status).toBe(400);
  expect((await raw(address, { method: 'POST' })).status).toBe(404);
  expect((await raw(address, { method: 'HEAD' })).status).toBe(404);
  expect(fixture.agent.state().signIn).toEqual(before);
  // It is still good.
  expect((await raw(address)).status).toBe(302);
});

test.each([
  ['a web page', { origin: 'https://evil.example' }],
  ['another host name', { host: 'rebound.example' }],
])('%s is refused, and the address stays good', async (_what, headers) => {
  const refused = await raw(address, { headers });
  expect(refused.status).toBe(403);
  expect(refused.headers.location).toBeUndefined();
  expect((await raw(address)).status).toBe(302);
});

describe.runIf(canBeOther)('another user of this machine', () => {
  test('is refused, and the address stays good', async () => {
    const { port, pathname, host } = new URL(address);
    const refused = await requestAsOther({ port: Number(port), host: '127.0.0.1', path: pathname, headers: { host } });
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('other-user')]);
    expect((await raw(address)).status).toBe(302);
  });
});
