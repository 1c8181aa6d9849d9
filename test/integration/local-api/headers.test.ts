import { readFile, writeFile } from 'node:fs/promises';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, expect, test } from 'vitest';
import { headersSchema } from '../../../shared/local-api.ts';
import { LOCAL_KEY_HEADER_NAME } from '../../../shared/local-key-header.ts';
import type { CompanyPolicy } from '../../company/company.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { createLaptop, WITHOUT_KEYCHAIN } from '../laptop.ts';
import { callTool, connectOver, connectRelay, relayUrl } from '../mcp.ts';
import { endAllChildren } from '../program.ts';
import { mcpHeaders, raw } from '../raw-http.ts';

const allowing = (policy: CompanyPolicy) => ({ ...policy, clients: { headerHelper: true } });

let fixture: Fixture | undefined;
afterEach(async () => {
  await fixture?.close();
  fixture = undefined;
  await endAllChildren();
});

async function signedIn(): Promise<Fixture> {
  fixture = await startFixture({ change: allowing });
  await fixture.signIn();
  return fixture;
}

async function keyOf({ agent }: Fixture, client: string, server?: string): Promise<string> {
  const { headers } = await agent.acts.headers({ client, server });
  return headers[LOCAL_KEY_HEADER_NAME] ?? '';
}

const LIST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });
const statusOf = async (of: Fixture, server: string, key: string) =>
  (await raw(relayUrl(of, server), { method: 'POST', headers: mcpHeaders(key), body: LIST })).status;

test('without the word of policy there are no keys', async () => {
  fixture = await startFixture();
  await expect(keyOf(fixture, 'claude-code', 'notes')).rejects.toMatchObject({ code: 'headers-not-allowed' });
});

test('a key opens its server, and the journal names its client', async () => {
  const world = await signedIn();
  const localKey = await keyOf(world, 'claude-code', 'notes');
  const client = await connectRelay(world, 'notes', 'modern', { localKey });
  const [tool] = (await client.listTools()).tools;
  await callTool(client, tool?.name ?? '');
  await client.close();
  // What Lanyard lists by itself is in the journal too, under its own name.
  const calls = world.logged.filter(({ event, fields }) => event === 'call' && fields?.client !== 'lanyard');
  expect(calls.length).toBeGreaterThan(0);
  for (const call of calls) expect(call.fields).toMatchObject({ client: 'claude-code', server: 'notes' });
  expect(JSON.stringify(world.logged)).not.toContain(localKey);
  expect(await readFile(world.paths.clients, 'utf8').catch(() => '')).not.toContain('keyHash');
});

test('it opens no other server, not through the gateway either', async () => {
  const world = await signedIn();
  const localKey = await keyOf(world, 'claude-code', 'notes');
  expect(await statusOf(world, 'tickets', localKey)).toBe(403);
  const prefixes = async (key: string) => {
    const requestInit = { headers: { [LOCAL_KEY_HEADER_NAME]: key } };
    const url = new URL(`${world.agent.state().relay.url}/mcp`);
    const gateway = await connectOver(new StreamableHTTPClientTransport(url, { requestInit }), 'modern');
    const { tools } = await gateway.listTools();
    await gateway.close();
    return new Set(tools.map(({ name }) => name.split('_')[0]));
  };
  expect(await prefixes(localKey)).toEqual(new Set(['notes']));
  expect([...(await prefixes(await keyOf(world, 'claude-code')))]).toEqual(
    expect.arrayContaining(['notes', 'tickets']),
  );
});

test('keys end with the client that is removed, and with the agent', async () => {
  const world = await signedIn();
  await world.agent.acts.addClient({ kind: 'claude-code', transport: 'http' });
  const removed = await keyOf(world, 'claude-code', 'notes');
  const kept = await keyOf(world, 'codex', 'notes');
  expect(await statusOf(world, 'notes', removed)).not.toBe(403);
  await world.agent.acts.removeClient('claude-code');
  expect(await statusOf(world, 'notes', removed)).toBe(403);
  expect(await statusOf(world, 'notes', kept)).not.toBe(403);
  expect(await statusOf(world, 'notes', await keyOf(world, 'claude-code', 'notes'))).not.toBe(403);
  await world.restart();
  expect(await statusOf(world, 'notes', kept)).toBe(403);
});

test('"lanyard headers" prints the headers and nothing else', async () => {
  const laptop = await createLaptop();
  const policy = JSON.parse(await readFile(laptop.policyFile, 'utf8')) as CompanyPolicy;
  await writeFile(laptop.policyFile, JSON.stringify(allowing(policy)));
  await laptop.startAgent(WITHOUT_KEYCHAIN);
  const asked = await laptop.run('headers', 'notes', '--client', 'claude-code');
  expect([asked.exitCode, asked.stderr]).toEqual([0, '']);
  const headers = headersSchema.shape.headers.parse(JSON.parse(asked.stdout));
  expect(headers).toEqual({ [LOCAL_KEY_HEADER_NAME]: expect.stringMatching(/^lk_[\w-]{43}$/) });
  expect((await laptop.run('headers', 'notes', '--client', 'claude-code')).stdout).toBe(asked.stdout);
  const unknown = await laptop.run('headers', 'nowhere');
  expect([unknown.exitCode, unknown.stdout]).toEqual([2, '']);
  expect(unknown.stderr).toContain('no server "nowhere"');
  await endAllChildren();
  await laptop.close();
});
