import { Agent } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { chooseIssuer, discoverServer } from '../../../main/discovery/discover.ts';
import { createFetch } from '../../../main/egress/fetch.ts';
import { problemFrom, type SeenRequest, sendJson, serve, type TestServer } from '../fixtures.ts';

const RESOURCE = '/.well-known/oauth-protected-resource';
const OAUTH = '/.well-known/oauth-authorization-server';
const OIDC = '/.well-known/openid-configuration';

/** Answers by path: a document, a status, or a whole answer. Addresses come from the request, so they fit the port. */
type Site = Readonly<Record<string, (origin: string) => unknown>>;

function siteWith(site: Site, challenge?: (origin: string) => string): Promise<TestServer> {
  return serve(({ path, headers }: SeenRequest, response) => {
    const origin = `http://${headers.host}`;
    const answer = site[path]?.(origin);
    if (typeof answer === 'number') return response.writeHead(answer).end('<html>');
    if (answer !== undefined) return sendJson(response, 200, answer);
    return sendJson(
      response,
      path === '/mcp' ? 401 : 404,
      {},
      challenge ? { 'www-authenticate': challenge(origin) } : {},
    );
  });
}

const resourceOf = (origin: string) => ({ resource: `${origin}/mcp`, authorization_servers: [`${origin}/as`] });
const metadataOf = (origin: string) => ({ issuer: `${origin}/as`, token_endpoint: `${origin}/token` });

function discover({ origin }: TestServer, pinned?: string, ignoresSlash: (issuer: string) => boolean = () => false) {
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const context = { fetch: createFetch(agent), clock: () => 0, ignoresSlash };
  return discoverServer(new URL(`${origin}/mcp`), pinned, context);
}

const pathsOf = ({ seen }: TestServer) => seen.map(({ method, path }) => `${method} ${path}`);

test('the first well-known places suffice, and the server itself is not asked', async () => {
  const site = await siteWith({ [`${RESOURCE}/mcp`]: resourceOf, [`${OAUTH}/as`]: metadataOf });
  const { origin } = site;
  expect(await discover(site)).toEqual({ resource: `${origin}/mcp`, authorizationServer: metadataOf(origin) });
  expect(pathsOf(site)).toEqual([`GET ${RESOURCE}/mcp`, `GET ${OAUTH}/as`]);
  for (const { headers } of site.seen) {
    expect(headers.accept).toBe('application/json');
    expect(headers.authorization).toBeUndefined();
  }
});

test('the places are tried in their order', async () => {
  const site = await siteWith({ [RESOURCE]: resourceOf, [`/as${OIDC}`]: metadataOf });
  await discover(site);
  expect(pathsOf(site)).toEqual([
    `GET ${RESOURCE}/mcp`,
    `GET ${RESOURCE}`,
    `GET ${OAUTH}/as`,
    `GET ${OIDC}/as`,
    `GET /as${OIDC}`,
  ]);
});

test("the server's challenge names the place when the well-known ones are empty", async () => {
  const site = await siteWith(
    { '/elsewhere': resourceOf, [`${OAUTH}/as`]: metadataOf },
    (origin) => `Bearer error="invalid_token", resource_metadata="${origin}/elsewhere"`,
  );
  expect((await discover(site)).resource).toBe(`${site.origin}/mcp`);
  expect(pathsOf(site)).toContain('GET /mcp');
});

test('a challenge that names another origin is not followed', async () => {
  const elsewhere = await siteWith({ '/meta': resourceOf });
  const site = await siteWith({}, () => `Bearer resource_metadata="${elsewhere.origin}/meta"`);
  expect(await problemFrom(discover(site))).toMatchObject({ code: 'metadata-invalid' });
  expect(elsewhere.seen).toEqual([]);
});

test.each([
  ['no metadata of its own', {}, 'it has no protected resource metadata (RFC 9728)'],
  [
    'no metadata of its authorization server',
    { [RESOURCE]: resourceOf },
    'it has no authorization server metadata (RFC 8414)',
  ],
] as const)('a server with %s is misconfigured and says so', async (_what, site: Site, detail) => {
  const error = await problemFrom(discover(await siteWith(site)));
  expect(error).toMatchObject({ code: 'metadata-invalid', recovery: { kind: 'blocked', reason: 'misconfigured' } });
  expect(error.administrator).toContain(detail);
});

test.each([500, 502, 503, 429])('HTTP %i in place of metadata may pass', async (status) => {
  const site = await siteWith({ [`${RESOURCE}/mcp`]: () => status });
  expect((await problemFrom(discover(site))).recovery).toEqual({ kind: 'retry' });
});

test('metadata that speaks for another server stops everything, also when a later place would do', async () => {
  const site = await siteWith({
    [`${RESOURCE}/mcp`]: (origin) => ({ ...resourceOf(origin), resource: 'https://evil.example/mcp' }),
    [RESOURCE]: resourceOf,
    [`${OAUTH}/as`]: metadataOf,
  });
  expect(await problemFrom(discover(site))).toMatchObject({ code: 'metadata-invalid' });
});

test('an authorization server that calls itself otherwise is not used', async () => {
  const site = await siteWith({
    [RESOURCE]: resourceOf,
    [`${OAUTH}/as`]: (origin) => ({ ...metadataOf(origin), issuer: `${origin}/as/` }),
    [`/as${OIDC}`]: metadataOf,
  });
  expect(await problemFrom(discover(site))).toMatchObject({ code: 'metadata-invalid' });
});

test('the pinned issuer is used where the server offers it, else nothing is', async () => {
  const both = (origin: string) => ({
    resource: `${origin}/mcp`,
    authorization_servers: [`${origin}/other`, `${origin}/as`],
  });
  const site = await siteWith({ [RESOURCE]: both, [`${OAUTH}/as`]: metadataOf });
  expect((await discover(site, `${site.origin}/as`)).authorizationServer.issuer).toBe(`${site.origin}/as`);
  const error = await problemFrom(discover(site, `${site.origin}/as/`));
  expect(error).toMatchObject({ code: 'metadata-invalid', recovery: { kind: 'blocked', reason: 'misconfigured' } });
  expect(error.administrator).toContain(`not ${site.origin}/as/ as the policy demands`);
  expect(pathsOf(site).filter((path) => path.includes('/as'))).toEqual([`GET ${OAUTH}/as`]);
});

const slashed = (origin: string) => ({ ...metadataOf(origin), issuer: `${origin}/as/` });

test('with the quirk a last "/" more or less is no other issuer, and what counts is how the metadata spells it', async () => {
  const site = await siteWith({ [RESOURCE]: resourceOf, [`${OAUTH}/as`]: slashed });
  const { origin } = site;
  const asked: string[] = [];
  const ignoresSlash = (issuer: string) => asked.push(issuer) > 0;
  for (const pinned of [undefined, `${origin}/as`, `${origin}/as/`])
    expect((await discover(site, pinned, ignoresSlash)).authorizationServer.issuer).toBe(`${origin}/as/`);
  expect(new Set(asked)).toEqual(new Set([`${origin}/as`, `${origin}/as/`]));
  expect(await problemFrom(discover(site, `${origin}/as//`, ignoresSlash))).toMatchObject({ code: 'metadata-invalid' });
  const only = (issuer: string) => issuer === `${origin}/other`;
  expect(await problemFrom(discover(site, undefined, only))).toMatchObject({ code: 'metadata-invalid' });
});

test.each([
  [['https://a', 'https://b'], undefined, 'https://a'],
  [['https://a', 'https://b'], 'https://b', 'https://b'],
  [['https://a/'], 'https://a', undefined],
  [['https://a'], 'https://A', undefined],
  [[], undefined, undefined],
  [[], 'https://a', undefined],
])('of %j, pinned %j, %j is chosen', (offered, pinned, expected) => {
  expect(chooseIssuer(offered, pinned)).toBe(expected);
});

test.each([
  [['https://a/'], 'https://a', 'https://a/'],
  [['https://a'], 'https://a/', 'https://a'],
  [['https://a/', 'https://a'], 'https://a', 'https://a'],
  [['https://a//'], 'https://a', undefined],
  [['https://A/'], 'https://a', undefined],
  [['https://a/b/'], 'https://a', undefined],
])('of %j, pinned %j with the quirk, %j is chosen', (offered, pinned, expected) => {
  expect(chooseIssuer(offered, pinned, true)).toBe(expected);
});
