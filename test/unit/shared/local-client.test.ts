import { mkdirSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { openLocalListener } from '../../../main/agent/local-listener.ts';
import { callLocal, watchJournal, watchState } from '../../../shared/local-client.ts';
import { type LocalPaths, localPaths } from '../../../shared/paths.ts';
import { problemFrom, sendJson, temporaryFolder } from '../fixtures.ts';
import { agentState } from './agent-state.ts';

const answer = z.object({ text: z.string() });

async function agentThat(onRequest: RequestListener): Promise<LocalPaths> {
  const paths = localPaths(temporaryFolder(), 'linux');
  mkdirSync(paths.state, { recursive: true });
  const listener = await openLocalListener(paths, onRequest, (_request, socket) => socket.destroy());
  onTestFinished(() => listener.close());
  return paths;
}

test('a call sends method, versioned path and JSON, and gives the parsed answer', async () => {
  const heard: unknown[] = [];
  const paths = await agentThat(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    heard.push([request.method, request.url, request.headers['content-type'], Buffer.concat(chunks).toString()]);
    sendJson(response, 200, { text: 'hello', newer: 'field' });
  });
  const call = { method: 'POST', path: '/greeting', body: { to: 'Åsa' }, answer } as const;
  expect(await callLocal(paths, call)).toEqual({ text: 'hello' });
  expect(heard).toEqual([['POST', '/v1/greeting', 'application/json', '{"to":"Åsa"}']]);
});

test("the agent's own problem comes out as it is", async () => {
  const problem = { code: 'some-code', user: 'For the person.', administrator: 'For the administrator.' };
  const paths = await agentThat((_request, response) => sendJson(response, 400, { problem }));
  expect((await problemFrom(callLocal(paths, { method: 'GET', path: '/x', answer }))).problem).toEqual(problem);
});

test.each([
  ['is not JSON', 200, 'welcome'],
  ['has another form', 200, '{"text":5}'],
  ['is a failure without a problem', 500, '{}'],
  ['is larger than any can be', 200, JSON.stringify({ text: 'x'.repeat(1024 * 1024) })],
])('an answer that %s is a sentence about versions', async (_what, status, text) => {
  const paths = await agentThat((_request, response) => response.writeHead(status).end(text));
  const error = await problemFrom(callLocal(paths, { method: 'GET', path: '/x', answer }));
  expect(error).toMatchObject({ code: 'local-api-answer' });
  expect(error.administrator).toContain('/x');
});

test.each([
  ['before it answers', 'x'],
  ['within its answer', '{"text":'],
])('an agent that ends %s is not running any more', async (_what, text) => {
  const paths = await agentThat((request, response) => {
    if (text === 'x') return request.socket.destroy();
    response.writeHead(200, { 'content-length': 100 });
    return response.write(text, () => request.socket.destroy());
  });
  const error = await problemFrom(callLocal(paths, { method: 'GET', path: '/x', answer }));
  expect(error).toMatchObject({ code: 'agent-not-running' });
});

test('watching gives the state after every change until the agent ends the stream', async () => {
  const paths = await agentThat((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify(agentState({ company: 'Ærø Foods' }))}\n\n`);
    setImmediate(() => response.end(`data: ${JSON.stringify(agentState({ company: 'Later' }))}\n\n`));
  });
  const seen: string[] = [];
  for await (const state of watchState(paths)) seen.push(state.company.name);
  expect(seen.at(-1)).toBe('Later');
});

test('watching ends without an error when the watcher has had enough', async () => {
  const paths = await agentThat((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify(agentState())}\n\n`);
  });
  const enough = new AbortController();
  let states = 0;
  for await (const _state of watchState(paths, enough.signal)) {
    states += 1;
    enough.abort();
  }
  expect(states).toBe(1);
});

test('watching the journal gives all news, in their order, also those that came together', async () => {
  const hour = { at: 0, calls: 0, failed: 0, mints: 0 };
  const news = (id: number) =>
    `data: ${JSON.stringify({ entries: [{ id, at: 1, level: 'info', event: 'woke', fields: {} }], missed: 0, hour })}\n\n`;
  const paths = await agentThat((request, response) => {
    if (request.url !== '/v1/journal/events') return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(news(1) + news(2));
    return setImmediate(() => response.end(news(3)));
  });
  const ids: number[] = [];
  for await (const { entries } of watchJournal(paths)) ids.push(...entries.map(({ id }) => id));
  expect(ids).toEqual([1, 2, 3]);
});
