import { expect, test } from 'vitest';
import { problemFrom, sendJson } from '../fixtures.ts';
import { type Answer, mint, smallCompany } from './small-company.ts';

const REUSE = { quirks: { idJagReuse: 'while-valid' } };

const right: Answer = (response) => sendJson(response, 200, { access_token: 'a', token_type: 'Bearer' });
const onceThenRight =
  (first: Answer): Answer =>
  (response, number) =>
    (number === 1 ? first : right)(response, number);

test.each<[string, Answer]>([
  ['a connection that broke', (response) => response.destroy()],
  ['5xx', (response) => response.writeHead(502).end('<html>')],
  ['5xx with an OAuth error', (response) => sendJson(response, 500, { error: 'server_error' })],
])('after %s the same ID-JAG is sent again where it may be', async (_what, lost) => {
  const { server, context, counts, forms } = await smallCompany({
    redeem: onceThenRight(lost),
    authorizationServer: REUSE,
  });
  expect((await mint(server, context)).accessToken).toBe('a');
  expect(counts).toMatchObject({ exchange: 1, redeem: 2 });
  expect(new Set(forms('/as/token').map(({ assertion }) => assertion)).size).toBe(1);
  const standard = await smallCompany({ redeem: onceThenRight(lost) });
  expect((await problemFrom(mint(standard.server, standard.context))).recovery).toEqual({ kind: 'retry' });
  expect(standard.counts).toMatchObject({ exchange: 1, redeem: 1 });
});

test('it is sent again once and no more', async () => {
  const { server, context, counts } = await smallCompany({
    redeem: (response) => response.destroy(),
    authorizationServer: REUSE,
  });
  expect((await problemFrom(mint(server, context))).code).toBe('network-connection');
  expect(counts).toMatchObject({ exchange: 1, redeem: 2 });
});

test.each<[string, Answer]>([
  ['a refusal', (response) => sendJson(response, 400, { error: 'access_denied' })],
  ['an OAuth error that passes', (response) => sendJson(response, 400, { error: 'temporarily_unavailable' })],
  ['too many requests', (response) => response.writeHead(429).end()],
  ['a pause that was asked for', (response) => response.writeHead(503, { 'retry-after': '7' }).end()],
])('it is not sent again after %s', async (_what, redeem) => {
  const { server, context, counts } = await smallCompany({ redeem, authorizationServer: REUSE });
  await problemFrom(mint(server, context));
  expect(counts).toMatchObject({ exchange: 1, redeem: 1 });
});

test('it is not sent again past its life', async () => {
  const company = await smallCompany({
    redeem: (response) => {
      company.clock.advance(300_000);
      response.destroy();
    },
    authorizationServer: REUSE,
  });
  await problemFrom(mint(company.server, company.context));
  expect(company.counts).toMatchObject({ exchange: 1, redeem: 1 });
});

test('the audience of an issuer that is pinned without its last "/" is the issuer as it spells itself', async () => {
  const { site, server, context, forms } = await smallCompany({
    issuer: (origin) => `${origin}/as/`,
    authorizationServer: { profile: 'auth0' },
  });
  const pinned = { ...server, authorizationServer: { ...server.authorizationServer, issuer: `${site.origin}/as` } };
  expect((await mint(pinned, context)).authorizationServer).toBe(`${site.origin}/as/`);
  expect(forms('/idp/token')[0]?.audience).toBe(`${site.origin}/as/`);
  const standard = { ...pinned, authorizationServer: { ...pinned.authorizationServer, profile: 'standard' as const } };
  context.metadata.drop(server.name);
  expect((await problemFrom(mint(standard, context))).code).toBe('metadata-invalid');
});

test.each([
  [{}, 'notes:read'],
  [{ scope: undefined }, 'notes:read notes:write notes:share'],
])('a server that demands scopes at the redemption gets those that were granted: %j', async (change, scope) => {
  const { server, context, forms } = await smallCompany({
    authorizationServer: { quirks: { scopeOnRedemption: 'send', resourceOnRedemption: 'omit' } },
    exchange: (response) =>
      sendJson(response, 200, {
        issued_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
        access_token: 'id-jag',
        token_type: 'N_A',
        scope: 'notes:read',
        ...change,
      }),
  });
  await mint(server, context, { extraScopes: ['notes:share'] });
  expect(forms('/as/token')[0]).toMatchObject({ scope });
  expect(forms('/as/token')[0]).not.toHaveProperty('resource');
});

test('each party has its own quirks', async () => {
  const basic = (clientSecret: string) => ({ method: 'client_secret_basic', clientSecret });
  const { site, server, context } = await smallCompany({
    authorizationServer: { authentication: basic('a+b') },
    identityProvider: { authentication: basic('c+d'), quirks: { basicEncoding: 'plain' } },
  });
  await mint(server, context);
  const credentials = (path: string) =>
    Buffer.from(
      site.seen.find((request) => request.path === path)?.headers.authorization?.split(' ')[1] ?? '',
      'base64',
    ).toString();
  expect(credentials('/idp/token')).toBe('at-the-idp:c+d');
  expect(credentials('/as/token')).toMatch(/:a%2Bb$/);
});
