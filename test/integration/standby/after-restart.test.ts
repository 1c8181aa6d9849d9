import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Fixture, startFixture } from '../fixture.ts';
import { initializeBody, mcpHeaders, raw } from '../raw-http.ts';
import { listsAreKnown, openClients, WAYS } from './listening-client.ts';

let fixture: Fixture;
const clients = openClients();
beforeEach(async () => {
  fixture = await startFixture();
  await fixture.signIn('alice');
});
afterEach(async () => {
  await clients.closeAll();
  await fixture.close();
});

describe.each(WAYS)('a client of the $era era over $over, at the $to, after a restart while signed out', (way) => {
  test('finds the last known tools, which are callable after the sign-in', async () => {
    const before = await clients.connect(fixture, way);
    const tools = await before.toolNames();
    expect(tools).toContain('echo');
    await listsAreKnown(fixture);
    await clients.closeAll();
    await fixture.agent.acts.signOut();
    await fixture.restart();
    const one = await clients.connect(fixture, way);
    expect(await one.toolNames()).toEqual(tools);
    expect((await one.call('echo', { text: 'meanwhile' })).text).toContain('was not carried out');
    await fixture.signIn('alice');
    expect(await one.call('echo', { text: 'after' })).toEqual({ isError: false, text: 'after' });
  });

  test('finds nothing of somebody else’s', async () => {
    await clients.connect(fixture, way);
    await listsAreKnown(fixture);
    await clients.closeAll();
    await fixture.agent.acts.signOut();
    await fixture.restart();
    await fixture.signIn('carol');
    const one = await clients.connect(fixture, way);
    expect(await one.toolNames()).not.toContain('echo');
  });
});

test('an MCP session of who was signed in at the start is over for the next person', async () => {
  await fixture.restart();
  const url = `${fixture.agent.state().relay.url}/mcp`;
  const headers = mcpHeaders(await fixture.localKey());
  const opened = await raw(url, { method: 'POST', headers, body: initializeBody() });
  const ofSession = { ...headers, 'mcp-session-id': String(opened.headers['mcp-session-id']) };
  await fixture.agent.acts.signOut();
  await fixture.signIn('bob');
  const body = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
  expect((await raw(url, { method: 'POST', headers: ofSession, body })).status).toBe(404);
});
