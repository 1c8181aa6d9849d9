import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { connectLocal } from '../../../shared/local-connection.ts';
import {
  agentHello,
  clientHello,
  createHello,
  type Hello,
  helloProof,
  isProof,
  parseClientHello,
} from '../../../shared/local-hello.ts';
import { type LocalPaths, localPaths } from '../../../shared/paths.ts';
import { readLine } from '../../../shared/read-line.ts';
import { problemFrom, temporaryFolder, until } from '../fixtures.ts';

const TOKEN = randomBytes(32).toString('base64url');
const AGENT_NONCE = 'n'.repeat(43);
const AGENT: Hello = { version: 2, nonce: AGENT_NONCE, product: '1.2.3' };
const LONG_MS = 600_000;

/** A person's folder with a local token and something behind the socket. */
async function placeWith(onConnection: (socket: Socket) => void): Promise<LocalPaths & { readonly open: Set<Socket> }> {
  const paths = localPaths(temporaryFolder(), 'linux');
  mkdirSync(paths.state, { recursive: true });
  writeFileSync(paths.localToken, TOKEN, { mode: 0o600 });
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(paths.socket, resolve);
  });
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  return { ...paths, open };
}

async function clientSays(socket: Socket): Promise<Hello> {
  return parseClientHello(await readLine(socket, 256, LONG_MS)) ?? { ...createHello(2), nonce: 'not a hello' };
}

test('both ends prove themselves, and what follows passes untouched', async () => {
  const heard: string[] = [];
  const paths = await placeWith(async (socket) => {
    const nonces = { client: await clientSays(socket), agent: AGENT };
    socket.write(`${agentHello(TOKEN, nonces)}welcome`);
    heard.push(String(isProof(await readLine(socket, 256, LONG_MS), helloProof(TOKEN, 'client', nonces))));
    socket.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
    socket.resume();
  });
  const socket = await connectLocal(paths);
  expect(socket.isPaused()).toBe(true);
  const greeting = new Promise((resolve) => {
    socket.once('data', resolve);
  });
  socket.write('request');
  socket.resume();
  expect(String(await greeting)).toBe('welcome');
  await until(() => heard.length === 2);
  expect(heard).toEqual(['true', 'request']);
  socket.destroy();
});

test('every connection has a nonce of its own', async () => {
  const nonces: string[] = [];
  const paths = await placeWith(async (socket) => {
    nonces.push((await clientSays(socket)).nonce);
    socket.destroy();
  });
  await problemFrom(connectLocal(paths));
  await problemFrom(connectLocal(paths));
  // Each was hung up on, and came again with the version before.
  expect(nonces).toHaveLength(4);
  expect(new Set(nonces).size).toBe(4);
  expect(nonces[0]).toMatch(/^[\w-]{43}$/);
});

const AMISS: readonly (readonly [string, (client: Hello) => string])[] = [
  ['with the wrong token', (client) => agentHello('another token', { client, agent: AGENT })],
  [
    "with the client's role in its proof",
    (client) => `LANYARD/2 ${AGENT_NONCE} 1.2.3 ${helloProof(TOKEN, 'client', { client, agent: AGENT })}\n`,
  ],
  ['with a proof over other nonces', () => agentHello(TOKEN, { client: AGENT, agent: AGENT })],
  ['by sending our own hello back', (client) => clientHello(client)],
  [
    'with another version of its product than it proved',
    (client) => agentHello(TOKEN, { client, agent: AGENT }).replace('1.2.3', '1.2.4'),
  ],
  [
    'with a proof over another version of ours',
    (client) => agentHello(TOKEN, { client: { ...client, product: '9.9.9' }, agent: AGENT }),
  ],
  [
    'in the version before, with its proof',
    (client) => {
      const older = { version: 1, product: '' } as const;
      return agentHello(TOKEN, { client: { ...client, ...older }, agent: { ...AGENT, ...older } });
    },
  ],
  ['with another protocol', () => 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ['with a line without end', () => 'x'.repeat(100_000)],
  ['with an empty line', () => '\n'],
];

test.each(AMISS)('a program that answers %s is not trusted and learns no proof', async (_what, answer) => {
  const after: string[] = [];
  const paths = await placeWith(async (socket) => {
    socket.write(answer(await clientSays(socket)));
    socket.on('data', (chunk: Buffer) => after.push(chunk.toString()));
    socket.resume();
  });
  expect(await problemFrom(connectLocal(paths))).toMatchObject({ code: 'agent-untrusted' });
  await until(() => paths.open.size === 0);
  expect(after).toEqual([]);
});

test.each([
  ['ends', (socket: Socket) => void socket.end('LANYARD/1 half')],
  ['breaks off', (socket: Socket) => void socket.destroy()],
])('a connection that %s within the hello is an agent that does not answer', async (_what, close) => {
  const paths = await placeWith(close);
  const error = await problemFrom(connectLocal(paths));
  expect(error).toMatchObject({ code: 'agent-not-answering' });
  expect(error.user).toBe('Lanyard does not answer. Wait a moment; if it stays, restart it.');
});

test('where nothing listens, the agent is not running', async () => {
  const paths = localPaths(temporaryFolder(), 'linux');
  expect(await problemFrom(connectLocal(paths))).toMatchObject({ code: 'agent-not-running' });
});

test.each(['', 'short', 'x'.repeat(44), ' '.repeat(43)])(
  'under a damaged token ("%s") nobody is trusted',
  async (damaged) => {
    const paths = await placeWith(() => {});
    writeFileSync(paths.localToken, damaged);
    expect(await problemFrom(connectLocal(paths))).toMatchObject({ code: 'agent-not-running' });
  },
);

test('where the token is gone, the agent is not running and no connection is left behind', async () => {
  let connections = 0;
  const paths = await placeWith(() => {
    connections += 1;
  });
  rmSync(paths.localToken);
  expect(await problemFrom(connectLocal(paths))).toMatchObject({ code: 'agent-not-running' });
  // One of the test's own: once it has arrived, so has everything before it.
  const own = connect(paths.socket);
  await once(own, 'connect');
  await until(() => connections > 0);
  own.destroy();
  await until(() => paths.open.size === 0);
  expect(connections).toBe(1);
});
