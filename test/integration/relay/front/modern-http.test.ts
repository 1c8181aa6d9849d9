import { expect, test } from 'vitest';
import { META, MODERN_REVISION } from '../../../../main/relay/mcp/revisions.ts';
import { refused } from '../../../../main/relay/mcp/rpc.ts';
import { manualSchedule } from '../../../unit/identity/manual-schedule.ts';
import { openRaw, raw } from '../../raw-http.ts';
import { until } from '../../until.ts';
import { complete, createScriptedResponder, text } from './scripted-responder.ts';
import { serveFront } from './served.ts';
import { JSON_HEADERS, messageOf, modern, openEvents } from './wire.ts';

const ECHO = { name: 'echo', arguments: { a: 1 } };

test.each([
  ['no revision', { 'mcp-protocol-version': '' }, -32020],
  ['another revision', { 'mcp-protocol-version': '2025-11-25' }, -32020],
  ['another method', { 'mcp-method': 'tools/list' }, -32020],
  ['another name', { 'mcp-name': 'other' }, -32020],
  ['a name that is not base64', { 'mcp-name': '=?base64?%%?=' }, -32020],
])('headers with %s are 400', async (_what, headers, code) => {
  const responder = createScriptedResponder();
  await using served = await serveFront(responder);
  const request = modern('tools/call', ECHO, { id: 'x', headers });
  for (const [name, value] of Object.entries(request.headers)) if (value === '') delete request.headers[name];
  const answer = await raw(served.url, request);
  expect(answer.status).toBe(400);
  expect(messageOf(answer)).toMatchObject({ id: 'x', error: { code } });
  expect(responder.requests).toEqual([]);
});

test.each(['mcp-method', 'mcp-name'])('a request without %s is 400', async (name) => {
  await using served = await serveFront(createScriptedResponder());
  const request = modern('tools/call', ECHO);
  delete request.headers[name];
  const answer = await raw(served.url, request);
  expect([answer.status, messageOf(answer)]).toMatchObject([400, { id: 1, error: { code: -32020 } }]);
});

test('a name in the base64 form is compared decoded', async () => {
  const responder = createScriptedResponder();
  responder.on('tools/call:grüße', () => text('hallo'));
  await using served = await serveFront(responder);
  const headers = { 'mcp-name': `=?base64?${Buffer.from('grüße').toString('base64')}?=` };
  const answer = await raw(served.url, modern('tools/call', { name: 'grüße' }, { headers }));
  expect([answer.status, messageOf(answer)]).toMatchObject([200, { result: { resultType: 'complete' } }]);
});

test.each([
  ['no capabilities', { [META.clientCapabilities]: undefined }, {}, -32602],
  ['a revision that is none', { [META.revision]: 7 }, {}, -32602],
  ['a future revision', { [META.revision]: '2027-01-01' }, { 'mcp-protocol-version': '2027-01-01' }, -32022],
])('_meta with %s is 400', async (_what, meta, headers, code) => {
  await using served = await serveFront(createScriptedResponder());
  const answer = await raw(served.url, modern('tools/list', {}, { meta, headers }));
  expect([answer.status, messageOf(answer)]).toMatchObject([400, { id: 1, error: { code } }]);
  if (code === -32022)
    expect(messageOf(answer)).toMatchObject({
      error: { data: { supported: [MODERN_REVISION], requested: '2027-01-01' } },
    });
});

test('a modern header without _meta is 400, and so is initialize with one', async () => {
  await using served = await serveFront(createScriptedResponder());
  const headers = { ...JSON_HEADERS, 'mcp-protocol-version': MODERN_REVISION, 'mcp-method': 'tools/list' };
  const body = '{"jsonrpc":"2.0","id":5,"method":"tools/list"}';
  const answer = await raw(served.url, { method: 'POST', headers, body });
  expect([answer.status, messageOf(answer)]).toMatchObject([400, { id: 5, error: { code: -32602 } }]);
  const initialize = await raw(served.url, {
    method: 'POST',
    headers: { ...JSON_HEADERS, 'mcp-protocol-version': MODERN_REVISION },
    body: '{"jsonrpc":"2.0","id":6,"method":"initialize","params":{}}',
  });
  expect([initialize.status, messageOf(initialize)]).toMatchObject([400, { id: 6, error: { code: -32020 } }]);
});

test.each(['ping', 'initialize', 'logging/setLevel', 'resources/subscribe', 'nobody/knows'])(
  'the method %s is 404',
  async (method) => {
    await using served = await serveFront(createScriptedResponder());
    const answer = await raw(served.url, modern(method));
    expect([answer.status, messageOf(answer)]).toMatchObject([404, { id: 1, error: { code: -32601 } }]);
  },
);

test.each([
  [-32020, 400],
  [-32021, 400],
  [-32022, 400],
  [-32602, 200],
  [-32603, 200],
])('an error %i of the server is HTTP %i', async (code, status) => {
  const responder = createScriptedResponder();
  responder.on('tools/call:echo', () => refused(code, 'No', { kept: true }));
  await using served = await serveFront(responder);
  const answer = await raw(served.url, modern('tools/call', ECHO));
  expect(answer.status).toBe(status);
  expect(messageOf(answer)).toEqual({ jsonrpc: '2.0', id: 1, error: { code, message: 'No', data: { kept: true } } });
});

test.each([
  ['text/plain', '*/*', 415],
  ['application/json', 'text/html', 406],
  ['application/json; charset=utf-8', '*/*', 200],
])('Content-Type %s and Accept %s are %i', async (type, accept, status) => {
  await using served = await serveFront(createScriptedResponder());
  const headers = { 'content-type': type, accept };
  expect(await raw(served.url, modern('tools/list', {}, { headers }))).toMatchObject({ status });
});

test.each(['GET', 'DELETE', 'PUT'])('%s without an MCP session is 405', async (method) => {
  await using served = await serveFront(createScriptedResponder());
  const headers = { accept: 'text/event-stream', 'mcp-protocol-version': MODERN_REVISION };
  const answer = await raw(served.url, { method, headers });
  expect([answer.status, answer.headers.allow]).toEqual([405, method === 'PUT' ? 'POST, GET, DELETE' : 'POST']);
});

test.each([
  ['{', 400, -32700],
  ['7', 400, -32600],
  ['[]', 400, -32600],
  [`[${modern('tools/list').body}]`, 400, -32600],
])('the body %s is %i', async (body, status, code) => {
  await using served = await serveFront(createScriptedResponder());
  const answer = await raw(served.url, { method: 'POST', headers: JSON_HEADERS, body });
  expect([answer.status, messageOf(answer)]).toMatchObject([status, { id: null, error: { code } }]);
});

test('notifications are 202 and go no further', async () => {
  const responder = createScriptedResponder();
  await using served = await serveFront(responder);
  const headers = { ...JSON_HEADERS, 'mcp-protocol-version': MODERN_REVISION };
  const body = '{"jsonrpc":"2.0","method":"notifications/example"}';
  const answer = await raw(served.url, { method: 'POST', headers, body });
  expect([answer.status, answer.body.length]).toEqual([202, 0]);
  expect(responder.requests).toEqual([]);
});

test('an answer is JSON, and an event stream when something comes before it', async () => {
  const responder = createScriptedResponder();
  responder.on('tools/call:talk', (_request, { notify }) => {
    notify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 1 } });
    return text('done');
  });
  await using served = await serveFront(responder);
  const plain = await raw(served.url, modern('tools/call', ECHO));
  expect(plain.headers['content-type']).toBe('application/json');
  expect(plain.headers['mcp-session-id']).toBeUndefined();
  const { answer, next } = await openEvents(served.url, modern('tools/call', { name: 'talk' }));
  expect(answer.headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
  expect(await next()).toEqual({
    id: undefined,
    message: expect.objectContaining({ method: 'notifications/message' }),
  });
  expect(await next()).toEqual({
    id: undefined,
    message: expect.objectContaining({ id: 1, result: expect.anything() }),
  });
  expect(await next()).toBeUndefined();
});

test('a client that leaves has cancelled', async () => {
  const responder = createScriptedResponder();
  const aborted = Promise.withResolvers<void>();
  responder.on('tools/call:echo', (_request, { notify, signal }) => {
    notify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 1 } });
    signal.addEventListener('abort', () => aborted.resolve());
    return new Promise(() => {});
  });
  await using served = await serveFront(responder);
  const { leave, next } = await openEvents(served.url, modern('tools/call', ECHO));
  await next();
  leave();
  await aborted.promise;
});

test('where another person comes, calls under way are not made; who listens goes on', async () => {
  const responder = createScriptedResponder();
  let isAborted = false;
  responder.on('tools/call:echo', async (_request, { signal }) => {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    isAborted = true;
    return text('too late');
  });
  await using served = await serveFront(responder);
  const listening = await openEvents(
    served.url,
    modern('subscriptions/listen', { notifications: { toolsListChanged: true } }),
  );
  const call = raw(served.url, modern('tools/call', ECHO)).catch((error: Error) => error);
  await until(() => responder.requests.some(({ method }) => method === 'tools/call'));
  served.front.endAll();
  expect(await call).toBeInstanceOf(Error);
  expect(isAborted).toBe(true);
  responder.tell('notifications/tools/list_changed');
  const heard = [await listening.next(), await listening.next()].map((event) => event?.message?.method);
  expect(heard).toContain('notifications/tools/list_changed');
  listening.leave();
  responder.on('tools/call:echo', () => text('hers'));
  expect(messageOf(await raw(served.url, modern('tools/call', ECHO)))).toMatchObject({
    result: { content: [{ text: 'hers' }] },
  });
});

test('nor are those that were about to be made', async () => {
  const responder = createScriptedResponder();
  const listed = Promise.withResolvers<void>();
  responder.on('tools/list', async () => {
    await listed.promise;
    return complete({ tools: [] });
  });
  responder.on('tools/call:echo', () => text('made'));
  await using served = await serveFront(responder);
  // The schema of its tool is looked at first.
  const call = raw(served.url, modern('tools/call', ECHO));
  await until(() => responder.requests.some(({ method }) => method === 'tools/list'));
  served.front.endAll();
  listed.resolve();
  expect(messageOf(await call)).toMatchObject({ error: { data: { code: 'person-changed' } } });
  expect(responder.requests.some(({ method }) => method === 'tools/call')).toBe(false);
});

test('a subscription has the id that its client gave it, whatever others use', async () => {
  const responder = createScriptedResponder();
  await using served = await serveFront(responder);
  const notifications = { toolsListChanged: true };
  const one = await openEvents(served.url, modern('subscriptions/listen', { notifications }, { id: 7 }));
  const two = await openEvents(served.url, modern('subscriptions/listen', { notifications }, { id: 7 }));
  for (const { next } of [one, two])
    expect(await next()).toMatchObject({
      message: {
        method: 'notifications/subscriptions/acknowledged',
        params: { notifications, _meta: { [META.subscriptionId]: 7 } },
      },
    });
  const ids = responder.listening.map(({ request }) => request.id);
  expect(new Set(ids).size).toBe(2);
  responder.tell('notifications/tools/list_changed');
  expect(await two.next()).toMatchObject({
    message: { method: 'notifications/tools/list_changed', params: { _meta: { [META.subscriptionId]: 7 } } },
  });
  one.leave();
  await until(() => responder.listening.length === 1);
});

test('arguments that a tool wants in headers are compared with them', async () => {
  const responder = createScriptedResponder();
  const inputSchema = {
    type: 'object',
    properties: {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      count: { type: 'integer', 'x-mcp-header': 'Count' },
    },
  };
  responder.on('tools/list', ({ params }) =>
    params?.cursor === 'two'
      ? complete({ tools: [{ name: 'deploy', inputSchema }] })
      : complete({ tools: [], nextCursor: 'two' }),
  );
  responder.on('tools/call:deploy', () => text('deployed'));
  await using served = await serveFront(responder);
  const call = (headers: Record<string, string>) =>
    raw(served.url, modern('tools/call', { name: 'deploy', arguments: { region: 'eu', count: 42 } }, { headers }));
  const right = await call({ 'mcp-param-region': 'eu', 'mcp-param-count': '42.0' });
  expect([right.status, messageOf(right)]).toMatchObject([200, { result: { resultType: 'complete' } }]);
  for (const headers of [{}, { 'mcp-param-region': 'us', 'mcp-param-count': '42' }]) {
    const wrong = await call(headers as Record<string, string>);
    expect([wrong.status, messageOf(wrong)]).toMatchObject([400, { error: { code: -32020 } }]);
  }
  const listed = responder.requests.filter(({ method }) => method === 'tools/list');
  expect(listed).toHaveLength(2);
});

test('conversations of different clients are different ones', async () => {
  const responder = createScriptedResponder();
  const seen = new Set<string>();
  responder.on('tools/list', (_request, { conversation }) => {
    seen.add(conversation.id);
    return complete({ tools: [] });
  });
  const served = await serveFront(responder);
  for (const client of ['a', 'b', 'a'])
    await raw(served.url, modern('tools/list', {}, { headers: { 'x-client': client } }));
  expect([...seen]).toEqual(['modern:a', 'modern:b']);
  await served[Symbol.asyncDispose]();
  expect(responder.ended).toEqual(['modern:a', 'modern:b']);
});

test('a stream is opened for an answer that takes long, and kept alive', async () => {
  const responder = createScriptedResponder();
  const go = Promise.withResolvers<void>();
  responder.on('tools/call:echo', () => go.promise.then(() => refused(-32601, 'Late')));
  const time = manualSchedule();
  await using served = await serveFront(responder, time.schedule);
  const opened = openRaw(served.url, modern('tools/call', ECHO));
  await until(() => responder.requests.some(({ method }) => method === 'tools/call'));
  time.advance(15_000);
  const { answer } = await opened;
  expect(answer.headers['content-type']).toBe('text/event-stream');
  time.advance(15_000);
  go.resolve();
  let said = '';
  for await (const chunk of answer as AsyncIterable<Buffer>) said += chunk.toString();
  expect(said).toMatch(/^: keep-alive\n\nevent: message\ndata: \{.*"code":-32601.*\}\n\n$/);
  // How long the list of tools is believed, which the call was held against.
  expect(time.pending()).toHaveLength(1);
});

test('a client that does not read is cut off before it costs much', async () => {
  const responder = createScriptedResponder();
  const cut = Promise.withResolvers<void>();
  const data = 'x'.repeat(1024 * 1024);
  responder.on('tools/call:echo', (_request, { notify, signal }) => {
    signal.addEventListener('abort', () => cut.resolve());
    for (let sent = 0; sent < 200; sent += 1)
      notify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data } });
    return new Promise(() => {});
  });
  await using served = await serveFront(responder);
  const { answer } = await openRaw(served.url, modern('tools/call', ECHO));
  answer.on('error', () => {});
  answer.pause();
  await cut.promise;
});
