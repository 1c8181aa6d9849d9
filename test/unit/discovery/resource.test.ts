import { expect, test } from 'vitest';
import { isResourceOf, processProtectedResource } from '../../../main/discovery/protected-resource.ts';
import { problemFrom } from '../fixtures.ts';

test.each([
  ['https://mcp.example.com/mcp', 'https://mcp.example.com/mcp', true],
  ['https://mcp.example.com/mcp/', 'https://mcp.example.com/mcp', true],
  ['https://mcp.example.com/mcp', 'https://mcp.example.com/mcp/', true],
  ['https://mcp.example.com', 'https://mcp.example.com/mcp', true],
  ['https://mcp.example.com/', 'https://mcp.example.com/mcp', true],
  ['https://mcp.example.com/v1', 'https://mcp.example.com/v1/mcp', true],
  ['https://MCP.example.com:443/mcp', 'https://mcp.example.com/mcp', true],
  ['https://mcp.example.com/mcp', 'https://mcp.example.com/mcp?project=7', true],
  ['https://mcp.example.com/mcp?project=7', 'https://mcp.example.com/mcp?project=7', true],
  ['https://mcp.example.com/mcp?project=7', 'https://mcp.example.com/mcp?project=8', false],
  ['https://mcp.example.com/mcp?project=7', 'https://mcp.example.com/mcp', false],
  ['https://mcp.example.com/mc', 'https://mcp.example.com/mcp', false],
  ['https://mcp.example.com/mcp/v1', 'https://mcp.example.com/mcp', false],
  ['https://mcp.example.com/MCP', 'https://mcp.example.com/mcp', false],
  ['https://mcp.example.com/other', 'https://mcp.example.com/mcp', false],
  ['http://mcp.example.com/mcp', 'https://mcp.example.com/mcp', false],
  ['https://mcp.example.com:8443/mcp', 'https://mcp.example.com/mcp', false],
  ['https://evil.example/mcp', 'https://mcp.example.com/mcp', false],
  ['https://mcp.example.com.evil.example/mcp', 'https://mcp.example.com/mcp', false],
  ['https://mcp.example.com@evil.example/mcp', 'https://mcp.example.com/mcp', false],
  ['https://mcp.example.com/mcp#part', 'https://mcp.example.com/mcp', false],
  ['https://mcp.example.com/v1/../../other', 'https://mcp.example.com/mcp', false],
  ['urn:example:mcp', 'https://mcp.example.com/mcp', false],
  ['mcp.example.com', 'https://mcp.example.com/mcp', false],
  ['', 'https://mcp.example.com/mcp', false],
])('tokens for %j may go to %s: %s', (resource, server, expected) => {
  expect(isResourceOf(resource, new URL(server))).toBe(expected);
});

const SERVER = new URL('https://mcp.example.com/mcp');
const PLACE = new URL('https://mcp.example.com/.well-known/oauth-protected-resource/mcp');
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const process = (response: Response) => processProtectedResource(PLACE, SERVER, response, 0);

test.each(['https://mcp.example.com', 'https://mcp.example.com/', 'https://MCP.Example.com:443/mcp/'])(
  'the resource %s stays byte for byte what it was',
  async (resource) => {
    const servers = ['https://AS.example.com/', 'https://as.example.com'];
    expect(await process(json({ resource, authorization_servers: servers, more: 1 }))).toEqual({
      resource,
      authorizationServers: servers,
    });
  },
);

test.each([
  ['no resource', { authorization_servers: ['https://as.example.com'] }, 'resource is not as expected'],
  ['no authorization server', { resource: SERVER.href }, 'authorization_servers is not as expected'],
  ['an empty list of them', { resource: SERVER.href, authorization_servers: [] }, 'authorization_servers is not'],
  [
    'something else in the list',
    { resource: SERVER.href, authorization_servers: [5] },
    'authorization_servers.0 is not',
  ],
  ['a list instead', [], 'document is not as expected'],
  [
    'an authorization server that would steer a terminal',
    { resource: SERVER.href, authorization_servers: ['https://as.example.com/\u001b[2J'] },
    'authorization_servers.0 is not as expected: control characters',
  ],
  [
    'a resource that would',
    { resource: `${SERVER.href}\n`, authorization_servers: ['https://as.example.com'] },
    'resource is not as expected: control characters',
  ],
  [
    'another server',
    { resource: 'https://evil.example/mcp', authorization_servers: ['https://as.example.com'] },
    'its resource "https://evil.example/mcp" is not the server https://mcp.example.com/mcp',
  ],
])('a document with %s is not usable and says why', async (_what, document, detail) => {
  const error = await problemFrom(process(json(document)));
  expect(error).toMatchObject({ code: 'metadata-invalid', recovery: { kind: 'blocked', reason: 'misconfigured' } });
  expect(error.administrator).toContain(`${PLACE.href}: ${detail}`);
});

test.each([400, 401, 403, 404, 405, 410])('HTTP %i says that there is no such document', async (status) => {
  expect(await process(json({}, status))).toBeUndefined();
});

test.each([
  [429, '{}'],
  [500, '{}'],
  [503, '<html>'],
  [302, ''],
  [200, '<!doctype html>'],
  [200, ''],
])('HTTP %i with %j may pass', async (status, text) => {
  const error = await problemFrom(process(new Response(text, { status })));
  expect(error.recovery).toEqual({ kind: 'retry' });
});
