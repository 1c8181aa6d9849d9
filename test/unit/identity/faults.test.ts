import { allowInsecureRequests, Configuration, None, refreshTokenGrant } from 'openid-client';
import { expect, test } from 'vitest';
import { identityFault } from '../../../main/identity/faults.ts';
import { LanyardError } from '../../../shared/errors.ts';
import { sendJson, serve } from '../fixtures.ts';

const ISSUER = 'https://login.example.com/tenant';

/** What a renewal of the session throws when the token endpoint answers like this. */
async function thrownFor(status: number, body: unknown, headers: Record<string, string> = {}): Promise<LanyardError> {
  const { origin } = await serve((_request, response) =>
    typeof body === 'string'
      ? response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body)
      : sendJson(response, status, body, headers),
  );
  const metadata = { issuer: origin, token_endpoint: `${origin}/token` };
  const configuration = new Configuration(metadata, 'client', undefined, None());
  allowInsecureRequests(configuration);
  const thrown: unknown = await refreshTokenGrant(configuration, 'refresh').then(
    () => new Error('it passed'),
    (error: unknown) => error,
  );
  expect(thrown).not.toBeInstanceOf(LanyardError);
  return identityFault(ISSUER, thrown);
}

const SIGN_IN_AGAIN = { kind: 'blocked', reason: 'signed-out' };
const MISCONFIGURED = { kind: 'blocked', reason: 'misconfigured' };
const RETRY = { kind: 'retry' };

test.each([
  [400, 'invalid_grant', 'idp-invalid-grant', SIGN_IN_AGAIN],
  [400, 'access_denied', 'idp-access-denied', SIGN_IN_AGAIN],
  [400, 'something_new', 'idp-something-new', SIGN_IN_AGAIN],
  [400, 'invalid_client', 'idp-invalid-client', MISCONFIGURED],
  [401, 'invalid_client', 'idp-invalid-client', MISCONFIGURED],
  [400, 'unauthorized_client', 'idp-invalid-client', MISCONFIGURED],
  [400, 'temporarily_unavailable', 'idp-temporarily-unavailable', RETRY],
  [400, 'server_error', 'idp-server-error', RETRY],
  [400, 'slow_down', 'idp-slow-down', RETRY],
])('HTTP %i %s is %s', async (status, error, code, recovery) => {
  const fault = await thrownFor(status, { error, error_description: 'A reason' });
  expect(fault).toMatchObject({ code, recovery });
  expect(fault.administrator).toContain('login.example.com');
  expect(fault.administrator).toMatch(/: A reason\./);
  expect(fault.user).not.toContain('A reason');
});

test.each([
  [429, { error: 'invalid_grant' }, {}, RETRY],
  [429, { error: 'too_many_requests' }, { 'retry-after': '7' }, { kind: 'retry', afterMs: 7_000 }],
  [
    429,
    { error: 'too_many_requests' },
    // By a clock that is years off: only the two dates together mean anything.
    { date: 'Thu, 01 Jan 2015 00:00:00 GMT', 'retry-after': 'Thu, 01 Jan 2015 00:00:09 GMT' },
    { kind: 'retry', afterMs: 9_000 },
  ],
  [429, 'Too many', {}, RETRY],
  [500, { error: 'invalid_grant' }, {}, RETRY],
  [503, { error: 'temporarily_unavailable' }, {}, RETRY],
  [503, '<html>', {}, RETRY],
  [502, '', {}, RETRY],
  [200, '<html>', {}, RETRY],
  [200, 'text', {}, RETRY],
  [302, '', { location: '/' }, RETRY],
])('HTTP %i with %j is never final', async (status, body, headers, recovery) => {
  const fault = await thrownFor(status, body, headers as Record<string, string>);
  expect(fault.recovery).toEqual(recovery);
  expect(fault.code).toBe(status === 429 && typeof body === 'object' ? 'answer-too-many-requests' : 'answer-unusable');
});

test.each([
  ['invalid_grant', 'idp-invalid-grant', SIGN_IN_AGAIN],
  ['invalid_client', 'idp-invalid-client', MISCONFIGURED],
  ['temporarily_unavailable', 'idp-temporarily-unavailable', RETRY],
])('%s with HTTP 200 is judged as with 400', async (error, code, recovery) => {
  const fault = await thrownFor(200, { error, error_description: 'A reason' });
  expect(fault).toMatchObject({ code, recovery });
  expect(fault.administrator).toContain(`answered HTTP 200 ${error}: A reason. `);
});

test.each([{ a: 1 }, 7, null])('a description that is no text is left out: %j', async (error_description) => {
  for (const status of [400, 200])
    expect((await thrownFor(status, { error: 'invalid_grant', error_description })).administrator).toContain(
      `HTTP ${status} invalid_grant. `,
    );
});

test('what the next sign-in has to bring is passed on', async () => {
  const fault = await thrownFor(400, { error: 'insufficient_user_authentication', acr_values: 'mfa', max_age: '60' });
  const stepUp = { acrValues: 'mfa', maxAgeSeconds: 60 };
  expect(fault.recovery).toEqual({ kind: 'blocked', reason: 'step-up', stepUp });
});

test('a client that is refused with a challenge is misconfigured and not signed out', async () => {
  const fault = await thrownFor(401, { error: 'invalid_client' }, { 'www-authenticate': 'Basic realm="idp"' });
  expect(fault).toMatchObject({ code: 'idp-invalid-client', recovery: MISCONFIGURED });
  expect(fault.administrator).toContain('identityProvider');
});

test('an ID token that does not check out is not used', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: 'https://evil.example', aud: 'client', sub: 'ada', iat: 1, exp: 4_000_000_000 };
  const id_token = `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;
  const fault = await thrownFor(200, { access_token: 'a', token_type: 'Bearer', id_token });
  expect(fault).toMatchObject({ recovery: SIGN_IN_AGAIN, code: 'sign-in-invalid' });
});

test("another party's words are cut and cannot steer what shows them", async () => {
  const error_description = `a\u001b[2J\r\n\u009b${'x'.repeat(50_000)}`;
  for (const error of ['invalid_grant', 'invalid_client']) {
    const { administrator } = await thrownFor(400, { error, error_description });
    expect(administrator.length).toBeLessThan(1_000);
    expect(administrator).not.toMatch(/\p{Cc}/u);
  }
});

test('an error of ours, however deep, stays what it is', () => {
  const ours = new LanyardError({ code: 'network-name', user: 'u', administrator: 'a' });
  expect(identityFault(ISSUER, ours)).toBe(ours);
  expect(identityFault(ISSUER, new Error('x', { cause: new TypeError('y', { cause: ours }) }))).toBe(ours);
});

test('what nobody knows is a fault of the network', () => {
  expect(identityFault(ISSUER, new Error('?'))).toMatchObject({ code: 'network-connection', recovery: RETRY });
});
