import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Company, startCompany } from '../../company/company.ts';
import { ID_JAG } from '../../company/protocol.ts';
import { accessTokenFor, clientByHand, member } from './by-hand/client.ts';

let company: Company;
beforeAll(async () => {
  company = await startCompany();
});
afterAll(() => company.close());

async function connect(url: string, token: string, mode: 'legacy' | { pin: string }) {
  const client = new Client({ name: 'by-hand', version: '1.0.0' }, { versionNegotiation: { mode } });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  return client;
}

test('a sign-in gives an ID token with nonce, address and time of sign-in, and a refresh token', async () => {
  const tokens = await clientByHand(company).signIn('alice');
  expect(tokens.status).toBe(200);
  expect(tokens.body).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) });
  const claims = decodeJwt(member(tokens, 'id_token'));
  expect(claims).toMatchObject({ aud: 'lanyard', nonce: 'the-nonce', email: 'alice@example.com' });
  expect(claims.auth_time).toEqual(expect.any(Number));
});

test('an ID token is exchanged for an ID-JAG that carries what the authorization server must check', async () => {
  const client = clientByHand(company);
  const tokens = await client.signIn('alice');
  const answer = await client.exchange('notes', member(tokens, 'id_token'));
  expect(answer.body).toMatchObject({
    issued_token_type: ID_JAG,
    token_type: 'N_A',
    expires_in: 300,
    scope: 'notes:read notes:write',
  });
  const notes = company.policy().servers[0];
  expect(decodeProtectedHeader(member(answer, 'access_token'))).toMatchObject({ typ: 'oauth-id-jag+jwt' });
  expect(decodeJwt(member(answer, 'access_token'))).toMatchObject({
    iss: company.issuer,
    aud: notes?.authorizationServer.issuer,
    client_id: 'lanyard-at-notes',
    resource: notes?.url,
    scope: 'notes:read notes:write',
    email: 'alice@example.com',
    jti: expect.any(String),
    auth_time: expect.any(Number),
  });
});

describe.each([
  ['2025-11-25', 'legacy'],
  ['2026-07-28', { pin: '2026-07-28' }],
] as const)('in revision %s', (revision, mode) => {
  test.each([
    ['alice', 'notes', 'client_secret_basic'],
    ['alice', 'tickets', 'private_key_jwt'],
    ['bob', 'payroll', 'client_secret_post'],
  ])('%s reaches %s with a token that was redeemed by %s', async (username, server) => {
    const token = await accessTokenFor(company, username, server);
    const client = await connect(clientByHand(company).urlOf(server), token, mode);
    expect(client.getNegotiatedProtocolVersion()).toBe(revision);
    const result = await client.callTool({ name: 'whoami', arguments: {} });
    expect(JSON.stringify(result.content)).toContain(`${username}@example.com`);
    await client.close();
  });
});
