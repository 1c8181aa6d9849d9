import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Company, startCompany } from '../../company/company.ts';
import { newRs256Key } from '../../company/keys.ts';
import { clientByHand, member } from './by-hand/client.ts';

let company: Company;
let offsetMs = 0;
beforeAll(async () => {
  company = await startCompany({ clock: () => Date.now() + offsetMs, omitExpiresIn: ['tickets'] });
});
afterAll(async () => {
  await company.close();
  expect(company.troubles()).toEqual([]);
});

async function idJagFor(server: string): Promise<string> {
  const client = clientByHand(company);
  const idToken = member(await client.signIn(server === 'payroll' ? 'bob' : 'alice'), 'id_token');
  return member(await client.exchange(server, idToken), 'access_token');
}

/** The ID-JAG as somebody else would write it: the same header and claims under another key. */
async function forge(idJag: string): Promise<string> {
  const { privateJwk } = await newRs256Key();
  const { kid = '' } = decodeProtectedHeader(idJag);
  return new SignJWT(decodeJwt(idJag))
    .setProtectedHeader({ alg: privateJwk.alg, typ: 'oauth-id-jag+jwt', kid })
    .sign(await importJWK(privateJwk, privateJwk.alg));
}

test('an ID-JAG gives an access token for its resource, with scope and lifetime', async () => {
  const answer = await clientByHand(company).redeem('notes', await idJagFor('notes'));
  expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3600 } });
  expect(decodeJwt(member(answer, 'access_token'))).toMatchObject({
    aud: clientByHand(company).urlOf('notes'),
    client_id: 'lanyard-at-notes',
    scope: 'notes:read notes:write',
  });
  expect(answer.body.refresh_token).toBeUndefined();
});

test('an ID-JAG is worth one access token', async () => {
  const client = clientByHand(company);
  const idJag = await idJagFor('notes');
  expect((await client.redeem('notes', idJag)).status).toBe(200);
  const again = await client.redeem('notes', idJag);
  expect(again).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  expect(again.body.error_description).toContain('used before');
});

test('an ID-JAG for another authorization server is refused', async () => {
  const answer = await clientByHand(company).redeem('payroll', await idJagFor('notes'));
  expect(answer.body).toMatchObject({ error: 'invalid_grant', error_description: 'The ID-JAG has the wrong aud' });
});

test('an ID token is not an ID-JAG', async () => {
  const client = clientByHand(company);
  const idToken = member(await client.signIn('alice'), 'id_token');
  expect((await client.redeem('notes', idToken)).body.error).toBe('invalid_grant');
});

test('an ID-JAG that the IdP did not sign is refused', async () => {
  const answer = await clientByHand(company).redeem('notes', await forge(await idJagFor('notes')));
  const error_description = 'The signature of the ID-JAG is wrong';
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant', error_description } });
});

test('an expired ID-JAG is refused', async () => {
  const idJag = await idJagFor('notes');
  offsetMs = 301_000;
  const answer = await clientByHand(company).redeem('notes', idJag);
  offsetMs = 0;
  expect(answer.body).toMatchObject({ error: 'invalid_grant', error_description: 'The ID-JAG has expired' });
});

test.each([
  ['another resource', { resource: 'http://127.0.0.1:1/mcp' }, 'invalid_target'],
  ['another grant type', { grant_type: 'client_credentials' }, 'unsupported_grant_type'],
  ['no assertion', { assertion: '' }, 'invalid_request'],
])('a request with %s is refused', async (_what, changes, error) => {
  const refused = company.counts.refusedRedemptions;
  const answer = await clientByHand(company).redeem('notes', await idJagFor('notes'), changes);
  expect(answer).toMatchObject({ status: 400, body: { error } });
  expect(company.counts.refusedRedemptions).toBe(refused + 1);
});

test('less scope may be asked for at the redemption', async () => {
  const answer = await clientByHand(company).redeem('notes', await idJagFor('notes'), { scope: 'notes:read' });
  expect(answer.body.scope).toBe('notes:read');
});

test('an authorization server may leave out how long a token lives', async () => {
  const answer = await clientByHand(company).redeem('tickets', await idJagFor('tickets'));
  expect(answer.status).toBe(200);
  expect(answer.body).not.toHaveProperty('expires_in');
});

test('metadata names the issuer, the token endpoint, jwt-bearer and the ID-JAG profile', async () => {
  const { issuer } = company.servers[0] ?? { issuer: '' };
  const response = await fetch(`${issuer}/.well-known/oauth-authorization-server`);
  expect(await response.json()).toMatchObject({
    issuer,
    token_endpoint: `${issuer}/token`,
    grant_types_supported: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
    authorization_grant_profiles_supported: ['urn:ietf:params:oauth:grant-profile:id-jag'],
  });
});
