import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Company, startCompany } from '../../company/company.ts';
import { accessTokenFor, clientByHand } from './by-hand/client.ts';
import { callTool, connect, type Era, MODERN, textOf } from './by-hand/mcp.ts';

let company: Company;
let token: string;
beforeAll(async () => {
  company = await startCompany();
  token = await accessTokenFor(company, 'alice', 'notes');
});
afterAll(async () => {
  await company.close();
  expect(company.troubles()).toEqual([]);
});

const url = () => clientByHand(company).urlOf('notes');
const counts = () => company.counts.servers.notes ?? { toolCalls: 0, abortedCalls: 0 };
const POLL_MS = 5;

/** Waits for something that happens by itself; the test's own time limit is the only clock. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(POLL_MS);
}

async function request(method: string, headers: Record<string, string> = {}, body?: unknown): Promise<Response> {
  const accept = 'application/json, text/event-stream';
  return fetch(url(), {
    method,
    headers: { authorization: `Bearer ${token}`, accept, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function initialize(headers: Record<string, string> = {}): Promise<Response> {
  const clientInfo = { name: 'by-hand', version: '1.0.0' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  return request('POST', headers, { jsonrpc: '2.0', id: 1, method: 'initialize', params });
}

const ERAS: readonly Era[] = ['legacy', MODERN];

test.each(ERAS)('notes are kept, listed and found (%s)', async (era) => {
  const client = await connect(url(), token, era);
  const note = `A note about umbrellas, ${JSON.stringify(era)}`;
  const before = counts().toolCalls;
  await callTool(client, 'add_note', { text: note });
  expect(textOf(await callTool(client, 'search_notes', { words: 'UMBRELLAS' }))).toContain(note);
  expect(textOf(await callTool(client, 'list_notes'))).toContain(note);
  expect(textOf(await callTool(client, 'echo', { text: 'ä€😀' }))).toBe('ä€😀');
  expect(counts().toolCalls).toBe(before + 4);
  await client.close();
});

test.each(ERAS)('the resource and the prompt can be read (%s)', async (era) => {
  const client = await connect(url(), token, era);
  const { contents } = await client.readResource({ uri: 'notes://handbook' });
  expect(contents[0]).toMatchObject({ mimeType: 'text/plain' });
  const prompt = await client.getPrompt({ name: 'summarise_notes', arguments: { subject: 'lunch' } });
  expect(JSON.stringify(prompt.messages)).toContain('lunch');
  await client.close();
});

test.each(ERAS)('a tool reports its progress step by step (%s)', async (era) => {
  const client = await connect(url(), token, era);
  const seen: number[] = [];
  const onprogress = ({ progress }: { progress: number }) => void seen.push(progress);
  const result = await client.callTool({ name: 'count_up', arguments: { to: 5 } }, { onprogress });
  expect(seen).toEqual([1, 2, 3, 4, 5]);
  expect(JSON.stringify(result.content)).toContain('Counted to 5');
  await client.close();
});

test.each(ERAS)('a tool may ask the person a question, and does as they answer (%s)', async (era) => {
  const client = await connect(url(), token, era, { elicitation: { form: {} } });
  await callTool(client, 'add_note', { text: 'soon gone' });
  const number = textOf(await callTool(client, 'list_notes')).split('\n').length;
  const questions: string[] = [];
  for (const remove of [false, true]) {
    client.setRequestHandler('elicitation/create', ({ params }) => {
      questions.push(params.message);
      return { action: 'accept', content: { remove } };
    });
    const answer = textOf(await callTool(client, 'remove_note', { number }));
    expect(answer).toBe(remove ? 'Removed: soon gone' : 'The note stays');
  }
  expect(questions).toEqual(Array(2).fill('Remove the note "soon gone"?'));
  await client.close();
});

test.each(ERAS)('a call that is given up stops at the server (%s)', async (era) => {
  const client = await connect(url(), token, era);
  const { toolCalls, abortedCalls } = counts();
  const caller = new AbortController();
  const args = { name: 'wait', arguments: { milliseconds: 600_000 } };
  const call = client.callTool(args, { signal: caller.signal }).catch(() => 'given up');
  await until(() => counts().toolCalls > toolCalls);
  caller.abort();
  expect(await call).toBe('given up');
  await until(() => counts().abortedCalls > abortedCalls);
  await client.close();
});

test('a legacy client hears on its GET stream that the tools have changed', async () => {
  const client = await connect(url(), token, 'legacy');
  const heard = new Promise<void>((resolve) => {
    client.setNotificationHandler('notifications/tools/list_changed', () => resolve());
  });
  await announceUntil(heard);
  await client.close();
});

test('a modern client hears on its subscription that the tools have changed', async () => {
  const client = await connect(url(), token, MODERN);
  const heard = new Promise<void>((resolve) => {
    client.setNotificationHandler('notifications/tools/list_changed', () => resolve());
  });
  const subscription = await client.listen({ toolsListChanged: true });
  await announceUntil(heard);
  await subscription.close();
  await client.close();
});

/** Announces until it was heard, since a stream may still be opening at the first time. */
async function announceUntil(heard: Promise<void>): Promise<void> {
  let isHeard = false;
  heard.then(() => {
    isHeard = true;
  });
  while (!isHeard) {
    company.announceToolListChanged('notes');
    await delay(POLL_MS);
  }
}

test('an MCP session ends with DELETE, and is unknown afterwards', async () => {
  const id = (await initialize()).headers.get('mcp-session-id') ?? '';
  expect(id).not.toBe('');
  const session = { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' };
  const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
  expect((await request('POST', session, list)).status).toBe(200);
  expect((await request('DELETE', session)).status).toBe(200);
  expect((await request('POST', session, list)).status).toBe(404);
});

test('a restarted server has forgotten its MCP sessions', async () => {
  const client = await connect(url(), token, 'legacy');
  await company.endMcpSessions('notes');
  await expect(callTool(client, 'list_notes')).rejects.toThrow(/404|not found/i);
  await client.close().catch(() => undefined);
});

test("an MCP session cannot be used with another person's token", async () => {
  const id = (await initialize()).headers.get('mcp-session-id') ?? '';
  const bobs = await accessTokenFor(company, 'bob', 'notes');
  const headers = { authorization: `Bearer ${bobs}`, 'mcp-session-id': id };
  const answer = await request('POST', headers, { jsonrpc: '2.0', id: 2, method: 'tools/list' });
  expect(answer.status).toBe(404);
});

test('people have their own notes', async () => {
  const alices = await connect(url(), token, MODERN);
  await callTool(alices, 'add_note', { text: 'only for alice' });
  const bobs = await connect(url(), await accessTokenFor(company, 'bob', 'notes'), MODERN);
  expect(textOf(await callTool(bobs, 'list_notes'))).not.toContain('only for alice');
  await Promise.all([alices.close(), bobs.close()]);
});

test('a broken stream of the legacy era is resumed after the last event that was seen', async () => {
  const id = (await initialize()).headers.get('mcp-session-id') ?? '';
  const session = { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' };
  const _meta = { progressToken: 'p' };
  const params = { name: 'count_up', arguments: { to: 3 }, _meta };
  const call = await request('POST', session, { jsonrpc: '2.0', id: 2, method: 'tools/call', params });
  const [, firstId] = /^id: (.+)$/m.exec(await call.text()) ?? [];
  const resumed = await request('GET', { ...session, 'last-event-id': firstId ?? '' });
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of resumed.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.includes('Counted to 3')) break;
  }
  expect(text).toContain('"progress":1');
});
