import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openLocalListener } from '../../../main/agent/local-listener.ts';
import { createStdioUpgrade, type StdioContext } from '../../../main/agent/stdio-upgrade.ts';
import type { CallRecord } from '../../../main/journal/calls.ts';
import { serveStdio } from '../../../main/relay/stdio/stdio-relay.ts';
import { connectLocal } from '../../../shared/local-connection.ts';
import { localPaths } from '../../../shared/paths.ts';
import { sendJson, serve, temporaryFolder, until } from '../fixtures.ts';
import { accessTo } from '../relay/access-to.ts';
import { relayed, stdioContext } from '../relay/relayed.ts';

const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}\n';
const PONG = '{"jsonrpc":"2.0","id":1,"result":{}}\n';

/** An agent's socket behind which one server answers every request. */
async function agentSocket({ gateway }: Pick<StdioContext, 'gateway'> = {}) {
  const { origin } = await serve((_request, response) => sendJson(response, 200, JSON.parse(PONG)));
  const server = relayed(accessTo(origin));
  const records: CallRecord[] = [];
  const upgrade = createStdioUpgrade({
    server: (name) => (name === 'notes' ? server : undefined),
    servers: () => ['notes'],
    serve: (socket, target, client) => {
      void serveStdio(socket, target, { ...stdioContext((call) => records.push(call)), client });
    },
    ...(gateway && { gateway }),
  });
  const paths = localPaths(temporaryFolder(), 'linux');
  const listener = await openLocalListener(paths, (_request, response) => response.end(), upgrade);
  onTestFinished(() => listener.close());
  return { records, connect: () => connectLocal(paths) };
}

const ask = (path: string, { method = 'POST', upgrade = 'lanyard-stdio' } = {}) =>
  `${method} ${path} HTTP/1.1\r\nHost: lanyard\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n\r\n`;

function listening(socket: Socket): { text: string } {
  const heard = { text: '' };
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    heard.text += chunk.toString();
  });
  socket.resume();
  return heard;
}

test.each([
  ['&client=vscode-2', 'vscode-2'],
  ['', 'stdio'],
  ['&client=', 'stdio'],
  ['&client=../../x', 'stdio'],
  [`&client=${'x'.repeat(41)}`, 'stdio'],
])('after the upgrade the bytes are MCP; with "%s" the journal says %s', async (query, client) => {
  const { connect, records } = await agentSocket();
  const socket = await connect();
  const heard = listening(socket);
  socket.write(ask(`/v1/stdio?server=notes${query}`));
  await until(() => heard.text.endsWith('\r\n\r\n'));
  expect(heard.text).toMatch(/^HTTP\/1\.1 101 /);
  socket.write(PING);
  await until(() => heard.text.endsWith(PONG));
  expect(records).toMatchObject([{ client, server: 'notes', transport: 'stdio' }]);
  socket.destroy();
});

test('without a server the bytes are the gateway’s, with the client’s label', async () => {
  const clients: string[] = [];
  const { connect, records } = await agentSocket({
    gateway: (socket, client) => {
      clients.push(client);
      socket.on('data', (chunk: Buffer) => socket.write(`gateway: ${chunk}`)).resume();
    },
  });
  for (const query of ['?client=vscode', '', '?client=../../x']) {
    const socket = await connect();
    const heard = listening(socket);
    // What comes along with the request is not lost.
    socket.write(`${ask(`/v1/stdio${query}`)}${PING}`);
    await until(() => heard.text.endsWith(`\r\n\r\ngateway: ${PING}`));
    expect(heard.text).toMatch(/^HTTP\/1\.1 101 /);
    socket.destroy();
  }
  expect(clients).toEqual(['vscode', 'stdio', 'stdio']);
  expect(records).toEqual([]);
});

test('a first message that comes along with the request is not lost', async () => {
  const { connect } = await agentSocket();
  const socket = await connect();
  const heard = listening(socket);
  socket.write(`${ask('/v1/stdio?server=notes')}${PING}`);
  await until(() => heard.text.endsWith(PONG));
  socket.destroy();
});

test.each([
  ['an unknown server', ask('/v1/stdio?server=nope'), 'There is no server "nope". Approved servers: notes.'],
  ['an empty name', ask('/v1/stdio?server='), 'There is no server "".'],
  ['no server, where there is no gateway', ask('/v1/stdio'), 'name one of them. Approved servers: notes.'],
  ['another path', ask('/v1/other?server=notes'), 'nothing to upgrade to'],
  ['another version', ask('/v9/stdio?server=notes'), 'nothing to upgrade to'],
  ['another protocol', ask('/v1/stdio?server=notes', { upgrade: 'websocket' }), 'nothing to upgrade to'],
  ['another method', ask('/v1/stdio?server=notes', { method: 'GET' }), 'nothing to upgrade to'],
  ['no address at all', ask('//'), 'nothing to upgrade to'],
])('%s is refused with a sentence, and the agent goes on', async (_what, request, sentence) => {
  const { connect } = await agentSocket();
  const socket = await connect();
  const heard = listening(socket);
  socket.write(request);
  await once(socket, 'close');
  const [head = '', body = ''] = heard.text.split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 404 /);
  expect((JSON.parse(body) as { message: string }).message).toContain(sentence);
  (await connect()).destroy();
});
