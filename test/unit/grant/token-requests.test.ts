import { type CryptoKey, decodeProtectedHeader, exportJWK, generateKeyPair, type JWK, jwtVerify } from 'jose';
import { Agent } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { createFetch } from '../../../main/egress/fetch.ts';
import { requestAccessToken } from '../../../main/grant/jwt-bearer.ts';
import { requestIdJag, type TokenEndpoint } from '../../../main/grant/token-exchange.ts';
import { clientAuthentication } from '../../../main/identity/client-authentication.ts';
import type { ClientAuthentication } from '../../../shared/authentication.ts';
import { problemFrom, type SeenRequest, sendJson, serve, type TestServer } from '../fixtures.ts';

const CLIENT_ID = 'client:with/odd ümlauts';
const SECRET = 'se:cr&et+é %';

async function endpointAt(site: TestServer, authentication: ClientAuthentication): Promise<TokenEndpoint> {
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  return {
    authorizationServer: { issuer: site.origin, token_endpoint: `${site.origin}/tenant/token?x=1` },
    clientId: CLIENT_ID,
    clientAuthentication: await clientAuthentication(authentication),
    fetch: createFetch(agent),
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
  audience: 'https://as.example.com/',
  resource: 'https://MCP.example.com:443/mcp?a=1&b=é',
  scopes: ['notes:read', 'notes:write'],
};

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
  await requestAccessToken(await endpointAt(server, { method: 'none' }), REDEEM.assertion, REDEEM.resource);
  const { form } = only(server);
  expect(Object.fromEntries(form)).toEqual({ ...REDEEM, client_id: CLIENT_ID });
  expect(form).toHaveLength(4);
});

test('client_secret_basic puts both into the header, each encoded as a form, and neither into the body', async () => {
  const server = await site();
  const endpoint = await endpointAt(server, { method: 'client_secret_basic', clientSecret: SECRET });
  await requestAccessToken(endpoint, REDEEM.assertion, REDEEM.resource);
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

async function keyFor(alg: string): Promise<{ jwk: JWK; publicKey: CryptoKey }> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { jwk: await exportJWK(privateKey), publicKey };
}

test.each(['ES256', 'ES384', 'ES512', 'PS256', 'RS256', 'Ed25519', 'EdDSA'] as const)(
  'private_key_jwt with %s signs an assertion for this issuer alone, new each time',
  async (alg) => {
    const server = await site();
    const { jwk, publicKey } = await keyFor(alg);
    const privateKey = { ...jwk, alg, kid: 'key-7' } as Extract<
      ClientAuthentication,
      { method: 'private_key_jwt' }
    >['privateKey'];
    const endpoint = await endpointAt(server, { method: 'private_key_jwt', privateKey });
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
        expect(decodeProtectedHeader(client_assertion)).toMatchObject({ kid: 'key-7' });
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
