import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createVirtualTime, type VirtualTime } from '../../../virtual-time.ts';
import { until } from '../../fixtures.ts';
import { accessTo } from '../access-to.ts';
import { event, events, legacyServer, result, type Script, send } from './legacy-server.ts';
import { connectLine, INITIALIZE, INITIALIZED } from './line-client.ts';

async function open(script?: Script, time: VirtualTime = createVirtualTime()) {
  const server = await legacyServer(script);
  const access = accessTo(server.origin);
  const client = connectLine(access, { schedule: time.schedule });
  client.write(INITIALIZE, INITIALIZED);
  await client.answer('init');
  await until(() => server.seen.some(({ method }) => method === 'GET'));
  return { server, access, client, time };
}

/** Lets time pass until something is there, in steps that are shorter than any pause. */
async function passUntil(time: VirtualTime, condition: () => boolean): Promise<void> {
  while (!condition()) await time.advance(20);
}

const CALL = { id: 1, method: 'tools/call', params: { name: 'slow' } };

/** A server whose first stream for a call is `first`, and whose resumed ones are answered by `resume`. */
const resuming =
  (first: (response: ServerResponse) => void, resume: (response: ServerResponse, from: string) => void): Script =>
  ({ method }, response, { method: verb, headers }) => {
    const from = headers['last-event-id'];
    if (method === 'tools/call') first(events(response));
    else if (verb === 'GET' && typeof from === 'string') resume(response, from);
    else return undefined;
    return true;
  };

test.each<readonly [string, (response: ServerResponse) => void]>([
  ['closed on purpose', (response) => response.end('id: e-1\nretry: 300\ndata: \n\n')],
  ['cut off', (response) => response.write('id: e-1\nretry: 300\ndata: \n\n', () => response.destroy())],
])('a stream that is %s before its response is taken up again where it was, after the pause', async (_what, first) => {
  const froms: string[] = [];
  const { client, time, server } = await open(
    resuming(first, (response, from) => {
      froms.push(from);
      events(response);
      if (froms.length === 1) response.end(event({ method: 'notifications/progress', params: { progress: 1 } }, 'e-2'));
      else response.end(event(result(1, 'done'), 'e-3'));
    }),
  );
  const before = server.seen.length;
  client.write(CALL);
  await until(() => server.seen.length > before);
  await time.advance(250);
  expect(froms).toEqual([]);
  await passUntil(time, () => client.messages().some(({ id }) => id === 1));
  expect(await client.answer(1)).toEqual(result(1, 'done'));
  expect(froms).toEqual(['e-1', 'e-2']);
  expect(client.messages().map(({ method }) => method)).toEqual([undefined, 'notifications/progress', undefined]);
  const resumed = server.seen.filter(({ headers }) => headers['last-event-id'] !== undefined);
  for (const { headers } of resumed)
    expect(headers).toMatchObject({
      accept: 'text/event-stream',
      'mcp-session-id': 's-1',
      'mcp-protocol-version': '2025-11-25',
    });
  expect(server.posts('tools/call')).toHaveLength(1);
  expect(client.records.filter(({ method }) => method === 'tools/call')).toMatchObject([{ status: 200 }]);
});

test('a server that does not know the events any more leaves the call with an error, at once', async () => {
  const { client, time } = await open(
    resuming(
      (response) => response.end('id: e-1\ndata: \n\n'),
      (response) => response.writeHead(404).end(),
    ),
  );
  client.write(CALL);
  await passUntil(time, () => client.messages().some(({ id }) => id === 1));
  expect(await client.answer(1)).toMatchObject({ error: { data: { code: 'server-http-200' } } });
});

test('a server that is away for a moment is asked again, and not for ever', async () => {
  let resumed = 0;
  const { client, time } = await open(
    resuming(
      (response) => response.end('id: e-1\ndata: \n\n'),
      (response) => {
        resumed += 1;
        response.writeHead(503).end();
      },
    ),
  );
  client.write(CALL);
  await passUntil(time, () => client.messages().some(({ id }) => id === 1));
  await client.answer(1);
  expect(resumed).toBe(21);
});

test('a stream without event ids is not taken up again', async () => {
  const { client, server } = await open(
    resuming(
      (response) => response.end('data: \n\n'),
      () => {},
    ),
  );
  client.write(CALL);
  expect(await client.answer(1)).toMatchObject({ error: { data: { code: 'server-http-200' } } });
  expect(server.seen.filter(({ method }) => method === 'GET')).toHaveLength(1);
});

test('a cancelled call is posted as such, gets no answer, and its stream is closed after five seconds', async () => {
  let closed = false;
  const { client, server, time } = await open(({ method }, response) => {
    if (method !== 'tools/call') return undefined;
    response.on('close', () => {
      closed = true;
    });
    return events(response).write(': here\n\n');
  });
  client.write(CALL);
  await until(() => server.posts('tools/call').length === 1);
  client.write({ method: 'notifications/cancelled', params: { requestId: 1 } });
  await until(() => server.posts('notifications/cancelled').length === 1);
  await time.advance(4_900);
  expect(closed).toBe(false);
  await passUntil(time, () => closed);
  await until(() => client.records.some(({ method }) => method === 'tools/call'));
  expect(client.messages().map(({ id }) => id)).toEqual(['init']);
});

test('a call that ends in time after it was cancelled is ended by its server, without a word', async () => {
  const calls: ServerResponse[] = [];
  const { client, server, time } = await open(({ method }, response) =>
    method === 'tools/call' ? calls.push(events(response)) : undefined,
  );
  client.write(CALL);
  await until(() => calls.length === 1);
  client.write({ method: 'notifications/cancelled', params: { requestId: 1 } });
  await until(() => server.posts('notifications/cancelled').length === 1);
  calls[0]?.end('id: e-1\ndata: \n\n');
  await until(() => client.records.some(({ method }) => method === 'tools/call'));
  await time.advance(20_000);
  expect(client.lines).toHaveLength(1);
  expect(server.seen.filter(({ headers }) => headers['last-event-id'])).toEqual([]);
});

test("what the server asks reaches the client on both streams, and the client's responses go back", async () => {
  const calls: ServerResponse[] = [];
  const { client, server } = await open((message, response) => {
    if (message.method === 'tools/call') return calls.push(events(response));
    if (message.id === 'ask-1' && message.method === undefined) calls[0]?.end(event(result(1, message.result)));
    return undefined;
  });
  client.write(CALL);
  await until(() => calls.length === 1);
  calls[0]?.write(event({ id: 'ask-1', method: 'sampling/createMessage' }));
  await client.heard('sampling/createMessage');
  await until(() => server.streams.length === 1);
  server.streams[0]?.write(event({ id: 'ask-2', method: 'roots/list' }));
  await client.heard('roots/list');
  client.write({ id: 'ask-2', error: { code: -32601, message: 'no roots' } });
  client.write({ id: 'ask-1', result: { said: 'yes' } });
  expect(await client.answer(1)).toEqual(result(1, { said: 'yes' }));
  const responses = server.posts().filter(({ method }) => method === undefined);
  expect(responses).toMatchObject([{ error: { message: 'no roots' } }, { result: { said: 'yes' } }]);
  for (const { mcpSessionId } of responses) expect(mcpSessionId).toBe('s-1');
});

test('a question that the server takes back reaches the client as such', async () => {
  const { client, server } = await open();
  await until(() => server.streams.length === 1);
  server.streams[0]?.write(event({ id: 5, method: 'elicitation/create' }));
  server.streams[0]?.write(event({ method: 'notifications/cancelled', params: { requestId: 5 } }));
  expect(await client.heard('notifications/cancelled')).toMatchObject({ params: { requestId: 5 } });
});

test('a response is passed on while its stream stays open; the stream is closed when it lingers', async () => {
  let closed = false;
  const { client, time } = await open(({ method, id }, response) => {
    if (method !== 'tools/call') return undefined;
    response.on('close', () => {
      closed = true;
    });
    return events(response).write(event(result(id, 'early')));
  });
  client.write(CALL);
  expect(await client.answer(1)).toEqual(result(1, 'early'));
  await time.advance(4_900);
  expect(closed).toBe(false);
  await passUntil(time, () => closed);
  expect(client.records.some(({ method }) => method === 'tools/call')).toBe(true);
});

test('initialize may be answered on a stream that stays open', async () => {
  const { client, server } = await open((message, response) => {
    if (message.method !== 'initialize') return undefined;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(event({ method: 'notifications/message', params: { level: 'info', data: 'hello' } }));
    return response.write(event(result(message.id, { protocolVersion: '2025-06-18', capabilities: {} })));
  });
  expect(client.messages().map(({ method }) => method)).toEqual(['notifications/message', undefined]);
  expect(server.seen.find(({ method }) => method === 'GET')?.headers['mcp-protocol-version']).toBe('2025-06-18');
});

test('notifications keep their order, and requests come after those that went before them', async () => {
  const order: unknown[] = [];
  let finish = () => {};
  const { client, time } = await open(({ method, params }, response) => {
    if (method === undefined || method === 'initialize' || method === 'notifications/initialized') return undefined;
    order.push(params?.n);
    if (params?.n !== 1) return undefined;
    finish = () => response.writeHead(202).end();
    return true;
  });
  const progress = (n: number) => ({ method: 'notifications/progress', params: { n } });
  client.write(progress(1), progress(2), { id: 3, method: 'tools/list', params: { n: 3 } }, progress(4));
  await until(() => order.length === 1);
  await time.advance(4_000);
  expect(order).toEqual([1]);
  finish();
  await until(() => order.length === 4);
  expect(order).toEqual([1, 2, 3, 4]);
});

test('a server that never takes a notification holds the next message for five seconds only', async () => {
  const { client, time, server } = await open(({ method }) => (method === 'notifications/x' ? true : undefined));
  client.write({ method: 'notifications/x' }, { id: 1, method: 'tools/list' });
  await until(() => server.posts('notifications/x').length === 1);
  await passUntil(time, () => server.posts('tools/list').length === 1);
  await client.answer(1);
});

test('what a server says to a notification that it refuses is nobody waits for', async () => {
  const { client } = await open(({ method }, response) =>
    method === 'notifications/x'
      ? send(response, 400, { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'no' } })
      : undefined,
  );
  client.write({ method: 'notifications/x' }, { id: 1, method: 'tools/list' });
  await client.answer(1);
  expect(client.lines).toHaveLength(2);
});

test("what a server says to a client's response is no answer to anything", async () => {
  const { client, server } = await open((message, response) =>
    message.method === undefined && message.id === 5
      ? send(response, 200, { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'no' } })
      : undefined,
  );
  await until(() => server.streams.length === 1);
  server.streams[0]?.write(event({ id: 5, method: 'roots/list' }));
  await client.heard('roots/list');
  client.write({ id: 5, result: {} }, { id: 1, method: 'tools/list' });
  await client.answer(1);
  expect(client.messages().filter(({ id, method }) => id === 5 && method === undefined)).toEqual([]);
});

test('a second "initialized" opens no second listening stream', async () => {
  const { client, server } = await open();
  client.write(INITIALIZED, { id: 1, method: 'tools/list' });
  await client.answer(1);
  expect(server.seen.filter(({ method }) => method === 'GET')).toHaveLength(1);
});
