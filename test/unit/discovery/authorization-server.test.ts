import { expect, test } from 'vitest';
import { processAuthorizationServer } from '../../../main/discovery/authorization-server.ts';
import { problemFrom } from '../fixtures.ts';

const PLACE = new URL('https://as.example.com/.well-known/oauth-authorization-server');

function process(issuer: string, document: unknown, status = 200) {
  return processAuthorizationServer(PLACE, issuer, new Response(JSON.stringify(document), { status }), 0);
}

test('a right document is given whole, with fields that we do not know', async () => {
  const document = {
    issuer: 'https://as.example.com',
    token_endpoint: 'https://login.example.com/token',
    authorization_grant_profiles_supported: ['urn:ietf:params:oauth:grant-profile:id-jag'],
    some_extension: true,
  };
  expect(await process('https://as.example.com', document)).toEqual(document);
});

test.each([
  ['https://as.example.com', 'https://as.example.com/'],
  ['https://as.example.com/', 'https://as.example.com'],
  ['https://as.example.com', 'https://AS.example.com'],
  ['https://as.example.com', 'https://as.example.com:443'],
  ['https://as.example.com/a', 'https://as.example.com/a/'],
  ['https://as.example.com/a', 'https://as.example.com/%61'],
  ['https://as.example.com', 'http://as.example.com'],
  ['https://as.example.com', 'https://evil.example'],
  ['https://as.example.com', ' https://as.example.com'],
  ['https://as.example.com', ''],
])('looked up as %j, a document of %j is not believed', async (wanted, issuer) => {
  const error = await problemFrom(process(wanted, { issuer, token_endpoint: 'https://as.example.com/token' }));
  expect(error).toMatchObject({ code: 'metadata-invalid', recovery: { kind: 'blocked', reason: 'misconfigured' } });
  expect(error.administrator).toBe(`${PLACE.href}: its issuer "${issuer}" is not identical to "${wanted}".`);
});

test.each([
  ['https://as.example.com', 'https://as.example.com/', true],
  ['https://as.example.com/', 'https://as.example.com', true],
  ['https://as.example.com/a', 'https://as.example.com/a/', true],
  ['https://as.example.com', 'https://as.example.com//', false],
  ['https://as.example.com', 'https://AS.example.com/', false],
  ['https://as.example.com', 'https://as.example.com/a/', false],
])('with the quirk, looked up as %j, a document of %j is believed: %s', async (wanted, issuer, believed) => {
  const response = new Response(JSON.stringify({ issuer, token_endpoint: 'https://as.example.com/token' }));
  const judged = processAuthorizationServer(PLACE, wanted, response, 0, true);
  if (believed) expect((await judged)?.issuer).toBe(issuer);
  else expect((await problemFrom(judged)).code).toBe('metadata-invalid');
});

test.each(['\u001b[2J', '\u009b2J', '\n', '\u0000'])(
  'an issuer with control characters is not taken: %j',
  async (control) => {
    const issuer = `https://as.example.com/${control}`;
    const error = await problemFrom(process(issuer, { issuer, token_endpoint: 'https://as.example.com/token' }));
    expect(error.administrator).toBe(
      `${PLACE.href}: issuer is not as expected: control characters have no place here.`,
    );
  },
);

test.each([
  ['an address without TLS', 'http://as.example.com/token', 'address-refused'],
  ["this machine's own port", 'https://127.0.0.1:8080/token', 'address-refused'],
  ['the metadata service of a cloud', 'https://169.254.169.254/token', 'address-refused'],
  ['an address with a password', 'https://a:b@as.example.com/token', 'address-refused'],
  ['no address', 'token', 'metadata-invalid'],
  ['nothing', undefined, 'metadata-invalid'],
])('%s as token endpoint is refused', async (_what, token_endpoint, code) => {
  const issuer = 'https://as.example.com';
  expect(await problemFrom(process(issuer, { issuer, token_endpoint }))).toMatchObject({
    code,
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
});

test('without a document there is nothing to judge', async () => {
  expect(await process('https://as.example.com', {}, 404)).toBeUndefined();
});
