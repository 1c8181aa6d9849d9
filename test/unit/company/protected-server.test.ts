import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Company, startCompany } from '../../company/company.ts';
import { accessTokenFor, clientByHand, member } from './by-hand/client.ts';
import { callTool, connect, type Era, MODERN, textOf } from './by-hand/mcp.ts';

let company: Company;
let token: string;
let offsetMs = 0;
beforeAll(async () => {
  company = await startCompany({ clock: () => Date.now() + offsetMs, requireEma: ['tickets'] });
});
beforeEach(async () => {
  token = await accessTokenFor(company, 'alice', 'notes');
});
afterAll(async () => {
  await company.close();
  expect(company.troubles()).toEqual([]);
});

const url = () => clientByHand(company).urlOf('notes');
const post = (headers: Record<string, string>, body: unknown = { jsonrpc: '2.0', id: 1, method: 'ping' }) =>
  fetch(url(), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: JSON.stringify(body),
  });
const bearer = () => ({ authorization: `Bearer ${token}` });
const ERAS: readonly Era[] = ['legacy', MODERN];

test('without a token the challenge leads to the metadata and names the scopes', async () => {
  const unauthorized = company.counts.servers.notes?.unauthorized ?? 0;
  const answer = await post({});
  expect(answer.status).toBe(401);
  const challenge = answer.headers.get('www-authenticate') ?? '';
  expect(challenge).toMatch(/^Bearer resource_metadata="([^"]+)", scope="notes:read notes:write"$/);
  const metadata = await fetch(/resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '');
  expect(await metadata.json()).toMatchObject({
    resource: url(),
    resource_name: 'Notes',
    authorization_servers: [company.servers[0]?.issuer],
    scopes_supported: ['notes:read', 'notes:write'],
  });
  expect(company.counts.servers.notes?.unauthorized).toBe(unauthorized + 1);
});

test('metadata is found only where the path is inserted', async () => {
  const root = new URL('/.well-known/oauth-protected-resource', url());
  expect((await fetch(root)).status).toBe(404);
});

test('an expired token is invalid_token', async () => {
  offsetMs = 3_601_000;
  const answer = await post(bearer());
  offsetMs = 0;
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
});

test("another server's token is invalid_token", async () => {
  const other = await accessTokenFor(company, 'bob', 'payroll');
  expect((await post({ authorization: `Bearer ${other}` })).status).toBe(401);
});

test('revoked tokens are invalid_token, new ones are good', async () => {
  company.revokeAccessTokens('notes');
  const answer = await post(bearer());
  expect([answer.status, await answer.json()]).toEqual([401, expect.objectContaining({ error: 'invalid_token' })]);
  const client = await connect(url(), await accessTokenFor(company, 'alice', 'notes'), MODERN);
  await client.close();
});

test.each(ERAS)('a tool that needs more scope answers 403 and says which (%s)', async (era) => {
  const asker = clientByHand(company);
  const idToken = member(await asker.signIn('alice'), 'id_token');
  const idJag = await asker.exchange('notes', idToken, { scope: 'notes:read' });
  const reader = member(await asker.redeem('notes', member(idJag, 'access_token')), 'access_token');
  const client = await connect(url(), reader, era);
  expect(textOf(await callTool(client, 'list_notes'))).toContain('Welcome');
  await expect(callTool(client, 'add_note', { text: 'x' })).rejects.toThrow();
  await client.close();
});

test('the 403 challenge carries insufficient_scope, the scopes and the metadata', async () => {
  const asker = clientByHand(company);
  const idToken = member(await asker.signIn('alice'), 'id_token');
  const idJag = await asker.exchange('notes', idToken, { scope: 'notes:read' });
  const reader = member(await asker.redeem('notes', member(idJag, 'access_token')), 'access_token');
  const headers = {
    authorization: `Bearer ${reader}`,
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'add_note',
  };
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { name: 'add_note', arguments: { text: 'x' }, _meta };
  const answer = await post(headers, { jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  expect(answer.status).toBe(403);
  const challenge = answer.headers.get('www-authenticate');
  expect(challenge).toContain('error="insufficient_scope"');
  expect(challenge).toContain('scope="notes:read notes:write"');
  expect(challenge).toContain('/.well-known/oauth-protected-resource/mcp');
});

test('a server that requires the EMA extension refuses callers who do not declare it, in both eras', async () => {
  const ticketsToken = await accessTokenFor(company, 'alice', 'tickets');
  const ticketsUrl = clientByHand(company).urlOf('tickets');
  for (const era of ERAS) {
    await expect(connect(ticketsUrl, ticketsToken, era)).rejects.toThrow();
    const extensions = { 'io.modelcontextprotocol/enterprise-managed-authorization': {} };
    const client = await connect(ticketsUrl, ticketsToken, era, { extensions });
    expect(textOf(await callTool(client, 'list_tickets'))).toContain('New laptop');
    await client.close();
  }
});
