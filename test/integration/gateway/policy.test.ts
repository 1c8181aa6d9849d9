import { type Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pastedClientSchema } from '../../../shared/local-api.ts';
import { LOCAL_KEY_HEADER_NAME } from '../../../shared/local-key-header.ts';
import { type Fixture, type FixtureOptions, startFixture } from '../fixture.ts';
import { connectOver, connectRelay, ERAS, type Era } from '../mcp.ts';
import { postModern } from '../raw-http.ts';
import { until } from '../until.ts';

const RULES = { deny: ['remove_*'] };

/** A policy with rules for the notes, and a limit on what the gateway lists. */
const policyWith =
  (toolLimit: number): NonNullable<FixtureOptions['change']> =>
  (policy) => ({
    ...policy,
    servers: policy.servers.map((server) => (server.name === 'notes' ? { ...server, tools: RULES } : server)),
    gateway: { toolLimit },
  });

let fixture: Fixture;
let localKey: string;
beforeAll(async () => {
  fixture = await startFixture({ change: policyWith(80) });
  localKey = await fixture.localKey();
  await fixture.signIn('alice');
});
afterAll(() => fixture.close());

function connectGateway(era: Era, key: string = localKey): Promise<Client> {
  const url = new URL(`${fixture.agent.state().relay.url}/mcp`);
  const requestInit = { headers: { [LOCAL_KEY_HEADER_NAME]: key } };
  return connectOver(new StreamableHTTPClientTransport(url, { requestInit }), era);
}

const namesOf = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name);

const REFUSED = { isError: true, content: [{ text: expect.stringContaining("The company's policy does not allow") }] };

describe.each(ERAS)('a client of the %s era', (era) => {
  test('does not see a tool that policy denies, nor get it called, at the server’s own address', async () => {
    const client = await connectRelay(fixture, 'notes', era, { localKey });
    const names = await namesOf(client);
    expect(names).toContain('echo');
    expect(names).not.toContain('remove_note');
    const before = fixture.company.counts.toolCalls;
    expect(await client.callTool({ name: 'remove_note', arguments: { number: 1 } })).toMatchObject(REFUSED);
    expect(fixture.company.counts.toolCalls).toBe(before);
    await client.close();
  });

  test('nor in the gateway, which shows what was granted and hides what was denied', async () => {
    const client = await connectGateway(era);
    const names = await namesOf(client);
    expect(names).toEqual(expect.arrayContaining(['notes_echo', 'tickets_whoami']));
    expect(names).not.toContain('notes_remove_note');
    expect(names.filter((name) => name.startsWith('payroll_'))).toEqual([]);
    expect(await client.callTool({ name: 'notes_remove_note', arguments: { number: 1 } })).toMatchObject(REFUSED);
    await client.close();
  });

  test('that was connected to some servers sees those alone in the gateway', async () => {
    const limited = await fixture.agent.acts.addClient({ kind: 'snippet', transport: 'http', servers: ['tickets'] });
    const client = await connectGateway(era, pastedClientSchema.parse(limited).localKey);
    const names = await namesOf(client);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !name.startsWith('tickets_'))).toEqual([]);
    await expect(client.callTool({ name: 'notes_echo', arguments: { text: 'x' } })).rejects.toThrow(/no tool/i);
    await client.close();
  });
});

test('while nobody is signed in, standby lists what was known, without what policy denies', async () => {
  await (await connectGateway('modern')).listTools();
  await until(() => fixture.server('notes').status === 'ready');
  await fixture.agent.acts.signOut();
  const url = new URL(`${fixture.agent.state().relay.url}/notes/mcp`);
  const { text } = await postModern(url, localKey, 'tools/list', '');
  const { result } = JSON.parse(text) as { result: { tools: readonly { readonly name: string }[] } };
  const names = result.tools.map(({ name }) => name);
  expect(names).toContain('echo');
  expect(names).not.toContain('remove_note');
  await fixture.signIn('alice');
});

test('beyond the limit of policy the gateway offers a search, whose calls keep the rules', async () => {
  await fixture.restart(policyWith(2));
  const client = await connectGateway('modern');
  expect(await namesOf(client)).toEqual(['find_tools', 'call_tool']);
  const echo = { name: 'notes_echo', arguments: { text: 'found' } };
  expect(await client.callTool({ name: 'call_tool', arguments: echo })).toMatchObject({ content: [{ text: 'found' }] });
  const removal = { name: 'notes_remove_note', arguments: { number: 1 } };
  expect(await client.callTool({ name: 'call_tool', arguments: removal })).toMatchObject(REFUSED);
  await client.close();
});
