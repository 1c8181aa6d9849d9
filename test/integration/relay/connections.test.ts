import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fixture, startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { initializeBody, mcpHeaders, openRaw, post, raw } from '../raw-http.ts';
import { until } from '../until.ts';

let fixture: Fixture;
let localKey: string;
beforeAll(async () => {
  fixture = await startFixture();
  localKey = await fixture.localKey();
  await fixture.signIn('alice');
});
afterAll(() => fixture.close());

const notes = () => fixture.company.counts.servers.notes ?? { abortedCalls: 0, toolCalls: 0, requests: 0 };

/** A call of the era without MCP sessions, as it stands on the wire. */
function modernCall(name: string, args: Record<string, unknown>) {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'integration', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { name, arguments: args, _meta: meta };
  return {
    method: 'POST',
    headers: {
      ...mcpHeaders(localKey),
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
  };
}

test('an MCP session is ended by DELETE and unknown afterwards', async () => {
  const url = relayUrl(fixture, 'notes');
  const { headers } = await post(url, localKey);
  const session = { 'mcp-session-id': String(headers['mcp-session-id']), 'mcp-protocol-version': '2025-11-25' };
  const list = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
  const listTools = () => raw(url, { method: 'POST', headers: { ...mcpHeaders(localKey), ...session }, body: list });
  expect((await listTools()).status).toBe(200);
  expect((await raw(url, { method: 'DELETE', headers: { ...mcpHeaders(localKey), ...session } })).status).toBe(200);
  expect((await listTools()).status).toBe(404);
});

test('a client that disconnects in the middle of a call ends it at the server', async () => {
  const { toolCalls, abortedCalls } = notes();
  const { headers, body } = modernCall('wait', { milliseconds: 600_000 });
  const outgoing = request(relayUrl(fixture, 'notes'), { method: 'POST', headers, agent: false });
  outgoing.on('error', () => {}).end(body);
  await until(() => notes().toolCalls > toolCalls);
  outgoing.destroy();
  await until(() => notes().abortedCalls > abortedCalls);
});

test('the first event of a stream arrives before the call has ended', async () => {
  const { answer, outgoing } = await openRaw(
    relayUrl(fixture, 'notes'),
    withProgress(modernCall('count_up', { to: 1000, everyMilliseconds: 20 })),
  );
  expect(answer.headers['content-type']).toContain('text/event-stream');
  const [first] = (await once(answer, 'data')) as [Buffer];
  expect(first.toString('utf8')).toContain('"progress":1');
  expect(answer.complete).toBe(false);
  answer.on('error', () => {});
  outgoing.destroy();
});

function withProgress(call: ReturnType<typeof modernCall>): ReturnType<typeof modernCall> {
  const message = JSON.parse(call.body);
  message.params._meta.progressToken = 'steps';
  return { ...call, body: JSON.stringify(message) };
}

test('a client that disconnects before its request is complete reaches no server and harms nobody', async () => {
  const before = notes().requests;
  const headers = { ...mcpHeaders(localKey), 'content-length': '1000' };
  const outgoing = request(relayUrl(fixture, 'notes'), { method: 'POST', headers, agent: false });
  outgoing.on('error', () => {}).write('{"jsonrpc"');
  await new Promise((resolve) => setImmediate(resolve));
  outgoing.destroy();
  expect((await post(relayUrl(fixture, 'notes'), localKey)).status).toBe(200);
  expect(notes().requests).toBe(before + 1);
});

test.each(['cut', 'reset'] as const)(
  'a server that is "%s" while a client begins does not keep it from beginning',
  async (kind) => {
    fixture.company.faults.set({ at: 'server', server: 'notes', kind, times: 1 });
    const { status, text, headers } = await post(relayUrl(fixture, 'notes'), localKey, initializeBody('mine'));
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ id: 'mine', result: { protocolVersion: '2025-11-25' } });
    expect(headers['mcp-session-id']).toBeDefined();
    expect(headers['www-authenticate']).toBeUndefined();
  },
);

/** Posts in an MCP session that was opened before. */
async function later(method: string, params: Record<string, unknown> = {}) {
  const url = relayUrl(fixture, 'notes');
  const { headers } = await post(url, localKey);
  const mcpSession = { 'mcp-session-id': String(headers['mcp-session-id']), 'mcp-protocol-version': '2025-11-25' };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 'mine', method, params });
  return () => raw(url, { method: 'POST', headers: { ...mcpHeaders(localKey), ...mcpSession }, body });
}

test('a server that breaks off later is seen to break off, and the next call works', async () => {
  const list = await later('tools/list');
  fixture.company.faults.set({ at: 'server', server: 'notes', kind: 'cut', times: 1 });
  await expect(list()).rejects.toThrow(/aborted|reset|hang up/i);
  expect((await list()).status).toBe(200);
});

test('a call to a server that cannot be reached gets a sentence that names it', async () => {
  const call = await later('tools/call', { name: 'echo', arguments: { text: 'hello' } });
  fixture.company.faults.set({ at: 'server', server: 'notes', kind: 'reset', times: 1 });
  const { status, headers, body } = await call();
  expect(status).toBe(200);
  expect(headers['www-authenticate']).toBeUndefined();
  expect(JSON.parse(body.toString('utf8'))).toMatchObject({
    id: 'mine',
    result: { isError: true, content: [{ text: expect.stringMatching(/The connection to .* failed/) }] },
  });
  expect((await call()).status).toBe(200);
});

test.each([400, 403, 404, 418, 429, 500, 503])(
  'an answer of %i is the server’s own and goes through as it is',
  async (status) => {
    const body = `{"status":${status}}`;
    const headers = { 'x-of-the-server': 'yes', 'retry-after': '9' };
    const fault = {
      at: 'server',
      server: 'notes',
      kind: 'status',
      status,
      body,
      contentType: 'application/json',
    } as const;
    fixture.company.faults.set({ ...fault, headers, times: 1 });
    const answer = await post(relayUrl(fixture, 'notes'), localKey);
    expect(answer.status).toBe(status);
    expect(answer.text).toBe(body);
    expect(answer.headers).toMatchObject(headers);
  },
);
