import { decodeJwt } from 'jose';
import { afterEach, expect, test } from 'vitest';
import { type AsQuirks, type Company, type CompanyOptions, startCompany } from '../../company/company.ts';
import { JWT_BEARER } from '../../company/protocol.ts';
import { type Answer, authenticate, clientByHand, member, postForm } from './by-hand/client.ts';
import { postToolCall } from './by-hand/raw-mcp.ts';

let company: Company;
async function start(options: CompanyOptions): Promise<void> {
  company = await startCompany(options);
}
const startWith = (quirks: Partial<AsQuirks>) => start({ quirks: { notes: quirks } });
afterEach(async () => {
  await company.close();
  expect(company.troubles()).toEqual([]);
});

const client = () => clientByHand(company);
const seconds = () => Math.floor(Date.now() / 1000);
const notes = () => {
  const [server] = company.policy().servers;
  if (!server) throw new Error('The policy has no server');
  return server;
};

async function idJagFor(server: string): Promise<string> {
  const idToken = member(await client().signIn('alice'), 'id_token');
  return member(await client().exchange(server, idToken), 'access_token');
}

async function redeemNotes(changes: Record<string, string> = {}): Promise<Answer> {
  return client().redeem('notes', await idJagFor('notes'), changes);
}

test('an authorization server may let an ID-JAG be redeemed again until it expires', async () => {
  await startWith({ replay: 'allow' });
  const idJag = await idJagFor('notes');
  const tokens = [await client().redeem('notes', idJag), await client().redeem('notes', idJag)];
  expect(tokens.map(({ status }) => status)).toEqual([200, 200]);
  expect(member(tokens[0] as Answer, 'access_token')).not.toBe(member(tokens[1] as Answer, 'access_token'));
});

test('an issuer may end with a slash: metadata, policy, audience and token all say so, and nothing else is taken', async () => {
  await startWith({ issuerTrailingSlash: true });
  const { issuer } = notes().authorizationServer;
  expect(issuer).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  expect(company.servers[0]?.issuer).toBe(issuer);
  const metadata = await (await fetch(`${issuer}.well-known/oauth-authorization-server`)).json();
  expect(metadata).toMatchObject({ issuer, token_endpoint: `${issuer}token`, jwks_uri: `${issuer}jwks` });
  const url = notes().url.replace('/mcp', '/.well-known/oauth-protected-resource/mcp');
  expect(await (await fetch(url)).json()).toMatchObject({ authorization_servers: [issuer] });

  const idToken = member(await client().signIn('alice'), 'id_token');
  const bare = await client().exchange('notes', idToken, { audience: issuer.slice(0, -1) });
  expect(bare.body.error).toBe('invalid_target');
  const redeemed = await redeemNotes();
  const token = member(redeemed, 'access_token');
  expect(decodeJwt(token).iss).toBe(issuer);
  expect((await postToolCall(notes().url, { authorization: `Bearer ${token}` }, 'whoami')).status).toBe(200);
});

test.each([
  [false, (issuer: string) => `${issuer}/`],
  [true, (issuer: string) => issuer.slice(0, -1)],
])('metadata may name an issuer with another slash (issuerTrailingSlash %s)', async (issuerTrailingSlash, other) => {
  await startWith({ metadataIssuer: 'other-slash', issuerTrailingSlash });
  const { issuer } = notes().authorizationServer;
  const metadata = await fetch(new URL('/.well-known/oauth-authorization-server', issuer));
  expect(await metadata.json()).toMatchObject({ issuer: other(issuer) });
});

test('a scope at the redemption may be refused', async () => {
  await startWith({ scope: 'refuse' });
  const refused = await redeemNotes({ scope: 'notes:read' });
  expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  expect((await redeemNotes()).status).toBe(200);
});

test('a resource at the redemption may be required', async () => {
  await startWith({ resource: 'required' });
  expect(await redeemNotes()).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
  expect((await redeemNotes({ resource: notes().url })).status).toBe(200);
});

test('a resource at the redemption may be refused', async () => {
  await startWith({ resource: 'refuse' });
  const refused = await redeemNotes({ resource: notes().url });
  expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  expect((await redeemNotes()).status).toBe(200);
});

test('a refused parameter does not spend the ID-JAG', async () => {
  await startWith({ scope: 'refuse', resource: 'refuse' });
  const idJag = await idJagFor('notes');
  expect((await client().redeem('notes', idJag, { scope: 'notes:read' })).status).toBe(400);
  expect((await client().redeem('notes', idJag, { resource: notes().url })).status).toBe(400);
  expect((await client().redeem('notes', idJag)).status).toBe(200);
});

test.each([
  ['issuer', true, false],
  ['token-endpoint', false, true],
  ['either', true, true],
] as const)('client assertions may have to name %s', async (assertionAudience, takesIssuer, takesEndpoint) => {
  const quirks = { notes: { assertionAudience } };
  await start({ quirks, authentication: { notes: 'private_key_jwt' }, idpQuirks: { assertionAudience } });
  const idp = company.policy({ authentication: 'private_key_jwt' }).identityProvider;
  const accepts = async (party: typeof idp, audience: string, grantType: string) => {
    const proof = await authenticate(party.clientId, party.authentication, audience, seconds());
    const fields = { grant_type: grantType, assertion: 'x', refresh_token: 'x', ...proof.fields };
    const answer = await postForm(new URL('/token', party.issuer).href, fields);
    return answer.body.error === 'invalid_grant';
  };
  const server = { ...idp, ...notes().authorizationServer };
  expect(await accepts(server, server.issuer, JWT_BEARER)).toBe(takesIssuer);
  expect(await accepts(server, `${server.issuer}/token`, JWT_BEARER)).toBe(takesEndpoint);
  expect(await accepts(idp, idp.issuer, 'refresh_token')).toBe(takesIssuer);
  expect(await accepts(idp, `${idp.issuer}/token`, 'refresh_token')).toBe(takesEndpoint);
});

test.each(['form', 'plain'] as const)('credentials in Basic are taken as %s', async (basic) => {
  await start({ quirks: { notes: { basic } }, idpQuirks: { basic } });
  const idp = company.policy({ authentication: 'client_secret_basic' }).identityProvider;
  for (const { issuer, clientId, authentication } of [idp, notes().authorizationServer]) {
    if (authentication.method !== 'client_secret_basic') throw new Error('Both take client_secret_basic');
    const fields = {
      grant_type: issuer === idp.issuer ? 'refresh_token' : JWT_BEARER,
      assertion: 'x',
      refresh_token: 'x',
    };
    const plain = Buffer.from(`${clientId}:${authentication.clientSecret}`).toString('base64');
    const asPlain = await postForm(`${issuer}/token`, fields, { authorization: `Basic ${plain}` });
    const asForm = await postForm(
      `${issuer}/token`,
      fields,
      (await authenticate(clientId, authentication, issuer, seconds())).headers,
    );
    const [good, bad] = basic === 'plain' ? [asPlain, asForm] : [asForm, asPlain];
    expect(good.body.error).toBe('invalid_grant');
    expect(bad.body.error).toMatch(/^invalid_(client|request)$/);
  }
});

test('all OAuth errors may come with 200', async () => {
  await startWith({ errors: '200' });
  const { issuer } = notes().authorizationServer;
  const unknownClient = await postForm(`${issuer}/token`, { grant_type: JWT_BEARER, assertion: 'x', client_id: 'x' });
  expect(unknownClient).toMatchObject({ status: 200, body: { error: 'invalid_client' } });
  expect(await client().redeem('notes', 'nonsense')).toMatchObject({ status: 200, body: { error: 'invalid_grant' } });
  expect((await redeemNotes()).body).toHaveProperty('access_token');
});

test('the quirks of one server are not those of another', async () => {
  await startWith({ scope: 'refuse', errors: '200', issuerTrailingSlash: true });
  const answer = await client().redeem('tickets', await idJagFor('tickets'), { scope: 'tickets:read' });
  expect(answer).toMatchObject({ status: 200, body: { scope: 'tickets:read' } });
});
