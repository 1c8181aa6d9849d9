import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Company, type Fault, startCompany } from '../../company/company.ts';
import { JWT_BEARER, TOKEN_EXCHANGE } from '../../company/protocol.ts';
import { clientByHand, member } from './by-hand/client.ts';

let company: Company;
beforeAll(async () => {
  company = await startCompany();
});
afterEach(() => company.faults.clear());
afterAll(async () => {
  await company.close();
  expect(company.troubles()).toEqual([]);
});

const issuerOf = (name: string) => company.servers.find((server) => server.name === name)?.issuer ?? '';
const asMetadata = (name: string) => fetch(`${issuerOf(name)}/.well-known/oauth-authorization-server`);
const post = (url: string, grantType: string) =>
  fetch(url, { method: 'POST', body: new URLSearchParams({ grant_type: grantType, client_id: 'lanyard' }) });

test.each([
  ['idp-metadata', () => fetch(`${company.issuer}/.well-known/openid-configuration`)],
  ['idp-jwks', () => fetch(`${company.issuer}/jwks`)],
  ['idp-authorization', () => fetch(`${company.issuer}/auth`)],
  ['idp-device', () => post(`${company.issuer}/device/auth`, '')],
  ['idp-token', () => post(`${company.issuer}/token`, TOKEN_EXCHANGE)],
  ['idp-revocation', () => post(`${company.issuer}/token/revocation`, '')],
  ['as-metadata', () => asMetadata('notes')],
  ['as-jwks', () => fetch(`${issuerOf('notes')}/jwks`)],
  ['as-token', () => post(`${issuerOf('notes')}/token`, JWT_BEARER)],
  ['resource-metadata', () => fetch(clientByHand(company).urlOf('notes').replace('/mcp', PRM_PATH))],
  ['server', () => fetch(clientByHand(company).urlOf('notes'))],
] as const)('a fault at %s strikes there and nowhere else', async (at, request) => {
  const remove = company.faults.set({ at, kind: 'status', status: 599, body: 'struck' });
  const struck = await request();
  expect([struck.status, await struck.text()]).toEqual([599, 'struck']);
  remove();
  expect((await request()).status).not.toBe(599);
});

const PRM_PATH = '/.well-known/oauth-protected-resource/mcp';

test('a fault at one server leaves the others alone', async () => {
  company.faults.set({ at: 'as-metadata', server: 'notes', kind: 'html', status: 502 });
  expect((await asMetadata('notes')).headers.get('content-type')).toContain('text/html');
  expect((await asMetadata('tickets')).status).toBe(200);
});

test('a fault ends after as many requests as it was set for', async () => {
  company.faults.set({ at: 'as-metadata', server: 'notes', kind: 'html', times: 2 });
  const types = [];
  for (let request = 0; request < 3; request += 1) {
    types.push((await asMetadata('notes')).headers.get('content-type'));
  }
  expect(types.map((type) => type?.startsWith('text/html'))).toEqual([true, true, false]);
});

test.each<[Fault, number, Record<string, unknown>]>([
  [
    { at: 'as-token', kind: 'oauth-error', error: 'access_denied', description: 'No licence' },
    400,
    { error: 'access_denied', error_description: 'No licence' },
  ],
  [
    { at: 'as-token', kind: 'oauth-error', error: 'x', status: 403, members: { max_age: 5 } },
    403,
    { error: 'x', max_age: 5 },
  ],
  [{ at: 'as-token', kind: 'error-as-200', error: 'invalid_grant' }, 200, { error: 'invalid_grant' }],
  [{ at: 'as-token', kind: 'retry-after', seconds: 7 }, 429, { error: 'temporarily_unavailable' }],
])('%o answers as it says', async (fault, status, body) => {
  company.faults.set(fault);
  const answer = await post(`${issuerOf('notes')}/token`, JWT_BEARER);
  expect(answer.status).toBe(status);
  expect(await answer.json()).toEqual(body);
  if (fault.kind === 'retry-after') expect(answer.headers.get('retry-after')).toBe('7');
});

test.each(['reset', 'cut'] as const)('%s breaks the connection', async (kind) => {
  company.faults.set({ at: 'as-metadata', kind });
  await expect(asMetadata('notes').then((answer) => answer.text())).rejects.toThrow();
});

test('a hanging request is held until its caller gives up', async () => {
  company.faults.set({ at: 'as-metadata', kind: 'hang' });
  const caller = new AbortController();
  const request = fetch(`${issuerOf('notes')}/.well-known/oauth-authorization-server`, { signal: caller.signal });
  const first = await Promise.race([request.then(() => 'answered'), asMetadataOfIdp().then(() => 'still waiting')]);
  expect(first).toBe('still waiting');
  caller.abort();
  await expect(request).rejects.toThrow();
});

const asMetadataOfIdp = () => fetch(`${company.issuer}/.well-known/openid-configuration`);

test('a fault for one grant type lets the other grants of the endpoint pass', async () => {
  const client = clientByHand(company);
  const tokens = await client.signIn('alice');
  company.faults.set({ at: 'idp-token', grantType: TOKEN_EXCHANGE, kind: 'status', status: 503, body: '{}' });
  expect((await client.exchange('notes', member(tokens, 'id_token'))).status).toBe(503);
  expect((await client.refresh(member(tokens, 'refresh_token'))).status).toBe(200);
});

test('a fault after the processing loses only the answer', async () => {
  const client = clientByHand(company);
  const refreshToken = member(await client.signIn('alice'), 'refresh_token');
  const before = company.counts.refreshes;
  company.faults.set({ at: 'idp-token', kind: 'reset', stage: 'after', times: 1 });
  await expect(client.refresh(refreshToken)).rejects.toThrow();
  expect(company.counts.refreshes).toBe(before + 1);
  expect((await client.refresh(refreshToken)).body.error).toBe('invalid_grant');
});
