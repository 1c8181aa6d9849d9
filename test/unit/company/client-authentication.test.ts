import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AUTHENTICATION_METHODS, type ClientAuthentication } from '../../company/authentication.ts';
import { type Company, startCompany } from '../../company/company.ts';
import { JWT_BEARER } from '../../company/protocol.ts';
import { authenticate, clientByHand, member, postForm } from './by-hand/client.ts';

describe.each(AUTHENTICATION_METHODS)('a client that authenticates with %s', (method) => {
  let company: Company;
  beforeAll(async () => {
    company = await startCompany({ authentication: { notes: method } });
  });
  afterAll(() => company.close());

  test('gets its tokens from the IdP and from the authorization server', async () => {
    const client = clientByHand(company, { authentication: method });
    const tokens = await client.signIn('alice');
    expect(tokens.status).toBe(200);
    const idJag = await client.exchange('notes', member(tokens, 'id_token'));
    expect(idJag.status).toBe(200);
    expect((await client.redeem('notes', member(idJag, 'access_token'))).status).toBe(200);
  });
});

describe('the wrong authentication', () => {
  let company: Company;
  beforeAll(async () => {
    company = await startCompany();
  });
  afterAll(() => company.close());

  const atNotes = async (authentication: ClientAuthentication, clientId = 'lanyard-at-notes') => {
    const { issuer } = company.servers[0] ?? { issuer: '' };
    const proof = await authenticate(clientId, authentication, issuer, Math.floor(Date.now() / 1000));
    return postForm(`${issuer}/token`, { grant_type: JWT_BEARER, assertion: 'x', ...proof.fields }, proof.headers);
  };

  test.each([
    ['a wrong secret', { method: 'client_secret_basic', clientSecret: 'wrong' }],
    ['the secret in the body', { method: 'client_secret_post', clientSecret: 'wrong' }],
    ['none at all', { method: 'none' }],
  ] as const)('%s is invalid_client at an authorization server', async (_what, authentication) => {
    const answer = await atNotes(authentication);
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
  });

  test('the right secret of an unknown client is invalid_client', async () => {
    const { authentication } = company.policy().servers[0]?.authorizationServer ?? {};
    if (!authentication) throw new Error('The policy has no server');
    expect((await atNotes(authentication, 'somebody-else')).body.error).toBe('invalid_client');
  });

  test('a secret that was not form-urlencoded inside Basic is another secret', async () => {
    const { issuer, clientId, authentication } = company.policy().servers[0]?.authorizationServer ?? {};
    if (authentication?.method !== 'client_secret_basic') throw new Error('notes takes client_secret_basic');
    const authorization = `Basic ${Buffer.from(`${clientId}:${authentication.clientSecret}`).toString('base64')}`;
    const fields = { grant_type: JWT_BEARER, assertion: 'x' };
    const answer = await postForm(`${issuer}/token`, fields, { authorization });
    expect(answer.body.error).toBe('invalid_client');
  });

  test('two methods at once are an invalid request', async () => {
    const { issuer } = company.servers[0] ?? { issuer: '' };
    const fields = { grant_type: JWT_BEARER, assertion: 'x', client_secret: 'y' };
    const answer = await postForm(`${issuer}/token`, fields, { authorization: 'Basic eDp5' });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  test('a client assertion is good once', async () => {
    const { issuer, clientId, authentication } = company.policy().servers[1]?.authorizationServer ?? {};
    if (!issuer || !clientId || !authentication) throw new Error('The policy has no second server');
    const proof = await authenticate(clientId, authentication, issuer, Math.floor(Date.now() / 1000));
    const fields = { grant_type: JWT_BEARER, assertion: 'x', ...proof.fields };
    expect((await postForm(`${issuer}/token`, fields)).body.error).toBe('invalid_grant');
    expect((await postForm(`${issuer}/token`, fields)).body.error).toBe('invalid_client');
  });

  test('a client assertion for another audience is invalid_client', async () => {
    const { issuer, clientId, authentication } = company.policy().servers[1]?.authorizationServer ?? {};
    if (!issuer || !clientId || !authentication) throw new Error('The policy has no second server');
    const proof = await authenticate(clientId, authentication, company.issuer, Math.floor(Date.now() / 1000));
    const answer = await postForm(`${issuer}/token`, { grant_type: JWT_BEARER, assertion: 'x', ...proof.fields });
    expect(answer.body.error).toBe('invalid_client');
  });

  test('a form that is far too long is cut off with 413', async () => {
    const { issuer } = company.servers[0] ?? { issuer: '' };
    const answer = await postForm(`${issuer}/token`, { grant_type: JWT_BEARER, assertion: 'x'.repeat(300_000) });
    expect(answer.status).toBe(413);
    expect(company.troubles()).toEqual([]);
  });

  test('a wrong secret is invalid_client at the IdP', async () => {
    const proof = { client_id: 'lanyard-post', client_secret: 'wrong' };
    const answer = await postForm(`${company.issuer}/token`, { grant_type: 'refresh_token', ...proof });
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });
});
