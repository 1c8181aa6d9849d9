import { afterEach, beforeEach, expect, test } from 'vitest';
import { signInByScript } from '../../company/sign-in.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { callTool, connectRelay, relayUrl } from '../mcp.ts';
import { ask, mcpHeaders, openRaw, post, raw } from '../raw-http.ts';
import { until } from '../until.ts';

let fixture: Fixture;
let localKey: string;
/** Set when the company is about to redeem a code. */
let redeeming: (() => void) | undefined;
const REDEEMING_TAKES_MS = 200;
const ANNOUNCE_EVERY_MS = 10;

beforeEach(async () => {
  const latencyMs = ({ at }: { at: string | undefined }) => {
    if (at !== 'idp-token' || !redeeming) return 0;
    redeeming();
    redeeming = undefined;
    return REDEEMING_TAKES_MS;
  };
  fixture = await startFixture({ company: { latencyMs } });
  localKey = await fixture.localKey();
});
afterEach(() => fixture.close());

test('somebody else who signs in has their own rights, and nothing of the first person', async () => {
  await fixture.signIn('alice');
  expect(fixture.server('tickets').status).toBe('ready');
  await fixture.signIn('bob');
  expect(fixture.agent.state().session).toMatchObject({ subject: 'u-bob' });
  expect(fixture.server('payroll').status).toBe('ready');
  expect(fixture.server('tickets')).toMatchObject({ status: 'denied', token: { kind: 'none' } });
  const client = await connectRelay(fixture, 'notes', 'modern', { localKey });
  expect(JSON.parse(await callTool(client, 'whoami'))).toMatchObject({ subject: 'u-bob' });
  await client.close();
  const refused = await ask(relayUrl(fixture, 'tickets'), localKey, 'list_tickets');
  expect(refused.by).toBe('standby');
  expect(refused.sentence).toContain('has not given you access to Tickets');
  await fixture.restart();
  expect(fixture.server('tickets').token.kind).toBe('none');
});

test('an MCP session of the first person is not the next one to use', async () => {
  await fixture.signIn('alice');
  const url = relayUrl(fixture, 'notes');
  const { headers } = await post(url, localKey);
  const mcpSession = { 'mcp-session-id': String(headers['mcp-session-id']), 'mcp-protocol-version': '2025-11-25' };
  const list = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
  const listTools = () => raw(url, { method: 'POST', headers: { ...mcpHeaders(localKey), ...mcpSession }, body: list });
  expect((await listTools()).status).toBe(200);
  await fixture.signIn('bob');
  // 404 is how a client learns that it has to begin a new MCP session.
  expect((await listTools()).status).toBe(404);
});

test.each(['somebody else signs in', 'the person signs out'])('an open stream ends when %s', async (what) => {
  await fixture.signIn('alice');
  const url = relayUrl(fixture, 'notes');
  const { headers } = await post(url, localKey);
  const mcpSession = { 'mcp-session-id': String(headers['mcp-session-id']), 'mcp-protocol-version': '2025-11-25' };
  // The company's servers send a stream's headers with its first event.
  const announcing = setInterval(() => fixture.company.announceToolListChanged('notes'), ANNOUNCE_EVERY_MS);
  const { answer } = await openRaw(url, { headers: { ...mcpHeaders(localKey), ...mcpSession } });
  clearInterval(announcing);
  expect(answer.statusCode).toBe(200);
  const closed = new Promise((resolve) => answer.on('error', () => {}).once('close', resolve));
  answer.resume();
  if (what === 'the person signs out') await fixture.agent.acts.signOut();
  else await fixture.signIn('bob');
  await closed;
});

test('a call under way ends with an answer when the person signs out', async () => {
  await fixture.signIn('alice');
  const call = JSON.stringify({
    jsonrpc: '2.0',
    id: 7,
    method: 'tools/call',
    params: {
      name: 'wait',
      arguments: { milliseconds: 600_000 },
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'integration', version: '1.0.0' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  });
  const headers = {
    ...mcpHeaders(localKey),
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'wait',
  };
  const answered = raw(relayUrl(fixture, 'notes'), { method: 'POST', headers, body: call }).catch(
    (error: unknown) => error,
  );
  await until(() => fixture.company.counts.servers.notes?.toolCalls === 1);
  await fixture.agent.acts.signOut();
  await answered;
  await until(() => fixture.company.counts.servers.notes?.abortedCalls === 1);
});

test('a sign-in that is cancelled while its code is redeemed changes nothing', async () => {
  await fixture.signIn('alice');
  const { session } = fixture.agent.state();
  const { url } = await fixture.agent.acts.signIn({ method: 'browser' });
  redeeming = () => fixture.agent.acts.cancelSignIn();
  const { username, password } = fixture.company.person('bob');
  const page = await signInByScript({ url, username, password });
  expect(redeeming).toBeUndefined();
  expect(page.text).toContain('Sign-in cancelled');
  expect(fixture.agent.state().session).toEqual(session);
  expect(fixture.server('tickets').status).toBe('ready');
});

test('signing in again as the same person keeps the tokens that are there', async () => {
  await fixture.signIn('alice');
  expect((await ask(relayUrl(fixture, 'notes'), localKey)).by).toBe('server');
  const before = fixture.company.counts.redemptions;
  await fixture.signIn('alice');
  expect(fixture.company.counts.redemptions).toBe(before);
  expect(fixture.server('notes').status).toBe('ready');
});
