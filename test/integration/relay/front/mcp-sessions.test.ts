import { expect, test } from 'vitest';
import { LanyardError } from '../../../../shared/errors.ts';
import { type RawRequest, raw } from '../../raw-http.ts';
import { until } from '../../until.ts';
import { createScriptedResponder, needs, text } from './scripted-responder.ts';
import { serveFront } from './served.ts';
import { initializeParams, JSON_HEADERS, legacyBody, messageOf, openEvents, openSession } from './wire.ts';

function posted(headers: Record<string, string>, body: string): RawRequest {
  return { method: 'POST', headers, body };
}

const LIST = legacyBody(2, 'tools/list');
const CALL = legacyBody(3, 'tools/call', { name: 'slow', arguments: {} });
const MISSING = { id: null, error: { code: -32001 } };

test.each([
  ['2025-11-25', '2025-11-25'],
  ['2025-03-26', '2025-03-26'],
  ['2024-11-05', '2024-11-05'],
  ['2099-01-01', '2025-11-25'],
])('a client of revision %s is answered in %s', async (asked, agreed) => {
  await using served = await serveFront(createScriptedResponder());
  const answer = await raw(served.url, posted(JSON_HEADERS, legacyBody(1, 'initialize', initializeParams(asked))));
  expect(answer.headers['mcp-session-id']).toMatch(/^lanyard-[0-9a-f-]{36}$/);
  expect(messageOf(answer)).toMatchObject({
    id: 1,
    result: { protocolVersion: agreed, serverInfo: { name: 'scripted' }, instructions: 'Be kind.' },
  });
});

test('an initialize that fails opens no MCP session', async () => {
  const responder = createScriptedResponder();
  responder.on('server/discover', () => {
    throw new LanyardError({ code: 'signed-out', user: 'Sign in first.', administrator: 'Nobody is signed in.' });
  });
  await using served = await serveFront(responder);
  const answer = await raw(served.url, posted(JSON_HEADERS, legacyBody(1, 'initialize', initializeParams())));
  expect(answer.headers['mcp-session-id']).toBeUndefined();
  expect(messageOf(answer)).toMatchObject({
    id: 1,
    error: { code: -32000, message: 'Sign in first.', data: { code: 'signed-out' } },
  });
  expect(responder.ended).toHaveLength(1);
});

test('an MCP session is its own client alone', async () => {
  await using served = await serveFront(createScriptedResponder());
  const headers = await openSession(served.url, { client: 'first' });
  const foreign = await raw(served.url, posted({ ...headers, 'x-client': 'second' }, LIST));
  expect([foreign.status, messageOf(foreign)]).toMatchObject([404, MISSING]);
  const own = await raw(served.url, posted(headers, LIST));
  expect([own.status, messageOf(own)]).toMatchObject([200, { id: 2, result: { tools: [{ name: 'echo' }] } }]);
});

test('an MCP session is over after DELETE, and all of them after endAll', async () => {
  const responder = createScriptedResponder();
  await using served = await serveFront(responder);
  const one = await openSession(served.url);
  const two = await openSession(served.url);
  expect(await raw(served.url, { method: 'DELETE', headers: one })).toMatchObject({ status: 200 });
  expect(responder.ended).toEqual([one['mcp-session-id']]);
  const after = await raw(served.url, posted(one, LIST));
  expect([after.status, messageOf(after)]).toMatchObject([404, MISSING]);
  expect(await raw(served.url, posted(two, LIST))).toMatchObject({ status: 200 });
  served.front.endAll();
  expect(await raw(served.url, posted(two, LIST))).toMatchObject({ status: 404 });
  const three = await openSession(served.url);
  expect(await raw(served.url, posted(three, LIST))).toMatchObject({ status: 200 });
});

test('requests that an end comes in between of are answered', async () => {
  const responder = createScriptedResponder();
  responder.on('tools/call:slow', () => new Promise(() => {}));
  await using served = await serveFront(responder);
  const headers = await openSession(served.url);
  const stream = await openEvents(served.url, posted(headers, CALL));
  await stream.next();
  responder.on('server/discover', () => {
    served.front.endAll();
    return new Promise(() => {});
  });
  const answer = await raw(served.url, posted(JSON_HEADERS, legacyBody(1, 'initialize', initializeParams())));
  expect(answer.headers['mcp-session-id']).toBeUndefined();
  expect(messageOf(answer)).toMatchObject({ id: 1, error: { code: -32000 } });
  expect((await stream.next())?.message).toMatchObject({ id: 3, error: { code: -32000 } });
  expect(await stream.next()).toBeUndefined();
});

test('what belongs to no MCP session is refused with words', async () => {
  await using served = await serveFront(createScriptedResponder());
  const headers = await openSession(served.url);
  const none = await raw(served.url, posted(JSON_HEADERS, LIST));
  expect([none.status, messageOf(none)]).toMatchObject([400, { error: { code: -32600 } }]);
  const wrong = await raw(served.url, posted({ ...headers, 'mcp-protocol-version': '1999-01-01' }, LIST));
  expect([wrong.status, messageOf(wrong)]).toMatchObject([400, { error: { code: -32600 } }]);
  const unknown = await raw(served.url, posted(headers, legacyBody(9, 'nobody/knows')));
  expect(messageOf(unknown)).toMatchObject({ id: 9, error: { code: -32601 } });
  const future = await raw(served.url, posted(headers, legacyBody(9, 'server/discover')));
  expect(messageOf(future)).toMatchObject({ id: 9, error: { code: -32601 } });
});

test('an answer that its client missed is there when it comes back', async () => {
  const responder = createScriptedResponder();
  const go = Promise.withResolvers<void>();
  responder.on('tools/call:slow', async (_request, { notify, signal }) => {
    notify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 1 } });
    await go.promise;
    notify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 2 } });
    return text(signal.aborted ? 'aborted' : 'done');
  });
  await using served = await serveFront(responder);
  const headers = await openSession(served.url);
  const stream = await openEvents(served.url, posted(headers, CALL));
  expect(stream.answer.headers['mcp-session-id']).toBe(headers['mcp-session-id']);
  const primed = await stream.next();
  expect(primed).toEqual({ id: expect.any(String), message: undefined });
  const first = await stream.next();
  expect(first?.message).toMatchObject({ params: { data: 1 } });
  stream.leave();
  go.resolve();
  const lastEventId = String(first?.id);
  const again = await openEvents(served.url, { headers: { ...headers, 'last-event-id': lastEventId } });
  expect((await again.next())?.message).toMatchObject({ params: { data: 2 } });
  expect((await again.next())?.message).toMatchObject({ id: 3, result: { content: [{ text: 'done' }] } });
  expect(await again.next()).toBeUndefined();
  const unknown = await raw(served.url, { headers: { ...headers, 'last-event-id': '77.1' } });
  expect(unknown.status).toBe(400);
});

test('the head of a stream goes out at once, and events without data only to those who know them', async () => {
  const responder = createScriptedResponder();
  responder.on('tools/call:slow', () => new Promise(() => {}));
  await using served = await serveFront(responder);
  const headers = await openSession(served.url, { revision: '2025-06-18' });
  const { answer, leave } = await openEvents(served.url, posted(headers, CALL));
  expect(answer.headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
  expect(answer.readableLength).toBe(0);
  leave();
});

test('a request that is cancelled ends its stream without an answer', async () => {
  const responder = createScriptedResponder();
  responder.on(
    'tools/call:slow',
    (_request, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(text('late')))),
  );
  await using served = await serveFront(responder);
  const headers = await openSession(served.url);
  const stream = await openEvents(served.url, posted(headers, CALL));
  await stream.next();
  const params = { requestId: 3 };
  const body = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
  expect(await raw(served.url, posted(headers, body))).toMatchObject({ status: 202 });
  expect(await stream.next()).toBeUndefined();
});

test('a question goes out on the stream of its request, and its answer is posted', async () => {
  const responder = createScriptedResponder();
  responder.on('tools/call:slow', ({ params }) =>
    params?.inputResponses ? text(JSON.stringify(params.inputResponses)) : needs({ r: { method: 'roots/list' } }),
  );
  await using served = await serveFront(responder);
  const headers = await openSession(served.url, { capabilities: { roots: {} } });
  const stream = await openEvents(served.url, posted(headers, CALL));
  await stream.next();
  const question = await stream.next();
  expect(question?.message).toMatchObject({ method: 'roots/list', id: expect.any(String) });
  const answer = { jsonrpc: '2.0', id: question?.message?.id, result: { roots: [], 'example.com/x': 1 } };
  expect(await raw(served.url, posted(headers, JSON.stringify(answer)))).toMatchObject({ status: 202 });
  expect((await stream.next())?.message).toMatchObject({
    id: 3,
    result: { content: [{ text: '{"r":{"roots":[],"example.com/x":1}}' }] },
  });
});

test('there is one listening stream, and it can be gone on with', async () => {
  const responder = createScriptedResponder();
  await using served = await serveFront(responder);
  const headers = await openSession(served.url);
  const stream = await openEvents(served.url, { headers });
  expect(await raw(served.url, { headers })).toMatchObject({ status: 409 });
  await raw(served.url, posted(headers, '{"jsonrpc":"2.0","method":"notifications/initialized"}'));
  await until(() => responder.listening.length === 1);
  responder.tell('notifications/tools/list_changed');
  const first = await stream.next();
  expect(first?.message).toEqual({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
  responder.tell('notifications/prompts/list_changed');
  stream.leave();
  const again = await openEvents(served.url, { headers: { ...headers, 'last-event-id': String(first?.id) } });
  expect((await again.next())?.message).toMatchObject({ method: 'notifications/prompts/list_changed' });
});

test('batches are for the revision that has them', async () => {
  await using served = await serveFront(createScriptedResponder());
  const batch = `[${LIST},{"jsonrpc":"2.0","method":"notifications/initialized"},${legacyBody(4, 'ping')}]`;
  const old = await openSession(served.url, { revision: '2025-03-26' });
  const answer = await raw(served.url, posted(old, batch));
  const said = answer.body.toString();
  expect([answer.status, said]).toEqual([200, expect.stringMatching(/"id":2.*"id":4|"id":4.*"id":2/s)]);
  const newer = await openSession(served.url);
  const refusal = await raw(served.url, posted(newer, batch));
  expect([refusal.status, messageOf(refusal)]).toMatchObject([400, { error: { code: -32600 } }]);
});

test('an id that is taken by a request under way is refused', async () => {
  const responder = createScriptedResponder();
  responder.on('tools/call:slow', () => new Promise(() => {}));
  await using served = await serveFront(responder);
  const headers = await openSession(served.url);
  const { leave } = await openEvents(served.url, posted(headers, CALL));
  const again = await raw(served.url, posted(headers, CALL));
  expect([again.status, messageOf(again)]).toMatchObject([400, { id: 3, error: { code: -32600 } }]);
  leave();
});
