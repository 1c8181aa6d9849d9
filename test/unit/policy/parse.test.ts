import { expect, test } from 'vitest';
import { PolicyError, parsePolicy } from '../../../main/policy/parse.ts';
import { policyDocument, serverDocument, withValue } from './policy-document.ts';

const FILE = '/etc/lanyard/policy.json';
const SECRET = 'hunter2-the-secret';

function issuesOf(text: string): readonly string[] {
  try {
    parsePolicy(text, FILE);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    expect(error.administrator).toBe(
      [
        `Policy ${FILE} has ${error.issues.length} ${error.issues.length === 1 ? 'error' : 'errors'}:`,
        ...error.issues,
      ].join('\n  '),
    );
    expect(error.code).toBe('policy-invalid');
    expect(error.user).not.toContain(FILE);
    return error.issues;
  }
  return [];
}

const issuesWith = (path: string, value: unknown) => issuesOf(JSON.stringify(withValue(policyDocument(), path, value)));

test('a right document passes as it is', () => {
  expect(parsePolicy(JSON.stringify(policyDocument()), FILE)).toEqual(policyDocument());
});

test('what may be left out gets its default', () => {
  const policy = parsePolicy(
    JSON.stringify({
      version: 1,
      company: 'Example',
      identityProvider: { issuer: 'https://idp.example.com', clientId: 'lanyard' },
      servers: [
        {
          name: 'notes',
          title: 'Notes',
          url: 'https://notes.example.com/mcp',
          authorizationServer: { clientId: 'x' },
        },
      ],
    }),
    FILE,
  );
  expect(policy.relay).toEqual({ port: 5693, keyInPath: false });
  expect(policy.grants).toEqual({ keep: 'active', mintsPerMonth: 250 });
  expect(policy.gateway).toEqual({ toolLimit: 80 });
  expect(policy.servers[0]?.tools).toBeUndefined();
  expect(policy.identityProvider).toMatchObject({
    authentication: { method: 'none' },
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    redirectPorts: [],
    subjectToken: 'auto',
    checkIntervalMinutes: 10,
    dpop: 'auto',
    quirks: {},
  });
  expect(policy.servers[0]).toMatchObject({
    scopes: [],
    authorizationServer: { authentication: { method: 'none' }, dpop: 'auto', quirks: {} },
  });
});

const URL_FORM = "(https, or http on this machine's loopback)";
const ISSUER = `an issuer identifier: a URL without query or fragment ${URL_FORM}`;
const METHODS = 'an object with "method": "none", "client_secret_basic", "client_secret_post" or "private_key_jwt"';
const NAME = 'a short name: a lower-case letter, then up to 19 lower-case letters, digits or "-"';
const PORT = 'a port number from 1024 to 65535';

test.each([
  ['version', 2, 'the number 1', 'a number'],
  ['version', '1', 'the number 1', 'a string'],
  ['version', undefined, 'the number 1', 'nothing'],
  ['company', undefined, "the company's name", 'nothing'],
  ['company', '', "the company's name, not empty", 'a string'],
  ['company', 'x'.repeat(81), 'at most 80 characters', 'a string'],
  ['company', { a: 1 }, "the company's name", 'an object'],
  ['identityProvider', null, 'an object with issuer and clientId', 'null'],
  ['identityProvider.issuer', undefined, 'an issuer identifier: a URL without query or fragment', 'nothing'],
  ['identityProvider.issuer', 'idp.example.com', ISSUER, 'a string'],
  ['identityProvider.issuer', 'http://idp.example.com', ISSUER, 'a string'],
  ['identityProvider.issuer', 'https://ada:pw@idp.example.com', ISSUER, 'a string'],
  [
    'identityProvider.issuer',
    'https://idp.example.com?x=1',
    'an issuer identifier without query or fragment',
    'a string',
  ],
  [
    'identityProvider.issuer',
    'https://idp.example.com#x',
    'an issuer identifier without query or fragment',
    'a string',
  ],
  ['identityProvider.clientId', 7, 'our client id at the identity provider', 'a number'],
  ['identityProvider.authentication', 'none', METHODS, 'a string'],
  ['identityProvider.authentication.method', 'basic', METHODS, 'a string'],
  ['identityProvider.authentication', {}, METHODS, 'nothing', 'identityProvider.authentication.method'],
  ['identityProvider.scopes', 'openid', 'a list of scopes', 'a string'],
  ['identityProvider.scopes', ['profile'], 'a list that contains "openid"', 'a list'],
  ['identityProvider.scopes[1]', 'two words', 'a scope without spaces', 'a string'],
  ['identityProvider.scopes[1]', 5, 'a scope', 'a number'],
  ['identityProvider.redirectPorts', 8080, 'a list of port numbers', 'a number'],
  ['identityProvider.redirectPorts', [80], PORT, 'a number', 'identityProvider.redirectPorts[0]'],
  ['identityProvider.redirectPorts', ['8080'], PORT, 'a string', 'identityProvider.redirectPorts[0]'],
  ['servers', {}, 'a list of servers', 'an object'],
  [
    'servers',
    Array(201)
      .fill(0)
      .map((_, n) => serverDocument(`s${n}`)),
    'at most 200 servers',
    'a list',
  ],
  ['servers[0]', 'notes', 'an object with name, title, url and authorizationServer', 'a string'],
  ['servers[0].name', undefined, 'a short name', 'nothing'],
  ['servers[0].name', 'Notes', NAME, 'a string'],
  ['servers[0].name', 'x'.repeat(21), NAME, 'a string'],
  ['servers[0].name', '../etc', NAME, 'a string'],
  ['servers[0].name', 'mcp', 'a name other than mcp, lanyard, sign-in', 'a string'],
  ['servers[1].name', 'notes', 'a name that no other server has', 'a string'],
  ['servers[0].title', undefined, 'the name that people see', 'nothing'],
  ['servers[0].url', 'http://notes.example.com/mcp', `the server's MCP address ${URL_FORM}`, 'a string'],
  ['servers[0].scopes', null, 'a list of scopes', 'null'],
  ['servers[0].authorizationServer', undefined, 'an object with clientId', 'nothing'],
  ['servers[0].authorizationServer.clientId', '', 'our client id at this authorization server, not empty', 'a string'],
  ['identityProvider.subjectToken', 'saml', 'one of "auto", "id_token", "refresh_token"', 'a string'],
  ['identityProvider.checkIntervalMinutes', 0, 'at least 1 minute', 'a number'],
  ['identityProvider.checkIntervalMinutes', 0.5, 'a number of minutes', 'a number'],
  ['identityProvider.checkIntervalMinutes', 1441, 'at most a day in minutes', 'a number'],
  ['identityProvider.checkIntervalMinutes', '10', 'a number of minutes', 'a string'],
  ['identityProvider.dpop', true, 'one of "auto", "required", "off"', 'a boolean'],
  ['identityProvider.profile', 'entra', 'one of "standard", "okta", "auth0", "slack"', 'a string'],
  ['identityProvider.quirks', [], 'an object of quirks', 'a list'],
  ['servers[0].authorizationServer.dpop', 'on', 'one of "auto", "required", "off"', 'a string'],
  ['servers[0].authorizationServer.profile', 'Okta', 'one of "standard", "okta", "auth0", "slack"', 'a string'],
  ['servers[0].authorizationServer.quirks.issuerSlash', true, 'one of "exact", "ignore"', 'a boolean'],
  ['grants', 'always', 'an object', 'a string'],
  ['grants.keep', 'never', 'one of "active", "always", "on-demand"', 'a string'],
  ['grants.mintsPerMonth', 0, 'at least 1', 'a number'],
  ['grants.mintsPerMonth', 1_000_001, 'at most 1000000', 'a number'],
  ['gateway', 80, 'an object', 'a number'],
  ['gateway.toolLimit', 0, 'at least 1', 'a number'],
  ['gateway.toolLimit', 1001, 'at most 1000', 'a number'],
  ['gateway.toolLimit', '80', 'a number of tools', 'a string'],
  ['servers[0].tools', ['get_*'], 'an object with allow, deny or readOnly', 'a list'],
  ['servers[0].tools.allow', 'get_*', 'a list of tool names', 'a string'],
  ['servers[0].tools.deny', Array(501).fill('x'), 'at most 500 names', 'a list'],
  ['servers[0].tools.deny[0]', '', 'the name of a tool, not empty', 'a string'],
  ['servers[0].tools.deny[0]', 'x'.repeat(257), 'at most 256 characters', 'a string'],
  ['servers[0].tools.allow[1]', /x/, 'the name of a tool, where "*" stands for any characters', 'an object'],
  ['servers[0].tools.readOnly', 'yes', 'true or false', 'a string'],
  ['relay', true, 'an object', 'a boolean'],
  ['relay.port', 5693.5, PORT, 'a number'],
  ['relay.port', 65536, PORT, 'a number'],
  ['relay.keyInPath', 'yes', 'true or false', 'a string'],
])('%s as %j: expected %s, found %s', (path, value, expected, found, place: string = path) => {
  expect(issuesWith(path, value)).toContain(`${place}: expected ${expected}, found ${found}`);
});

const AUTHENTICATION = 'servers[0].authorizationServer.authentication';
const EC = { kty: 'EC', alg: 'ES256', crv: 'P-256', x: 'x', y: 'y', d: SECRET };

test.each([
  [{ method: 'client_secret_basic' }, `${AUTHENTICATION}.clientSecret: expected a string, found nothing`],
  [
    { method: 'client_secret_post', clientSecret: '' },
    `${AUTHENTICATION}.clientSecret: expected a secret that is not empty, found a string`,
  ],
  [
    { method: 'client_secret_post', clientSecret: SECRET.repeat(300) },
    `${AUTHENTICATION}.clientSecret: expected at most 4096 characters, found a string`,
  ],
  [
    { method: 'client_secret_post', clientSecret: [SECRET] },
    `${AUTHENTICATION}.clientSecret: expected a string, found a list`,
  ],
  [{ method: 'none', clientSecret: SECRET }, `${AUTHENTICATION}: unknown key "clientSecret"`],
  [{ method: SECRET }, `${AUTHENTICATION}.method: expected ${METHODS}, found a string`],
  [
    { method: 'private_key_jwt', privateKey: SECRET },
    `${AUTHENTICATION}.privateKey: expected a private key as JWK (RFC 7517), found a string`,
  ],
  [
    { method: 'private_key_jwt', privateKey: { ...EC, d: undefined } },
    `${AUTHENTICATION}.privateKey.d: expected a private key: a JWK with "d", found nothing`,
  ],
  [
    { method: 'private_key_jwt', privateKey: { ...EC, kty: 5 } },
    `${AUTHENTICATION}.privateKey.kty: expected a JWK key type such as "EC", found a number`,
  ],
  [
    { method: 'private_key_jwt', privateKey: { ...EC, kid: '' } },
    `${AUTHENTICATION}.privateKey.kid: expected the key id that the authorization server knows, found a string`,
  ],
  [
    { method: 'private_key_jwt', privateKey: { ...EC, alg: 'HS256' } },
    `${AUTHENTICATION}.privateKey.alg: expected one of ES256, ES384, ES512, PS256, RS256, EdDSA, Ed25519, found a string`,
  ],
])('client authentication %j is refused without showing a secret', (value, issue) => {
  const issues = issuesWith(AUTHENTICATION, value);
  expect(issues).toContain(issue);
  expect(issues.join()).not.toContain(SECRET);
});

test.each([
  [{ method: 'client_secret_basic', clientSecret: SECRET }, true],
  [{ method: 'client_secret_post', clientSecret: SECRET }, true],
  [{ method: 'private_key_jwt', privateKey: EC }, false],
  [{ method: 'none' }, false],
])('without a pinned issuer, %j is refused: %s', (authentication, refused) => {
  const document = withValue(policyDocument(), AUTHENTICATION, authentication);
  const issues = issuesOf(JSON.stringify(withValue(document, 'servers[0].authorizationServer.issuer', undefined)));
  const place = 'servers[0].authorizationServer.issuer';
  expect(issues).toEqual(
    refused ? [`${place}: expected the issuer that this client secret belongs to, found nothing`] : [],
  );
});

test.each([
  ['tenant', '(top): unknown key "tenant"'],
  ['identityProvider.issuerUrl', 'identityProvider: unknown key "issuerUrl"'],
  ['identityProvider.quirks.issuerSlash', 'identityProvider.quirks: unknown key "issuerSlash"'],
  ['identityProvider.quirks.idJagReuse', 'identityProvider.quirks: unknown key "idJagReuse"'],
  ['servers[1].Scopes', 'servers[1]: unknown key "Scopes"'],
  ['servers[1].authorizationServer.client_id', 'servers[1].authorizationServer: unknown key "client_id"'],
  ['servers[1].tools.denied', 'servers[1].tools: unknown key "denied"'],
  ['gateway.tools', 'gateway: unknown key "tools"'],
  ['relay.ports', 'relay: unknown key "ports"'],
])('a mistyped key is never silent: %s', (path, issue) => {
  expect(issuesWith(path, SECRET)).toEqual([issue]);
});

test('every error is found at once, unknown keys of one place together', () => {
  const document = {
    ...policyDocument(),
    version: 0,
    a: 1,
    b: 2,
    servers: [{ ...serverDocument('Notes'), title: '' }],
  };
  expect(issuesOf(JSON.stringify(document))).toEqual([
    'version: expected the number 1, found a number',
    `servers[0].name: expected ${NAME}, found a string`,
    'servers[0].title: expected the name that people see, not empty, found a string',
    '(top): unknown keys "a", "b"',
  ]);
});

test('every second use of a name is told', () => {
  const servers = ['notes', 'tickets', 'notes', 'tickets'].map(serverDocument);
  expect(issuesOf(JSON.stringify({ ...policyDocument(), servers }))).toEqual([
    'servers[2].name: expected a name that no other server has, found a string',
    'servers[3].name: expected a name that no other server has, found a string',
  ]);
});

test.each([
  ['[]', 'a list'],
  ['null', 'null'],
  ['"x"', 'a string'],
  ['5', 'a number'],
])('a document that is %s is not a policy', (text, found) =>
  expect(issuesOf(text)).toEqual([`(top): expected a JSON object, found ${found}`]),
);
