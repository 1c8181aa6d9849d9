import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { DEPTH_LIMIT } from '../../../../main/relay/mcp/depth.ts';
import type { Members, RpcNotification } from '../../../../main/relay/mcp/rpc.ts';
import { serve, until } from '../../fixtures.ts';
import { backFor, errorOf, event, resultOf, testSchedule } from './serving.ts';

interface Sent extends Members {
  readonly id?: string | number;
  readonly method?: string;
}

/** A server of the legacy era whose every answer a test writes; `undefined` leaves the request without one. */
async function serveHostile(answer: (message: Sent, response: ServerResponse) => object | undefined, offered = {}) {
  const posted: Sent[] = [];
  const streams: ServerResponse[] = [];
  const { origin } = await serve(({ method, body }, response) => {
    if (method === 'GET') {
      streams.push(response);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      return;
    }
    const message: Sent = body === '' ? {} : JSON.parse(body);
    posted.push(message);
    const given = answer(message, response) ?? usual(message, offered);
    if (given === NOTHING) return;
    if (given === undefined) response.writeHead(202).end();
    else
      response
        .writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'one' })
        .end(JSON.stringify({ jsonrpc: '2.0', id: message.id, ...given }));
  });
  const push = (message: object) => streams.at(-1)?.write(event({ jsonrpc: '2.0', ...message }));
  const count = (method: string) => posted.filter((message) => message.method === method).length;
  return { origin, posted, streams, push, count };
}

const NOTHING = {};

function usual({ method }: Sent, offered: object): object | undefined {
  if (method === 'server/discover') return { error: { code: -32601, message: 'no' } };
  if (method === 'initialize')
    return {
      result: { protocolVersion: '2025-11-25', capabilities: offered, serverInfo: { name: 'n', version: '1' } },
    };
  return undefined;
}

const capabilities = { elicitation: { form: {} } };
const ELICIT = { method: 'elicitation/create', params: { message: 'Sure?' } };
const isCall = ({ method }: Sent) => method === 'tools/call';
const large = 'x'.repeat(300 * 1024);

test('a subscription that the server never answers is acknowledged without it, and what floods meanwhile is not held', async () => {
  const offered = { resources: { subscribe: true }, tools: { listChanged: true } };
  const server = await serveHostile(({ method }) => (method === 'resources/subscribe' ? NOTHING : undefined), offered);
  const { schedule, elapse, pending } = testSchedule(30_000);
  const heard: RpcNotification[] = [];
  const abort = new AbortController();
  const notifications = { resourceSubscriptions: ['notes://a'], toolsListChanged: true };
  const ended = backFor(server.origin, { schedule }).ask(
    'subscriptions/listen',
    { notifications },
    { heard, signal: abort.signal },
  );
  await until(() => server.count('resources/subscribe') === 1 && server.streams.length === 1);
  for (let index = 0; index < 20; index += 1)
    server.push({ method: 'notifications/tools/list_changed', params: { index, large } });
  // What is answered after the flood comes after it.
  server.push({ id: 'last', method: 'ping' });
  await until(() => server.posted.some(({ id }) => id === 'last'));
  expect(heard).toEqual([]);
  expect([...pending].map(({ delayMs }) => delayMs)).toContain(30_000);
  elapse();
  await until(() => heard.length > 0);
  expect(heard[0]?.params?.notifications).toEqual({ toolsListChanged: true });
  expect(heard.slice(1).map(({ params }) => params?.index)).toEqual([17, 18, 19]);
  abort.abort();
  await ended;
});

test('questions that are too long together are refused', async () => {
  const server = await serveHostile((message) => (isCall(message) ? NOTHING : undefined));
  const { ask } = backFor(server.origin);
  const asked = ask('tools/call', { name: 'ask' }, { capabilities });
  await until(() => server.count('tools/call') === 1);
  const question = (id: string, words: string) => ({ id, method: ELICIT.method, params: { message: words } });
  server.push(question('alone', 'x'.repeat(2 * 1024 * 1024)));
  await until(() => server.posted.some(({ id, error }) => id === 'alone' && error !== undefined));
  for (const id of ['a', 'b', 'c', 'd', 'e']) server.push(question(id, large));
  expect(Object.keys(resultOf(await asked).inputRequests as object)).toHaveLength(3);
  await until(() => server.posted.filter(({ error }) => error !== undefined).length === 3);
});

test('what is said to a call that waits for its client is held up to a limit', async () => {
  let response: ServerResponse | undefined;
  let token: unknown;
  const server = await serveHostile((message, given) => {
    if (!isCall(message)) return undefined;
    response = given;
    token = (message.params as { _meta?: Members })._meta?.progressToken;
    return NOTHING;
  });
  const { ask } = backFor(server.origin);
  const meta = { progressToken: 'mine' };
  const asked = ask('tools/call', { name: 'ask' }, { capabilities, meta });
  await until(() => response !== undefined && server.streams.length === 1);
  server.push({ id: 'q', ...ELICIT });
  const { requestState, inputRequests } = resultOf(await asked);
  for (let progress = 0; progress < 20; progress += 1)
    server.push({ method: 'notifications/progress', params: { progressToken: token, progress, message: large } });
  server.push({ id: 'last', method: 'ping' });
  await until(() => server.posted.some(({ id }) => id === 'last'));
  const heard: RpcNotification[] = [];
  const inputResponses = Object.fromEntries(
    Object.keys(inputRequests as object).map((key) => [key, { action: 'cancel' }]),
  );
  const end = ask('tools/call', { name: 'ask', requestState, inputResponses }, { capabilities, meta, heard });
  await until(() => server.posted.some(({ id }) => id === 'q'));
  const id = server.posted.find(isCall)?.id;
  response?.writeHead(200, { 'content-type': 'application/json' });
  response?.end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } }));
  expect(resultOf(await end).resultType).toBe('complete');
  expect(heard.map(({ params }) => [params?.progressToken, params?.progress])).toEqual([
    ['mine', 17],
    ['mine', 18],
    ['mine', 19],
  ]);
});

test.each(['application/json', 'text/event-stream'])(
  'a result in %s that is too deep is an error, not silence',
  async (type) => {
    const deep = `${'['.repeat(DEPTH_LIMIT + 1)}${']'.repeat(DEPTH_LIMIT + 1)}`;
    const server = await serveHostile((message, response) => {
      if (!isCall(message)) return undefined;
      const body = `{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":{"content":${deep}}}`;
      response.writeHead(200, { 'content-type': type }).end(type === 'application/json' ? body : `data: ${body}\n\n`);
      return NOTHING;
    });
    const error = errorOf(await backFor(server.origin).ask('tools/call', { name: 'deep' }));
    expect(error.message).toContain('gave no answer');
  },
);

test('a question that is too deep does not keep the call from its result', async () => {
  const server = await serveHostile((message, response) => {
    if (!isCall(message)) return undefined;
    const deep = `${'{"a":'.repeat(DEPTH_LIMIT + 1)}1${'}'.repeat(DEPTH_LIMIT + 1)}`;
    const result = event({ jsonrpc: '2.0', id: message.id, result: { content: [] } });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`data: {"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":${deep}}\n\n${result}`);
    return NOTHING;
  });
  const outcome = await backFor(server.origin).ask('tools/call', { name: 'deep' }, { capabilities });
  expect(resultOf(outcome).resultType).toBe('complete');
});

test('a server that asks without end and takes no answer gets no more than some', async () => {
  const server = await serveHostile((message) =>
    isCall(message) || message.method === undefined ? NOTHING : undefined,
  );
  const { ask } = backFor(server.origin);
  const abort = new AbortController();
  const asked = ask('tools/call', { name: 'ask' }, { capabilities, signal: abort.signal });
  await until(() => server.count('tools/call') === 1 && server.streams.length === 1);
  for (let index = 0; index < 500; index += 1) server.push({ id: `ping ${index}`, method: 'ping' });
  server.push({ id: 'q', ...ELICIT });
  // The question came after all of the pings.
  expect(resultOf(await asked).resultType).toBe('input_required');
  const answers = () => server.posted.filter(({ method }) => method === undefined).length;
  await until(() => answers() >= 64);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(answers()).toBe(64);
});

test.each(['notifications/initialized', 'logging/setLevel'])(
  'a server that never answers %s holds no call up for long',
  async (silent) => {
    const server = await serveHostile(
      (message) => {
        if (isCall(message)) return { result: { content: [] } };
        return message.method === silent ? NOTHING : undefined;
      },
      { logging: {} },
    );
    const { schedule, elapse, pending } = testSchedule(10_000);
    const meta = { 'io.modelcontextprotocol/logLevel': 'info' };
    const outcome = backFor(server.origin, { schedule }).ask('tools/call', { name: 'echo' }, { meta });
    await until(() => server.count(silent) === 1);
    await until(() => [...pending].some(({ delayMs }) => delayMs === 10_000));
    elapse();
    expect(resultOf(await outcome).resultType).toBe('complete');
  },
);

test.each([404, 405])(
  'a server whose listening stream is answered %i is not initialised again for that',
  async (status) => {
    const initialized: unknown[] = [];
    let gets = 0;
    const { origin } = await serve(({ method, body }, response) => {
      if (method === 'GET') {
        gets += 1;
        return response.writeHead(status).end();
      }
      const message: Sent = body === '' ? {} : JSON.parse(body);
      if (message.method === 'initialize') initialized.push(message);
      const given = usual(message, { tools: { listChanged: true } });
      if (!given) return response.writeHead(202).end();
      return response
        .writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'one' })
        .end(JSON.stringify({ jsonrpc: '2.0', id: message.id, ...given }));
    });
    const heard: RpcNotification[] = [];
    const abort = new AbortController();
    const ended = backFor(origin).ask(
      'subscriptions/listen',
      { notifications: { toolsListChanged: true } },
      { heard, signal: abort.signal },
    );
    await until(() => heard.length === 1 && gets === 1);
    // Long enough for hundreds, if there were no end to it.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([initialized.length, gets]).toEqual([1, 1]);
    abort.abort();
    await ended;
  },
);
