import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Company, startCompany } from '../../company/company.ts';
import { REFRESH_TOKEN } from '../../company/protocol.ts';
import { clientByHand, member } from './by-hand/client.ts';

let company: Company;
let offsetMs = 0;
beforeAll(async () => {
  company = await startCompany({ clock: () => Date.now() + offsetMs });
});
afterAll(async () => {
  await company.close();
  expect(company.troubles()).toEqual([]);
});

async function idTokenOf(username: string): Promise<string> {
  return member(await clientByHand(company).signIn(username), 'id_token');
}

test.each([
  ['an unknown audience', { audience: 'http://127.0.0.1:1' }, 'invalid_target'],
  ['an unknown resource', { resource: 'http://127.0.0.1:1/mcp' }, 'invalid_target'],
  ['a scope that the server does not have', { scope: 'notes:read notes:burn' }, 'invalid_scope'],
  ['a token type other than ID-JAG', { requested_token_type: 'urn:x' }, 'invalid_request'],
  ['a subject token type that is not supported', { subject_token_type: 'urn:x' }, 'invalid_request'],
  ['a subject token that is no token', { subject_token: 'nonsense' }, 'invalid_grant'],
])('%s is refused', async (_what, changes, error) => {
  const refused = company.counts.refusedTokenExchanges;
  const answer = await clientByHand(company).exchange('notes', await idTokenOf('alice'), changes);
  expect(answer).toMatchObject({ status: 400, body: { error, error_description: expect.any(String) } });
  expect(company.counts.refusedTokenExchanges).toBe(refused + 1);
});

test("the resource of another server does not go with an authorization server's audience", async () => {
  const client = clientByHand(company);
  const answer = await client.exchange('notes', await idTokenOf('alice'), { resource: client.urlOf('tickets') });
  expect(answer.body.error).toBe('invalid_target');
});

test.each([
  ['alice', 'payroll'],
  ['bob', 'tickets'],
  ['carol', 'notes'],
])('%s is not assigned to %s and is told so', async (username, server) => {
  const answer = await clientByHand(company).exchange(server, await idTokenOf(username));
  expect(answer).toMatchObject({ status: 400, body: { error: 'access_denied' } });
  expect(member(answer, 'error_description')).toContain(`${username}@example.com is not assigned to`);
});

test('rights change at run time, without a new sign-in', async () => {
  const client = clientByHand(company);
  const idToken = await idTokenOf('carol');
  company.setGroups('carol', ['engineering']);
  expect((await client.exchange('tickets', idToken)).status).toBe(200);
  company.setGroups('carol', []);
  expect((await client.exchange('tickets', idToken)).body.error).toBe('access_denied');
});

test('scopes that the person does not have are left out and the rest is mirrored', async () => {
  const scope = 'tickets:read tickets:close';
  const answer = await clientByHand(company).exchange('tickets', await idTokenOf('alice'), { scope });
  expect(answer.body.scope).toBe('tickets:read');
  expect(decodeJwt(member(answer, 'access_token')).scope).toBe('tickets:read');
});

test('an ID token of another client is refused', async () => {
  const otherClient = clientByHand(company, { authentication: 'client_secret_post' });
  const answer = await otherClient.exchange('notes', await idTokenOf('alice'));
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

test('an ID token with a changed subject is refused', async () => {
  const [header, , signature] = (await idTokenOf('alice')).split('.');
  const claims = { ...decodeJwt(await idTokenOf('alice')), sub: company.person('bob').subject };
  const forged = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
  expect((await clientByHand(company).exchange('payroll', forged)).body.error).toBe('invalid_grant');
});

test('an ID token is refused once it has expired by the company clock', async () => {
  const idToken = await idTokenOf('alice');
  offsetMs = 3_601_000;
  const answer = await clientByHand(company).exchange('notes', idToken);
  offsetMs = 0;
  expect(answer.body.error).toBe('invalid_grant');
});

test('a refresh token is exchanged as well, and is not spent by it', async () => {
  const client = clientByHand(company);
  const refreshToken = member(await client.signIn('alice'), 'refresh_token');
  const changes = { subject_token_type: REFRESH_TOKEN };
  const answer = await client.exchange('notes', refreshToken, changes);
  expect(decodeJwt(member(answer, 'access_token'))).toMatchObject({ email: 'alice@example.com' });
  expect((await client.refresh(refreshToken)).status).toBe(200);
  expect((await client.exchange('notes', refreshToken, changes)).body.error).toBe('invalid_grant');
});

test('a server may demand a fresh sign-in, and says how fresh', async () => {
  company.requireFreshSignIn('notes', 60);
  const client = clientByHand(company);
  const idToken = await idTokenOf('alice');
  expect((await client.exchange('notes', idToken)).status).toBe(200);
  offsetMs = 120_000;
  const late = await client.exchange('notes', idToken);
  expect(late).toMatchObject({ status: 400, body: { error: 'insufficient_user_authentication', max_age: 60 } });
  const signedInAgain = member(await client.signIn('alice', { max_age: '60' }), 'id_token');
  expect((await client.exchange('notes', signedInAgain)).status).toBe(200);
  company.requireFreshSignIn('notes', undefined);
  offsetMs = 0;
});
