import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CompanyPolicy } from '../../company/company.ts';
import { createTestClock, type TestClock } from '../clock.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { ask } from '../raw-http.ts';

let clock: TestClock;
let fixture: Fixture;
let localKey: string;
beforeEach(async () => {
  clock = createTestClock();
  fixture = await startFixture({ clock: clock.now, company: { lifetimes: { accessTokenSeconds: 300 } } });
  localKey = await fixture.localKey();
  await fixture.signIn('alice');
});
afterEach(() => fixture.close());

const call = (server = 'notes') => ask(relayUrl(fixture, server), localKey);

/** Somebody else's web server, which writes down what it is sent. */
async function openStranger() {
  const seen: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    seen.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
    response.writeHead(404, { connection: 'close' }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, seen, close: () => new Promise((resolve) => server.close(resolve)) };
}

function expectNoSecret(seen: readonly { readonly headers: IncomingHttpHeaders; readonly body: string }[]): void {
  const text = JSON.stringify(seen);
  for (const secret of fixture.company.secrets()) expect(text).not.toContain(secret);
  expect(text).not.toMatch(/bearer/i);
}

const withNotes = (change: (server: CompanyPolicy['servers'][number]) => unknown) => (policy: CompanyPolicy) => ({
  ...policy,
  servers: policy.servers.map((server) => (server.name === 'notes' ? change(server) : server)),
});

test('tokens survive a restart: nothing is minted and nobody signs in again', async () => {
  const before = fixture.company.counts;
  await fixture.restart();
  expect(fixture.server('notes').status).toBe('ready');
  expect(fixture.agent.state().session).toMatchObject({ subject: 'u-alice' });
  expect((await call('notes')).by).toBe('server');
  expect((await call('tickets')).by).toBe('server');
  expect(fixture.company.counts).toMatchObject({
    redemptions: before.redemptions,
    tokenExchanges: before.tokenExchanges,
    signIns: 1,
  });
});

test('a token that expired while the laptop was off is minted anew from the kept session', async () => {
  clock.pass(301);
  await fixture.restart();
  expect((await call()).by).toBe('server');
  expect(fixture.company.counts).toMatchObject({ signIns: 1, servers: { notes: { redemptions: 2 } } });
});

test('a server that policy moved elsewhere is not sent the token of its old address', async () => {
  const stranger = await openStranger();
  await fixture.restart(withNotes((server) => ({ ...server, url: `${stranger.url}/mcp` })));
  expect(fixture.server('notes').token.kind).toBe('none');
  expect((await call()).by).toBe('standby');
  expect(stranger.seen.length).toBeGreaterThan(0);
  expectNoSecret(stranger.seen);
  expect(fixture.server('notes').status).toBe('misconfigured');
  expect((await call('tickets')).by).toBe('server');
  await stranger.close();
});

test('a token of another authorization server than the one policy demands is not used', async () => {
  const stranger = await openStranger();
  await fixture.restart(
    withNotes((server) => ({
      ...server,
      authorizationServer: { ...server.authorizationServer, issuer: stranger.url },
    })),
  );
  const { by, sentence } = await call();
  expect(by).toBe('standby');
  expect(sentence).toContain('not set up');
  expect(fixture.server('notes').work).toMatchObject({
    reason: 'misconfigured',
    cause: { administrator: expect.stringContaining(`not ${stranger.url} as the policy demands`) },
  });
  expectNoSecret(stranger.seen);
  await stranger.close();
});

test('a server that policy no longer has is unknown at once', async () => {
  await fixture.restart((policy) => ({ ...policy, servers: policy.servers.filter(({ name }) => name !== 'notes') }));
  const { status, text } = await call();
  expect(status).toBe(404);
  expect(text).toContain('Approved servers: tickets, payroll');
});

test('a session with another identity provider than the one policy names is not used there', async () => {
  const stranger = await openStranger();
  clock.pass(4000);
  await fixture.restart((policy) => ({
    ...policy,
    identityProvider: { ...policy.identityProvider, issuer: stranger.url },
  }));
  expect(fixture.agent.state().session).toEqual({ status: 'signed-out' });
  expect(await call()).toMatchObject({
    by: 'standby',
    sentence: expect.stringContaining('You are not signed in'),
  });
  await fixture.agent.acts.signOut();
  expectNoSecret(stranger.seen);
  await stranger.close();
});
