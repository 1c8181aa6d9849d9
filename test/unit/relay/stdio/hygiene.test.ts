import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { until } from '../../fixtures.ts';
import { accessTo } from '../access-to.ts';
import { event, events, legacyServer, result } from './legacy-server.ts';
import { connectLine, INITIALIZE, INITIALIZED, META } from './line-client.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const BIG = 'x'.repeat(300 * 1024);

/** What servers, or things before them, send, and none of which is a message. */
const GARBAGE: readonly (readonly [string, (response: ServerResponse) => void])[] = [
  ['a page', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>\n<body>')],
  ['a page that calls itself JSON', (response) => response.writeHead(200, JSON_TYPE).end('<html>\n<body>')],
  ['JSON that is no message', (response) => response.writeHead(200, JSON_TYPE).end('{"error":"no"}')],
  ['much JSON that is no message', (response) => response.writeHead(200, JSON_TYPE).end(`{"error":"${BIG}"}`)],
  ['much that begins like JSON', (response) => response.writeHead(200, JSON_TYPE).end(`{"jsonrpc":"2.0",${BIG}`)],
  ['half a message', (response) => response.writeHead(200, JSON_TYPE).end('{"jsonrpc":"2.0","id":1,"res')],
  ['an event that never ends', (response) => events(response).end('data: {"jsonrpc":"2.0","id":1,"result":{}}\n')],
  ['events of something else', (response) => events(response).end('data: hello\n\ndata: {}\n\ndata: [1]\n\n')],
  ['a byte order mark alone', (response) => response.writeHead(200, JSON_TYPE).end('\ufeff')],
  ['bytes', (response) => response.writeHead(200, JSON_TYPE).end(Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x0d]))],
];

test.each([
  ['legacy', GARBAGE],
  ['modern', GARBAGE],
] as const)(
  'whatever a server sends a client of the %s era, its stdin gets one message a line',
  async (era, garbage) => {
    const server = await legacyServer(({ method, params }, response) => {
      const which = method === 'x' && garbage[Number(params?.which)];
      if (!which) return undefined;
      which[1](response);
      return true;
    });
    const access = accessTo(server.origin);
    access.traits.learnEra(era, true);
    const client = connectLine(access);
    if (era === 'legacy') client.write(INITIALIZE, INITIALIZED);
    for (const [which, [name]] of garbage.entries()) {
      client.write({ id: which, method: 'x', params: { which, ...(era === 'modern' && { _meta: META }) } });
      expect([name, await client.answer(which)]).toMatchObject([name, { error: { code: -32000 } }]);
    }
    expect(client.lines).toHaveLength(garbage.length + (era === 'legacy' ? 1 : 0));
  },
);

test('nothing but messages comes from the listening stream either', async () => {
  const server = await legacyServer();
  const client = connectLine(accessTo(server.origin));
  client.write(INITIALIZE, INITIALIZED);
  await until(() => server.streams.length === 1);
  server.streams[0]?.write('\ufeffdata: <html>\n\nevent: endpoint\ndata: /messages\n\n: ping\n\ndata\n\n');
  server.streams[0]?.write('data: {"jsonrpc":"2.0",\r\ndata: "method":"notifications/a\\r\\nb"}\r\n\r\n');
  server.streams[0]?.write(event({ method: 'notifications/tools/list_changed' }));
  await client.heard('notifications/tools/list_changed');
  expect(client.messages().map(({ method }) => method)).toEqual([
    undefined,
    'notifications/a\r\nb',
    'notifications/tools/list_changed',
  ]);
});

test('a large message of the server that is no response does not count as one', async () => {
  const server = await legacyServer(({ method }, response) =>
    method === 'tools/call'
      ? events(response).end(event({ id: 9, method: 'sampling/createMessage', params: { image: BIG } }))
      : undefined,
  );
  const client = connectLine(accessTo(server.origin));
  client.write(INITIALIZE, INITIALIZED, { id: 1, method: 'tools/call', params: { name: 'a' } });
  expect(await client.answer(1)).toMatchObject({ error: { data: { code: 'server-http-200' } } });
});

test('a large response passes as it is', async () => {
  const server = await legacyServer(({ method, id }, response) =>
    method === 'tools/call' ? events(response).end(event(result(id, BIG))) : undefined,
  );
  const client = connectLine(accessTo(server.origin));
  client.write(INITIALIZE, INITIALIZED, { id: 1, method: 'tools/call', params: { name: 'a' } });
  await until(() => client.lines.length === 2);
  expect(client.lines[1]).toBe(JSON.stringify(result(1, BIG)));
});

test('an answer of more than 32 MiB is cut off, and asked for once', async () => {
  const server = await legacyServer(({ method }, response) => {
    if (method !== 'tools/call') return undefined;
    events(response).write('id: e-1\ndata: \n\ndata: ');
    return response.write(Buffer.alloc(34 * 1024 * 1024, 'x'));
  });
  const client = connectLine(accessTo(server.origin));
  client.write(INITIALIZE, INITIALIZED, { id: 1, method: 'prompts/get' }, { id: 2, method: 'tools/call' });
  expect(await client.answer(2)).toMatchObject({ result: { isError: true } });
  client.write({ id: 3, method: 'ping' });
  await client.answer(3);
  expect(server.seen.filter(({ headers }) => headers['last-event-id'])).toEqual([]);
});

test.each([
  ['no JSON', 'hello'],
  ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]'],
  ['a byte order mark', '\ufeff{"jsonrpc":"2.0","id":1,"method":"ping"}'],
  ['an id that is none', '{"jsonrpc":"2.0","id":null,"method":"ping"}'],
])('a line with %s is told so, and goes nowhere', async (_what, line) => {
  const server = await legacyServer();
  const client = connectLine(accessTo(server.origin));
  client.write(line, { id: 2, method: 'ping' });
  await client.answer(2);
  expect(client.messages()[0]).toMatchObject({ id: null, error: { data: { code: 'not-json-rpc' } } });
  expect(server.seen).toHaveLength(1);
});

test('a line of more than 32 MiB ends the connection', async () => {
  const server = await legacyServer();
  const client = connectLine(accessTo(server.origin));
  client.pipe.push(Buffer.alloc(33 * 1024 * 1024, 'x'));
  await client.over;
  expect(server.seen).toEqual([]);
});
