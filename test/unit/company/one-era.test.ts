import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Company, startCompany } from '../../company/company.ts';
import { accessTokenFor, clientByHand } from './by-hand/client.ts';
import { callTool, connect, MODERN, textOf } from './by-hand/mcp.ts';

let company: Company;
beforeAll(async () => {
  company = await startCompany({ eras: { notes: 'legacy', tickets: 'modern' } });
});
afterAll(async () => {
  await company.close();
  expect(company.troubles()).toEqual([]);
});

const urlOf = (server: string) => clientByHand(company).urlOf(server);

async function post(server: string, headers: Record<string, string>, message: unknown) {
  const answer = await fetch(urlOf(server), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await accessTokenFor(company, 'alice', server)}`,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(message),
  });
  return { status: answer.status, body: (await answer.json()) as { readonly error?: { readonly code: number } } };
}

const CLIENT_INFO = { name: 'by-hand', version: '1.0.0' };

test.each([
  ['notes', 'legacy'],
  ['tickets', MODERN],
] as const)('%s works with clients of its era', async (server, era) => {
  const client = await connect(urlOf(server), await accessTokenFor(company, 'alice', server), era);
  expect(JSON.parse(textOf(await callTool(client, 'whoami')))).toMatchObject({ subject: 'u-alice' });
  await client.close();
});

test.each([
  ['notes', MODERN],
  ['tickets', 'legacy'],
] as const)('%s does not work with clients of the other era', async (server, era) => {
  await expect(connect(urlOf(server), await accessTokenFor(company, 'alice', server), era)).rejects.toThrow();
});

test('a server of the legacy era knows neither the revision nor the method of the modern one', async () => {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': CLIENT_INFO,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'server/discover' };
  const { status, body } = await post('notes', headers, {
    jsonrpc: '2.0',
    id: 1,
    method: 'server/discover',
    params: { _meta },
  });
  expect([status, body.error?.code]).toEqual([400, -32000]);
});

test('a server of the modern era answers initialize with the revisions that it has', async () => {
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: CLIENT_INFO };
  const { status, body } = await post('tickets', {}, { jsonrpc: '2.0', id: 1, method: 'initialize', params });
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ code: -32022, data: { supported: ['2026-07-28'] } });
});
