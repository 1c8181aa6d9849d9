import { afterEach, expect, test } from 'vitest';
import type { CompanyOptions, CompanyPolicy } from '../../company/company.ts';
import { signInByScript } from '../../company/sign-in.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { callTool, connectRelay, ERAS, relayUrl } from '../mcp.ts';
import { ask } from '../raw-http.ts';

let fixture: Fixture;
afterEach(() => fixture.close());

/** What policy says of proofs, at the identity provider and at the authorization server of notes. */
interface Uses {
  readonly idp?: string;
  readonly notes?: string;
}

const saying =
  ({ idp = 'auto', notes = 'auto' }: Uses) =>
  (policy: CompanyPolicy) => ({
    ...policy,
    identityProvider: { ...policy.identityProvider, dpop: idp },
    servers: policy.servers.map((server) =>
      server.name === 'notes'
        ? { ...server, authorizationServer: { ...server.authorizationServer, dpop: notes } }
        : server,
    ),
  });

async function start(company: CompanyOptions, uses: Uses = {}): Promise<string> {
  fixture = await startFixture({ company, change: saying(uses) });
  await fixture.signIn('alice');
  return fixture.localKey();
}

const callNotes = (localKey: string) => ask(relayUrl(fixture, 'notes'), localKey, 'list_notes');
const minted = () => fixture.company.counts.servers.notes?.tokenExchanges ?? 0;
const refused = () => fixture.company.counts.servers.notes?.unauthorized ?? 0;
const causeOf = (name: string) => {
  const { work } = fixture.server(name);
  return work.kind === 'blocked' ? work.cause.code : work.kind;
};

test.each(ERAS)('a server that takes bound tokens alone is used by a %s client, with its nonces', async (era) => {
  const localKey = await start({ dpop: { servers: { notes: 'required' } }, dpopNonce: ['notes'] });
  const client = await connectRelay(fixture, 'notes', era, { localKey });
  for (let calls = 0; calls < 3; calls += 1) expect(await callTool(client, 'list_notes')).toContain('Welcome');
  expect(minted()).toBe(1);
  await client.close();
});

test('others go on with tokens that are bound to nothing', async () => {
  const localKey = await start({ dpop: { servers: { notes: 'required' } } });
  expect((await ask(relayUrl(fixture, 'tickets'), localKey, 'list_tickets')).by).toBe('server');
});

test('a nonce that has changed costs the client nothing, and no mint', async () => {
  const localKey = await start({ dpop: { servers: { notes: 'required' } }, dpopNonce: ['notes'] });
  expect((await callNotes(localKey)).by).toBe('server');
  fixture.company.rotateDpopNonces();
  const before = refused();
  expect((await callNotes(localKey)).by).toBe('server');
  expect((await callNotes(localKey)).by).toBe('server');
  expect(refused()).toBe(before + 1);
  expect(minted()).toBe(1);
});

test('a bound token is kept with its key: after a restart it is used on', async () => {
  const localKey = await start({ dpop: { servers: { notes: 'required' } } });
  expect((await callNotes(localKey)).by).toBe('server');
  await fixture.restart();
  expect((await callNotes(localKey)).by).toBe('server');
  expect(minted()).toBe(1);
});

test('where policy requires it, ID-JAG and access token are bound to one key', async () => {
  const localKey = await start(
    { dpop: { idp: 'supported', servers: { notes: 'supported' } }, dpopNonce: ['idp', 'notes'] },
    { idp: 'required', notes: 'required' },
  );
  expect((await callNotes(localKey)).by).toBe('server');
  expect(fixture.server('notes').status).toBe('ready');
});

test('an identity provider that does not bind the sign-in, where policy requires it, signs nobody in', async () => {
  const company: CompanyOptions = { dpop: { idp: 'supported' }, dpopIgnored: ['idp'] };
  fixture = await startFixture({ company, change: saying({ idp: 'required' }) });
  const { url } = await fixture.agent.acts.signIn({ method: 'browser' });
  const { username, password } = fixture.company.person('alice');
  await signInByScript({ url, username, password });
  const { signIn, session } = await fixture.state((state) => state.signIn?.phase === 'failed');
  expect(signIn?.problem?.code).toBe('idp-not-bound');
  expect(session.status).toBe('signed-out');
});

test('one that stops binding ID-JAGs is a fault of the set-up', async () => {
  const localKey = await start({ dpop: { idp: 'required', servers: { notes: 'supported' } } }, { idp: 'required' });
  fixture.company.ignoreDpop('idp', true);
  fixture.company.revokeAccessTokens('notes');
  expect((await callNotes(localKey)).by).toBe('standby');
  expect(causeOf('notes')).toBe('token-exchange-not-bound');
});

test('an authorization server that does not bind is one too, but not where policy leaves it open', async () => {
  const company: CompanyOptions = { dpop: { servers: { notes: 'supported' } }, dpopIgnored: ['notes'] };
  const localKey = await start(company, { notes: 'required' });
  expect(causeOf('notes')).toBe('jwt-bearer-not-bound');
  await fixture.restart(saying({ notes: 'auto' }));
  expect((await callNotes(localKey)).by).toBe('server');
});
