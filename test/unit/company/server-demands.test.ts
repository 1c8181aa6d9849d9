import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Company, startCompany } from '../../company/company.ts';
import { ACR_PASSWORD, ACR_SECOND_FACTOR } from '../../company/idp/assurance.ts';
import { accessTokenFor, clientByHand, member } from './by-hand/client.ts';
import { callTool, connect, MODERN, textOf } from './by-hand/mcp.ts';
import { challengeIn, postToolCall } from './by-hand/raw-mcp.ts';

let company: Company;
let offsetMs = 0;
beforeAll(async () => {
  company = await startCompany({ clock: () => Date.now() + offsetMs });
});
afterEach(() => {
  offsetMs = 0;
  company.setGroups('alice', ['engineering']);
});
afterAll(async () => {
  await company.close();
  expect(company.troubles()).toEqual([]);
});

const urlOf = (server: string) => clientByHand(company).urlOf(server);
const call = (server: string, token: string, tool: string, args = {}) =>
  postToolCall(urlOf(server), { authorization: `Bearer ${token}` }, tool, args);

async function tokenWith(scope: string, signIn: Record<string, string> = {}): Promise<string> {
  const client = clientByHand(company);
  const idToken = member(await client.signIn('alice', signIn), 'id_token');
  const idJag = await client.exchange('tickets', idToken, { scope });
  return member(await client.redeem('tickets', member(idJag, 'access_token')), 'access_token');
}

test('a tool may need one more scope at run time, and the challenge names all that it needs', async () => {
  company.requireScope('tickets', 'list_tickets', 'tickets:close');
  const narrow = await tokenWith('tickets:read');
  const refused = await call('tickets', narrow, 'list_tickets');
  expect(refused.status).toBe(403);
  expect(challengeIn(refused)).toContain('error="insufficient_scope"');
  expect(challengeIn(refused)).toContain('scope="tickets:read tickets:close"');
  expect(challengeIn(refused)).toContain('resource_metadata="');
  expect((await call('tickets', narrow, 'whoami')).status).toBe(200);

  company.setGroups('alice', ['support']);
  const wide = await tokenWith('tickets:read tickets:close');
  expect((await call('tickets', wide, 'list_tickets')).status).toBe(200);

  company.requireScope('tickets', 'list_tickets', undefined);
  expect((await call('tickets', narrow, 'list_tickets')).status).toBe(200);
});

test('the legacy era is refused in the same way', async () => {
  company.requireScope('tickets', 'list_tickets', 'tickets:close');
  const client = await connect(urlOf('tickets'), await tokenWith('tickets:read'), 'legacy');
  await expect(callTool(client, 'list_tickets')).rejects.toThrow();
  company.requireScope('tickets', 'list_tickets', undefined);
  expect(textOf(await callTool(client, 'list_tickets'))).toContain('New laptop');
  await client.close();
});

test('who lacks one of several scopes gets the others, and who has none of them an error', async () => {
  const client = clientByHand(company);
  const idToken = member(await client.signIn('alice'), 'id_token');
  const scope = 'tickets:read tickets:write tickets:close';
  const narrower = await client.exchange('tickets', idToken, { scope });
  expect(narrower).toMatchObject({ status: 200, body: { scope: 'tickets:read tickets:write' } });
  const redeemed = await client.redeem('tickets', member(narrower, 'access_token'));
  expect(redeemed.body.scope).toBe('tickets:read tickets:write');
  const none = await client.exchange('tickets', idToken, { scope: 'tickets:close' });
  expect(none).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  company.setGroups('alice', ['support']);
  expect((await client.exchange('tickets', idToken, { scope })).body.scope).toBe(scope);
});

test('ID-JAG and access token say how and when the person signed in', async () => {
  const client = clientByHand(company);
  const idToken = member(await client.signIn('alice', { acr_values: ACR_SECOND_FACTOR }), 'id_token');
  const idJag = member(await client.exchange('notes', idToken), 'access_token');
  const accessToken = member(await client.redeem('notes', idJag), 'access_token');
  const { acr, amr, auth_time } = decodeJwt(idToken);
  expect(acr).toBe(ACR_SECOND_FACTOR);
  expect(decodeJwt(idJag)).toMatchObject({ acr, amr, auth_time });
  expect(decodeJwt(accessToken)).toMatchObject({ acr, amr, auth_time });
});

test('a server may ask for another acr, and takes a token of a sign-in that has it', async () => {
  const weak = await tokenWith('tickets:read');
  expect(decodeJwt(weak).acr).toBe(ACR_PASSWORD);
  company.requireStepUpAtServer('tickets', { acrValues: [ACR_SECOND_FACTOR, 'urn:other'] });
  const { unauthorized = 0 } = company.counts.servers.tickets ?? {};
  const refused = await call('tickets', weak, 'list_tickets');
  expect(refused.status).toBe(401);
  expect(challengeIn(refused)).toContain('error="insufficient_user_authentication"');
  expect(challengeIn(refused)).toContain(`acr_values="${ACR_SECOND_FACTOR} urn:other"`);
  expect(challengeIn(refused)).toContain('resource_metadata="');
  expect(challengeIn(refused)).not.toContain('max_age');
  expect(company.counts.servers.tickets?.unauthorized).toBe(unauthorized + 1);
  const strong = await tokenWith('tickets:read', { acr_values: ACR_SECOND_FACTOR });
  expect((await call('tickets', strong, 'list_tickets')).status).toBe(200);
  company.requireStepUpAtServer('tickets', undefined);
  expect((await call('tickets', weak, 'list_tickets')).status).toBe(200);
});

test('a server may ask for a younger sign-in by the company clock', async () => {
  company.requireStepUpAtServer('notes', { maxAgeSeconds: 300 });
  const token = await accessTokenFor(company, 'alice', 'notes');
  expect((await call('notes', token, 'list_notes')).status).toBe(200);
  offsetMs = 302_000;
  const refused = await call('notes', token, 'list_notes');
  expect(refused.status).toBe(401);
  expect(challengeIn(refused)).toContain('max_age="300"');
  company.requireStepUpAtServer('notes', undefined);
  const client = await connect(urlOf('notes'), token, MODERN);
  await client.close();
});
