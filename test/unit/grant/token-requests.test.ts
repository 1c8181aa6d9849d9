import { type CryptoKey, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { Agent } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { createFetch } from '../../../main/egress/fetch.ts';
import { requestAccessToken } from '../../../main/grant/jwt-bearer.ts';
import { requestIdJag, type TokenEndpoint } from '../../../main/grant/token-exchange.ts';
import { clientAuthentication } from '../../../main/identity/client-authentication.ts';
import { STANDARD_QUIRKS } from '../../../main/identity/quirk-profiles.ts';
import type { ClientAuthentication } from '../../../shared/authentication.ts';
import type { Quirks } from '../../../shared/quirks.ts';
import { problemFrom, type SeenRequest, sendJson, serve, type TestServer } from '../fixtures.ts';

const CLIENT_ID = 'client:with/odd ümlauts';
const SECRET = 'se:cr&et+é %';

async function endpointAt(
  site: TestServer,
  authentication: ClientAuthentication,
  quirks: Partial<Quirks> = {},
  metadata: object = {},
): Promise<TokenEndpoint> {
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const fetch = createFetch(agent);
  return {
    authorizationServer: { issuer: site.origin, token_endpoint: `${site.origin}/tenant/token?x=1`, ...metadata },
    clientId: CLIENT_ID,
    clientAuthentication: await clientAuthentication(authentication, { ...STANDARD_QUIRKS, ...quirks }, fetch.timeAt),
    fetch,
  };
}

const site = () => serve((_request, response) => sendJson(response, 200, { ok: true }));

/** The one request that a server saw, with its form in order. */
function only({ seen }: TestServer): { request: SeenRequest; form: [string, string][] } {
  expect(seen).toHaveLength(1);
  const [request] = seen;
  if (!request) throw new Error('no request');
  expect(request).toMatchObject({ method: 'POST', path: '/tenant/token?x=1' });
  expect(request.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
  return { request, form: [...new URLSearchParams(request.body)] };
}

const ID_JAG = {
  subjectToken: 'the.id.token',
  subjectTokenType: 'id_token',
  audience: 'https://as.example.com/',
  resource: 'https://MCP.example.com:443/mcp?a=1&b=é',
  scopes: ['notes:read', 'notes:write'],
} as const;

const EXCHANGE = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  requested_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
  subject_token: 'the.id.token',
  subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
  audience: 'https://as.example.com/',
  resource: 'https://MCP.example.com:443/mcp?a=1&b=é',
  scope: 'notes:read notes:write',
};
const REDEEM = {
  grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  assertion: 'the-id-jag',
  resource: 'https://MCP.example.com:443/mcp',
};
const REDEMPTION = { assertion: REDEEM.assertion, resource: REDEEM.resource, scope: 'notes:read' };

test('the exchange has exactly the parameters of the draft, byte for byte', async () => {
  const server = await site();
  const response = await requestIdJag(await endpointAt(server, { method: 'none' }), ID_JAG);
  expect(await response.json()).toEqual({ ok: true });
  const { request, form } = only(server);
  expect(Object.fromEntries(form)).toEqual({ ...EXCHANGE, client_id: CLIENT_ID });
  expect(form).toHaveLength(8);
  expect(request.headers.authorization).toBeUndefined();
});

test('without scopes none is asked for', async () => {
  const server = await site();
  await requestIdJag(await endpointAt(server, { method: 'none' }), { ...ID_JAG, scopes: [] });
  expect(only(server).form.map(([name]) => name)).not.toContain('scope');
});

test('the redemption has exactly its parameters, and no scope', async () => {
  const server = await site();
  await requestAccessToken(await endpointAt(server, { method: 'none' }), REDEMPTION, STANDARD_QUIRKS);
  const { form } = only(server);
  expect(Object.fromEntries(form)).toEqual({ ...REDEEM, client_id: CLIENT_ID });
  expect(form).toHaveLength(4);
});

test('client_secret_basic puts both into the header, each encoded as a form, and neither into the body', async () => {
  const server = await site();
  const endpoint = await endpointAt(server, { method: 'client_secret_basic', clientSecret: SECRET });
  await requestAccessToken(endpoint, REDEMPTION, STANDARD_QUIRKS);
  const { request, form } = only(server);
  expect(Object.fromEntries(form)).toEqual(REDEEM);
  const [scheme, value = ''] = (request.headers.authorization ?? '').split(' ');
  expect(scheme).toBe('Basic');
  const pair = Buffer.from(value, 'base64').toString('latin1').split(':');
  expect(pair.map((part) => new URLSearchParams(`x=${part}`).get('x'))).toEqual([CLIENT_ID, SECRET]);
});

test('client_secret_post puts both into the body', async () => {
  const server = await site();
  const endpoint = await endpointAt(server, { method: 'client_secret_post', clientSecret: SECRET });
  await requestIdJag(endpoint, ID_JAG);
  const { request, form } = only(server);
  expect(Object.fromEntries(form)).toEqual({ ...EXCHANGE, client_id: CLIENT_ID, client_secret: SECRET });
  expect(request.headers.authorization).toBeUndefined();
});

type PrivateKeyAuthentication = Extract<ClientAuthentication, { method: 'private_key_jwt' }>;

/** A new key as policy holds it, and the key that the server knows it by. */
async function keyFor(alg: string): Promise<{ authentication: PrivateKeyAuthentication; publicKey: CryptoKey }> {
  const pair = await generateKeyPair(alg, { extractable: true });
  const privateKey = { ...(await exportJWK(pair.privateKey)), alg, kid: 'key-7' };
  return {
    authentication: { method: 'private_key_jwt', privateKey: privateKey as PrivateKeyAuthentication['privateKey'] },
    publicKey: pair.publicKey,
  };
}

/** The one client assertion that a server saw. */
function assertionAt(server: TestServer): string {
  return Object.fromEntries(only(server).form).client_assertion ?? '';
}

test.each(['ES256', 'ES384', 'ES512', 'PS256', 'RS256', 'Ed25519', 'EdDSA'] as const)(
  'private_key_jwt with %s signs an assertion for this issuer alone, new each time',
  async (alg) => {
    const server = await site();
    const { authentication, publicKey } = await keyFor(alg);
    const endpoint = await endpointAt(server, authentication);
    await requestIdJag(endpoint, ID_JAG);
    await requestIdJag(endpoint, ID_JAG);
    const forms = server.seen.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
    const ids = await Promise.all(
      forms.map(async ({ client_assertion = '', client_assertion_type, client_id, ...form }) => {
        expect({ client_assertion_type, client_id }).toEqual({
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_id: CLIENT_ID,
        });
        expect(form).toEqual(EXCHANGE);
        expect(decodeProtectedHeader(client_assertion)).toMatchObject({ kid: 'key-7', alg });
        const { payload } = await jwtVerify(client_assertion, publicKey, { audience: server.origin });
        expect(payload).toMatchObject({ iss: CLIENT_ID, sub: CLIENT_ID });
        return payload.jti;
      }),
    );
    expect(ids[0]).toBeTruthy();
    expect(ids[0]).not.toBe(ids[1]);
  },
);

test.each([
  ['of another kind than its algorithm', { kty: 'EC', alg: 'RS256', crv: 'P-256', x: 'AA', y: 'AA' }],
  ['without its parts', { kty: 'EC', alg: 'ES256' }],
  ['that is nonsense', { kty: 'nonsense', alg: 'ES256' }],
] as const)('a private key %s is misconfigured, and nothing of it is shown', async (_what, key) => {
  const privateKey = { ...key, kid: 'key-7', d: 'c2VjcmV0LXBhcnQ' };
  const error = await problemFrom(clientAuthentication({ method: 'private_key_jwt', privateKey }));
  expect(error).toMatchObject({
    code: 'client-key-invalid',
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
  expect(error.administrator).toContain(`(kid key-7) is not a usable ${key.alg} key`);
  expect(`${error.user}${error.administrator}`).not.toContain('c2VjcmV0');
});

test('a server with the quirk gets assertions for its token endpoint', async () => {
  const server = await site();
  const { authentication, publicKey } = await keyFor('ES256');
  await requestIdJag(await endpointAt(server, authentication, { assertionAudience: 'token-endpoint' }), ID_JAG);
  const { payload } = await jwtVerify(assertionAt(server), publicKey);
  expect(payload.aud).toBe(`${server.origin}/tenant/token?x=1`);
});

test.each([
  ['EdDSA', ['ES256', 'EdDSA'], 'EdDSA'],
  ['Ed25519', ['ES256', 'EdDSA'], 'EdDSA'],
  ['EdDSA', ['Ed25519'], 'Ed25519'],
  ['Ed25519', ['EdDSA', 'Ed25519'], 'Ed25519'],
  ['EdDSA', ['RS256'], 'EdDSA'],
  ['Ed25519', 'EdDSA', 'Ed25519'],
])('a key that policy calls %s is for a server that lists %j called %s', async (alg, listed, expected) => {
  const server = await site();
  const { authentication, publicKey } = await keyFor(alg);
  const metadata = { token_endpoint_auth_signing_alg_values_supported: listed };
  await requestIdJag(await endpointAt(server, authentication, {}, metadata), ID_JAG);
  expect(decodeProtectedHeader(assertionAt(server)).alg).toBe(expected);
  await jwtVerify(assertionAt(server), publicKey);
});

test('with the quirk, Basic carries the credentials as they are', async () => {
  const server = await site();
  const authentication = { method: 'client_secret_basic', clientSecret: SECRET } as const;
  await requestIdJag(await endpointAt(server, authentication, { basicEncoding: 'plain' }), ID_JAG);
  const { request, form } = only(server);
  const [, value = ''] = (request.headers.authorization ?? '').split(' ');
  expect(Buffer.from(value, 'base64').toString('utf8')).toBe(`${CLIENT_ID}:${SECRET}`);
  expect(Object.fromEntries(form)).toEqual(EXCHANGE);
});

test.each<[Partial<Quirks>, object]>([
  [{ scopeOnRedemption: 'send' }, { ...REDEEM, scope: 'notes:read' }],
  [{ resourceOnRedemption: 'omit' }, { grant_type: REDEEM.grant_type, assertion: REDEEM.assertion }],
])('a redemption with the quirk %j', async (quirks, expected) => {
  const server = await site();
  const endpoint = await endpointAt(server, { method: 'none' });
  await requestAccessToken(endpoint, REDEMPTION, { ...STANDARD_QUIRKS, ...quirks });
  expect(Object.fromEntries(only(server).form)).toEqual({ ...expected, client_id: CLIENT_ID });
});

test.each([-300, -20, 0, 20, 300])(
  "an assertion is good by the server's clock, which is %i s ahead of ours, without any tolerance and for a minute at most",
  async (ahead) => {
    const theirs = () => Date.now() + ahead * 1000;
    const server = await serve((_request, response) =>
      sendJson(response, 200, { ok: true }, { date: new Date(theirs()).toUTCString() }),
    );
    const { authentication, publicKey } = await keyFor('ES256');
    const endpoint = await endpointAt(server, authentication);
    await endpoint.fetch(`${server.origin}/.well-known/oauth-authorization-server`);
    await requestIdJag(endpoint, ID_JAG);
    const form = new URLSearchParams(server.seen[1]?.body);
    const currentDate = new Date(theirs());
    const options = { currentDate, audience: server.origin, maxTokenAge: 10 };
    const { payload } = await jwtVerify(form.get('client_assertion') ?? '', publicKey, options);
    expect(payload).toMatchObject({ sub: CLIENT_ID, nbf: payload.iat, exp: (payload.iat ?? 0) + 60 });
    expect(payload.exp).toBeLessThanOrEqual(Math.floor(theirs() / 1000) + 60);
    // What we know of their clock may be wrong by more than a second.
    expect(payload.iat).toBeLessThan(Math.floor(theirs() / 1000) - 1);
  },
);

/** Refuses an assertion that is not good at this moment by its clock, and says the time as it is there. */
function strict(theirs: () => number, publicKey: CryptoKey, status = 401) {
  return serve(async ({ body }, response) => {
    const headers = { date: new Date(theirs()).toUTCString() };
    const assertion = new URLSearchParams(body).get('client_assertion') ?? '';
    const isGood = await jwtVerify(assertion, publicKey, { currentDate: new Date(theirs()) }).then(
      () => true,
      () => false,
    );
    if (isGood || body === '') return sendJson(response, 200, { ok: true }, headers);
    sendJson(response, status, { error: 'invalid_client' }, headers);
  });
}

const idsAt = ({ seen }: TestServer) =>
  seen.map(({ body }) => decodeJwt(new URLSearchParams(body).get('client_assertion') ?? '').jti);

test.each([
  [-300, 401],
  [-60, 400],
  [20, 401],
  [-20, 401],
  [300, 401],
])('a server whose clock was moved by %i s since we heard from it gets another assertion by it', async (by, status) => {
  const { authentication, publicKey } = await keyFor('ES256');
  let moved = 0;
  const server = await strict(() => Date.now() + moved, publicKey, status);
  const endpoint = await endpointAt(server, authentication);
  expect((await requestIdJag(endpoint, ID_JAG)).status).toBe(200);
  moved = by * 1000;
  expect((await requestIdJag(endpoint, ID_JAG)).status).toBe(200);
  const ids = idsAt(server);
  // Ahead by less than an assertion lives, it is good all the same.
  expect(ids).toHaveLength(by === 20 ? 2 : 3);
  expect(new Set(ids).size).toBe(ids.length);
});

test('a clock that is never the same costs one more request, and no more for the same mint', async () => {
  const { authentication } = await keyFor('ES256');
  let asked = 0;
  const server = await serve((_request, response) => {
    asked += 1;
    const date = new Date(Date.now() + asked * 60_000).toUTCString();
    sendJson(response, 401, { error: 'invalid_client' }, { date });
  });
  const endpoint = { ...(await endpointAt(server, authentication)), corrected: new Set<string>() };
  expect((await requestIdJag(endpoint, ID_JAG)).status).toBe(401);
  expect(asked).toBe(2);
  expect((await requestIdJag(endpoint, ID_JAG)).status).toBe(401);
  expect(asked).toBe(3);
});

test.each<[string, object, object]>([
  ['a Date that agrees with ours', { error: 'invalid_client' }, {}],
  ['no Date', { error: 'invalid_client' }, { date: '' }],
  ['another error', { error: 'invalid_grant' }, { date: new Date(Date.now() + 300_000).toUTCString() }],
])('a refusal with %s is not asked about again', async (_what, body, headers) => {
  const { authentication } = await keyFor('ES256');
  const server = await serve((_request, response) => sendJson(response, 400, body, { ...headers }));
  expect((await requestIdJag(await endpointAt(server, authentication), ID_JAG)).status).toBe(400);
  expect(server.seen).toHaveLength(1);
});

test('a secret that is refused is not sent again, whatever the clocks show', async () => {
  const date = new Date(Date.now() + 300_000).toUTCString();
  const server = await serve((_request, response) => sendJson(response, 401, { error: 'invalid_client' }, { date }));
  const endpoint = await endpointAt(server, { method: 'client_secret_post', clientSecret: SECRET });
  await requestIdJag(endpoint, ID_JAG);
  expect(server.seen).toHaveLength(1);
});
