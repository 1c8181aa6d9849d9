import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestClock, type TestClock } from '../clock.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { ask, mcpHeaders, post, raw } from '../raw-http.ts';

const ACCESS_TOKEN_SECONDS = 300;
const CALLERS = 25;

let clock: TestClock;
let fixture: Fixture;
let localKey: string;
beforeEach(async () => {
  clock = createTestClock();
  fixture = await startFixture({
    clock: clock.now,
    company: { lifetimes: { accessTokenSeconds: ACCESS_TOKEN_SECONDS } },
  });
  localKey = await fixture.localKey();
  await fixture.signIn('alice');
});
afterEach(() => fixture.close());

const call = (server = 'notes') => ask(relayUrl(fixture, server), localKey);
const calls = (count: number) => Promise.all(Array.from({ length: count }, () => call()));
const minted = (server = 'notes') => fixture.company.counts.servers[server]?.redemptions ?? 0;

test('many first calls at once share one mint', async () => {
  clock.pass(ACCESS_TOKEN_SECONDS + 1);
  expect(fixture.server('notes').token.kind).toBe('none');
  const answers = await calls(CALLERS);
  expect(new Set(answers.map(({ by }) => by))).toEqual(new Set(['server']));
  expect(minted()).toBe(2);
  expect(fixture.server('notes').mints).toMatchObject({ thisMonth: 2, perMonth: 250 });
});

test('a grant that nobody uses is not renewed', async () => {
  clock.pass(ACCESS_TOKEN_SECONDS + 1);
  await call('notes');
  expect(minted('tickets')).toBe(1);
});

test('an access token is renewed before the server would refuse it', async () => {
  clock.pass(ACCESS_TOKEN_SECONDS - 20);
  expect((await call()).by).toBe('server');
  expect(minted()).toBe(2);
  expect(fixture.company.counts.servers.notes?.unauthorized).toBe(0);
});

test('after a revocation there is one new mint and one replay, and the client sees 200', async () => {
  fixture.company.revokeAccessTokens('notes');
  const before = fixture.company.counts.servers.notes?.requests ?? 0;
  expect((await call()).by).toBe('server');
  expect(minted()).toBe(2);
  expect(fixture.company.counts.servers.notes).toMatchObject({ unauthorized: 1, requests: before + 2 });
});

test('many calls at once after a revocation share the one new mint', async () => {
  fixture.company.revokeAccessTokens('notes');
  const answers = await calls(CALLERS);
  expect(new Set(answers.map(({ by }) => by))).toEqual(new Set(['server']));
  expect(minted()).toBe(2);
});

test('a body too large to be held is not replayed: the client is told to try again, and then it works', async () => {
  fixture.company.revokeAccessTokens('notes');
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', params: { padding: 'x'.repeat(2_000_000) } });
  const first = await raw(relayUrl(fixture, 'notes'), { method: 'POST', headers: mcpHeaders(localKey), body });
  expect(first.status).toBe(503);
  expect(first.headers['retry-after']).toBeDefined();
  expect((await call()).by).toBe('server');
});

test('a server that refuses every token costs few mints, and the client never sees its 401', async () => {
  const refusal = { at: 'server', server: 'notes', kind: 'status', status: 401 } as const;
  const end = fixture.company.faults.set(refusal);
  const first = await call();
  expect(first.by).toBe('standby');
  expect(first.sentence).toContain('Notes does not accept your access');
  expect(first.headers['www-authenticate']).toBeUndefined();
  expect(minted()).toBe(2);
  const answers = await calls(CALLERS);
  expect(new Set(answers.map(({ by }) => by))).toEqual(new Set(['standby']));
  expect(minted()).toBe(2);
  const begun = await Promise.all(answers.map(() => post(relayUrl(fixture, 'notes'), localKey)));
  for (const { headers } of begun) expect(headers['mcp-session-id']).toMatch(/^lanyard-/);
  expect(minted()).toBe(2);
  expect(fixture.server('notes')).toMatchObject({
    status: 'misconfigured',
    work: { cause: { code: 'server-refuses-token' } },
  });
  expect(fixture.server('tickets').status).toBe('ready');

  for (let pause = 0; pause < 5; pause += 1) {
    clock.pass(121);
    expect((await call()).by).toBe('standby');
  }
  // Ten minutes of calls, and one more token to see whether it is mended.
  expect(minted()).toBe(3);

  end();
  // The second look came as a disappointment, so the third comes later.
  clock.pass(601);
  expect((await call()).by).toBe('server');
  expect(fixture.server('notes').status).toBe('ready');
});

test('an access token without an expiry is used for a while and then replaced', async () => {
  const other = await startFixture({ clock: clock.now, company: { omitExpiresIn: ['notes'] } });
  await other.signIn('alice');
  const key = await other.localKey();
  expect((await ask(relayUrl(other, 'notes'), key)).by).toBe('server');
  expect(other.company.counts.servers.notes?.redemptions).toBe(1);
  clock.pass(3601);
  expect((await ask(relayUrl(other, 'notes'), key)).by).toBe('server');
  expect(other.company.counts.servers.notes?.redemptions).toBe(2);
  await other.close();
});
