import { expect, test } from 'vitest';
import { LanyardError } from '../../../../shared/errors.ts';
import { sendJson, until } from '../../fixtures.ts';
import { accessTo } from '../access-to.ts';
import { events, legacyServer, result, type Script } from './legacy-server.ts';
import { connectLine, INITIALIZE, INITIALIZED, META } from './line-client.ts';

const signedOut = () =>
  new LanyardError({
    code: 'signed-out',
    user: 'Sign in first.',
    administrator: 'a',
    recovery: { kind: 'blocked', reason: 'signed-out' },
  });

/** A client of a server for which there is a grant, or not. */
async function standing({ script, isIn = true }: { readonly script?: Script; readonly isIn?: boolean } = {}) {
  const server = await legacyServer(script, {
    tools: { listChanged: true },
    prompts: {},
    resources: { listChanged: true },
  });
  let isGranted = isIn;
  const access = accessTo(server.origin, (number) =>
    isGranted ? Promise.resolve(`token-${number}`) : Promise.reject(signedOut()),
  );
  const client = connectLine(access);
  return {
    server,
    access,
    client,
    signOut: () => {
      isGranted = false;
      access.keeper.reset();
    },
    signIn: async () => {
      isGranted = true;
      await access.keeper.signedIn();
    },
    open: async () => {
      client.write(INITIALIZE, INITIALIZED);
      await client.answer('init');
    },
    methods: () => client.messages().flatMap(({ method }) => method ?? []),
  };
}

test('after a sign-out standby answers; after the return the client hears of what it was promised, once', async () => {
  const { server, client, open, signOut, signIn, methods } = await standing();
  await open();
  await until(() => server.streams.length === 1);
  signOut();
  client.write({ id: 1, method: 'tools/call', params: { name: 'add' } }, { id: 2, method: 'tools/list' });
  expect(await client.answer(1)).toMatchObject({ result: { isError: true } });
  expect(await client.answer(2)).toMatchObject({ result: { tools: [{ name: 'lanyard_status' }] } });
  expect(methods()).toEqual([]);
  await signIn();
  client.server.returned();
  await until(() => methods().length > 0);
  client.write({ id: 3, method: 'tools/list' });
  expect(await client.answer(3)).toEqual(result(3, { session: 's-2' }));
  expect(methods()).toEqual(['notifications/tools/list_changed', 'notifications/resources/list_changed']);
  expect(server.posts('initialize')).toHaveLength(2);
  // Nobody ends the MCP session of another person.
  expect(server.seen.some(({ method }) => method === 'DELETE')).toBe(false);
});

test('a request that comes before anybody said that the server is back brings the announcement all the same', async () => {
  const { client, open, signOut, signIn, methods } = await standing();
  await open();
  signOut();
  client.write({ id: 1, method: 'tools/list' });
  await client.answer(1);
  await signIn();
  client.write({ id: 2, method: 'tools/list' });
  expect(await client.answer(2)).toEqual(result(2, { session: 's-2' }));
  expect(methods()).toEqual(['notifications/tools/list_changed', 'notifications/resources/list_changed']);
  client.server.returned();
  client.write({ id: 3, method: 'tools/list' });
  await client.answer(3);
  expect(methods()).toHaveLength(2);
});

test('each other person has another MCP session', async () => {
  const { server, access, client, open } = await standing();
  await open();
  for (const number of [2, 3, 4]) {
    access.keeper.reset();
    client.write({ id: number, method: 'tools/list' });
    expect(await client.answer(number)).toEqual(result(number, { session: `s-${number}` }));
  }
  expect(server.posts('tools/list').map(({ mcpSessionId }) => mcpSessionId)).toEqual(['s-2', 's-3', 's-4']);
});

test("a call's stream is not taken up again for another person", async () => {
  const { server, access, client, open } = await standing({
    script: ({ method }, response) =>
      method === 'prompts/get' ? events(response).write('id: e-1\nretry: 1\ndata: \n\n') : undefined,
  });
  await open();
  client.write({ id: 1, method: 'prompts/get', params: { name: 'p' } });
  await until(() => server.posts('prompts/get').length === 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  access.keeper.reset();
  expect(await client.answer(1)).toMatchObject({ error: { data: { code: 'call-ended' } } });
  expect(server.seen.filter(({ headers }) => headers['last-event-id'])).toEqual([]);
});

test('a call that was under way when its person signed out is answered', async () => {
  const { server, client, open, signOut } = await standing({
    script: ({ method }) => (method === 'tools/call' ? true : undefined),
  });
  await open();
  client.write({ id: 1, method: 'tools/call', params: { name: 'add' } });
  await until(() => server.posts('tools/call').length === 1);
  signOut();
  expect(await client.answer(1)).toMatchObject({ result: { isError: true } });
});

test('an MCP session that is being opened anew for one person is not taken for the next', async () => {
  let finish: (() => void) | undefined;
  let holds = false;
  const { server, access, client, open } = await standing({
    script: ({ method, id }, response) => {
      if (method !== 'logging/setLevel' || !holds) return undefined;
      finish ??= () => sendJson(response, 200, result(id));
      return true;
    },
  });
  await open();
  client.write({ id: 1, method: 'logging/setLevel', params: { level: 'info' } });
  await client.answer(1);
  server.forget();
  holds = true;
  client.write({ id: 2, method: 'prompts/get', params: { name: 'p' } });
  await until(() => finish !== undefined);
  access.keeper.reset();
  holds = false;
  expect(await client.answer(2)).toMatchObject({ error: {} });
  client.write({ id: 3, method: 'tools/list' });
  expect(await client.answer(3)).toEqual(result(3, { session: 's-3' }));
});

test('nor where the person changes between two of the messages that it takes', async () => {
  const server = await legacyServer();
  const access = accessTo(server.origin);
  let told = 0;
  const client = connectLine(access, {
    record: ({ method }) => {
      if (method !== 'notifications/initialized') return;
      told += 1;
      if (told === 2) access.keeper.reset();
    },
  });
  client.write(INITIALIZE, INITIALIZED, { id: 1, method: 'tools/list' });
  await client.answer(1);
  server.forget();
  client.write({ id: 2, method: 'prompts/get', params: { name: 'p' } });
  expect(await client.answer(2)).toMatchObject({ error: { data: { code: 'call-ended' } } });
  client.write({ id: 3, method: 'tools/list' });
  expect(await client.answer(3)).toEqual(result(3, { session: 's-3' }));
});

test("a client that had standby's answer to initialize alone gets to its server, and hears of it", async () => {
  const { server, client, open, signIn, methods } = await standing({ isIn: false });
  await open();
  expect(await client.answer('init')).toMatchObject({ result: { capabilities: { tools: { listChanged: true } } } });
  client.write({ id: 1, method: 'logging/setLevel', params: { level: 'debug' } });
  await client.answer(1);
  expect(server.seen).toEqual([]);
  await signIn();
  client.server.returned();
  await until(() => methods().length > 0);
  // What standby promised, not what the server says now.
  expect(methods()).toEqual(['notifications/tools/list_changed']);
  expect(server.posts().map(({ method }) => method)).toEqual([
    'initialize',
    'notifications/initialized',
    'logging/setLevel',
  ]);
  await until(() => server.streams.length === 1);
});

test('a client that says "initialized" only after the return hears of it too', async () => {
  const { server, client, signIn, methods } = await standing({ isIn: false });
  client.write(INITIALIZE);
  await client.answer('init');
  await signIn();
  client.server.returned();
  expect(server.seen).toEqual([]);
  client.write(INITIALIZED);
  await until(() => methods().length > 0);
  expect(server.posts().map(({ method }) => method)).toEqual(['initialize', 'notifications/initialized']);
});

test('"initialized" that comes while the MCP session is being opened reaches the server once', async () => {
  let finish: (() => void) | undefined;
  const { server, client, signIn } = await standing({
    isIn: false,
    script: ({ method, id }, response) => {
      if (method !== 'initialize' || finish) return undefined;
      finish = () => sendJson(response, 200, result(id, { protocolVersion: '2025-11-25' }));
      return true;
    },
  });
  client.write(INITIALIZE);
  await client.answer('init');
  await signIn();
  client.write({ id: 1, method: 'tools/list' }, INITIALIZED, { method: 'notifications/roots/list_changed' });
  await until(() => finish !== undefined);
  finish?.();
  await until(() => server.posts('notifications/roots/list_changed').length === 1);
  await client.answer(1);
  expect(server.posts('notifications/initialized')).toHaveLength(1);
});

test('a server that could not be reached for a moment keeps its MCP session', async () => {
  const { server, access, client, open, methods } = await standing();
  await open();
  const { forward } = access;
  let isThere = false;
  Object.assign(access, {
    forward: ((request, listener) =>
      isThere ? forward(request, listener) : listener.onFault(signedOut())) as typeof forward,
  });
  client.write({ id: 1, method: 'tools/list' });
  await client.answer(1);
  client.server.returned();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(methods()).toEqual([]);
  isThere = true;
  client.server.returned();
  await until(() => methods().length === 2);
  expect(server.posts('ping')).toHaveLength(1);
  expect(server.posts('initialize')).toHaveLength(1);
  expect(client.messages().some(({ id }) => id === 'lanyard-ping')).toBe(false);
});

test('an answer that is too large is no reason to announce anything', async () => {
  const { client, open, methods } = await standing({
    script: ({ method }, response) => {
      if (method !== 'tools/list') return undefined;
      response.writeHead(200, { 'content-type': 'application/json' });
      return response.end(Buffer.alloc(33 * 1024 * 1024, ' '));
    },
  });
  await open();
  client.write({ id: 1, method: 'tools/list' });
  await client.answer(1);
  client.server.returned();
  client.write({ id: 2, method: 'ping' });
  await client.answer(2);
  expect(methods()).toEqual([]);
});

const modernOnly: Script = ({ method, id, params }, response) => {
  const isModern = (params?._meta as Record<string, unknown> | undefined)?.['io.modelcontextprotocol/protocolVersion'];
  if (isModern !== '2026-07-28') {
    sendJson(response, 400, { jsonrpc: '2.0', id: id ?? null, error: { code: -32601, message: 'unknown' } });
  } else if (method === 'server/discover')
    sendJson(response, 200, {
      jsonrpc: '2.0',
      id,
      result: {
        resultType: 'complete',
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: {} },
        _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'modern', version: '1' } },
      },
    });
  else sendJson(response, 200, { jsonrpc: '2.0', id, result: { resultType: 'complete', tools: [{ name: 'new' }] } });
  return true;
};

test('a server that turns out to be modern only at initialize is translated for', async () => {
  const { client, open, server } = await standing({ script: modernOnly });
  await open();
  expect(await client.answer('init')).toMatchObject({ result: { protocolVersion: '2025-11-25' } });
  client.write({ id: 1, method: 'tools/list' });
  expect(await client.answer(1)).toMatchObject({ result: { tools: [{ name: 'new' }] } });
  // Nothing but the first try was said in the wrong era.
  expect(server.posts().filter(({ params }) => params?._meta === undefined)).toMatchObject([{ method: 'initialize' }]);
});

test('a server that turns out to be modern only after standby is translated for, unseen', async () => {
  const { client, open, signIn, methods } = await standing({ script: modernOnly, isIn: false });
  await open();
  const before = client.lines.length;
  await signIn();
  client.write({ id: 1, method: 'tools/list' });
  expect(await client.answer(1)).toMatchObject({ result: { tools: [{ name: 'new' }] } });
  client.write({ id: 2, method: 'tools/list' });
  await client.answer(2);
  expect(client.lines.length - before - methods().length).toBe(2);
});

test('the same, where the return brings it to light: the client hears of it', async () => {
  const { client, open, signIn, methods } = await standing({ script: modernOnly, isIn: false });
  await open();
  await signIn();
  client.server.returned();
  await until(() => methods().includes('notifications/tools/list_changed'));
  client.write({ id: 1, method: 'tools/list' });
  expect(await client.answer(1)).toMatchObject({ result: { tools: [{ name: 'new' }] } });
});

test('requests that come while it comes to light are each answered once', async () => {
  const { client, open, signIn } = await standing({ script: modernOnly, isIn: false });
  await open();
  await signIn();
  const ids = Array.from({ length: 10 }, (_, index) => index);
  client.write(...ids.map((id) => ({ id, method: 'tools/list' })), {
    id: 'level',
    method: 'resources/subscribe',
    params: { uri: 'notes://1' },
  });
  for (const id of ids) expect(await client.answer(id)).toMatchObject({ result: { tools: [{ name: 'new' }] } });
  await client.answer('level');
});

test('a modern client is answered by standby while there is no grant', async () => {
  const { client } = await standing({ isIn: false });
  client.write({ id: 1, method: 'server/discover', params: { _meta: META } });
  expect(await client.answer(1)).toMatchObject({ result: { supportedVersions: ['2026-07-28'] } });
  client.write({ id: 2, method: 'tools/call', params: { name: 'add', _meta: META } });
  expect(await client.answer(2)).toMatchObject({ result: { isError: true } });
});
