import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openLocalListener } from '../../../main/agent/local-listener.ts';
import { connectLocal } from '../../../shared/local-connection.ts';
import { clientHello, createHello, helloProof, parseAgentHello } from '../../../shared/local-hello.ts';
import { type LocalPaths, localPaths } from '../../../shared/paths.ts';
import { PRODUCT } from '../../../shared/product.ts';
import { readLine } from '../../../shared/read-line.ts';
import { problemFrom, temporaryFolder, until } from '../fixtures.ts';

const NONCE = 'n'.repeat(43);
const HELLO = { ...createHello(2), nonce: NONCE };
const LONG_MS = 600_000;

async function listening(paths: LocalPaths = localPaths(temporaryFolder(), 'linux'), headersTimeout?: number) {
  const peers: string[] = [];
  const requests: string[] = [];
  const listener = await openLocalListener(
    paths,
    (request, response) => {
      requests.push(`${request.method} ${request.url}`);
      response.end('answered');
    },
    (_request, socket) => socket.end('upgraded'),
    { onPeer: (version) => peers.push(version), ...(headersTimeout !== undefined && { headersTimeout }) },
  );
  onTestFinished(() => listener.close());
  return { paths, peers, requests, close: () => listener.close() };
}

async function dial({ socket: path }: LocalPaths): Promise<Socket> {
  const socket = connect(path);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

const GET = 'GET /v1/state HTTP/1.1\r\nHost: lanyard\r\nConnection: close\r\n\r\n';

test('folder, socket and token are this person’s alone', async () => {
  const { paths } = await listening();
  expect(statSync(paths.state).mode & 0o777).toBe(0o700);
  expect(statSync(paths.socket).mode & 0o777).toBe(0o600);
  expect(statSync(paths.localToken).mode & 0o777).toBe(0o600);
  expect(readFileSync(paths.localToken, 'latin1')).toMatch(/^[\w-]{43}$/);
});

test('a folder that others may read is closed to them', async () => {
  const paths = localPaths(temporaryFolder(), 'linux');
  mkdirSync(paths.state, { recursive: true, mode: 0o755 });
  await listening(paths);
  expect(statSync(paths.state).mode & 0o777).toBe(0o700);
});

test('whoever proves that they read the token is served', async () => {
  const { paths, requests } = await listening();
  const socket = await connectLocal(paths);
  socket.write(GET);
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  socket.resume();
  await once(socket, 'close');
  expect(requests).toEqual(['GET /v1/state']);
  expect(text).toMatch(/^HTTP\/1\.1 200[\s\S]*answered$/);
});

const PRETENDERS: readonly (readonly [string, (socket: Socket, token: string) => Promise<void> | void])[] = [
  ['speaks HTTP at once', (socket) => void socket.write(GET)],
  ['sends a line that is too long', (socket) => void socket.write('x'.repeat(10_000))],
  ['sends another version', (socket) => void socket.write(`LANYARD/9 ${NONCE}\n`)],
  ['sends its version without a product', (socket) => void socket.write(`LANYARD/2 ${NONCE}\n`)],
  ['sends an empty line', (socket) => void socket.write('\n')],
  [
    'has no token',
    async (socket) => {
      socket.write(clientHello(HELLO));
      await readLine(socket, 256, LONG_MS);
      socket.write(`${'p'.repeat(43)}\n${GET}`);
    },
  ],
  [
    'sends the agent’s own proof back',
    async (socket) => {
      socket.write(clientHello(HELLO));
      const hello = parseAgentHello(await readLine(socket, 256, LONG_MS));
      socket.write(`${hello?.proof}\n${GET}`);
    },
  ],
  [
    'replays the proof of another connection',
    async (socket, token) => {
      socket.write(clientHello(HELLO));
      await readLine(socket, 256, LONG_MS);
      socket.write(`${helloProof(token, 'client', { client: HELLO, agent: HELLO })}\n${GET}`);
    },
  ],
];

test.each(PRETENDERS)('a program that %s is cut off and served nothing', async (_what, act) => {
  const { paths, requests } = await listening();
  const socket = await dial(paths);
  await act(socket, readFileSync(paths.localToken, 'latin1'));
  socket.resume();
  await once(socket, 'close');
  expect(requests).toEqual([]);
  (await connectLocal(paths)).destroy();
});

test('the agent hears of the version of whoever has proved itself', async () => {
  const { paths, peers } = await listening();
  const stranger = await dial(paths);
  stranger.write(clientHello({ ...HELLO, product: '0.0.1' }));
  await readLine(stranger, 256, LONG_MS);
  stranger.write(`${'p'.repeat(43)}\n`);
  stranger.resume();
  await once(stranger, 'close');
  (await connectLocal(paths)).destroy();
  await until(() => peers.length > 0);
  expect(peers).toEqual([PRODUCT.version]);
});

test('the agent proves itself to nobody who has not said hello, and each time anew', async () => {
  const { paths } = await listening();
  const hellos: string[] = [];
  for (let time = 0; time < 2; time += 1) {
    const socket = await dial(paths);
    socket.write(clientHello(HELLO));
    hellos.push(await readLine(socket, 256, LONG_MS));
    socket.destroy();
  }
  expect(hellos[0]).not.toBe(hellos[1]);
});

test('the token stays the same over restarts, and a damaged one is made anew', async () => {
  const { paths, close } = await listening();
  const token = readFileSync(paths.localToken, 'latin1');
  await close();
  const again = await listening(paths);
  expect(readFileSync(paths.localToken, 'latin1')).toBe(token);
  await again.close();
  // Whoever knows the token passes; everybody knows an empty one.
  for (const damaged of ['', '\n', token.slice(1)]) {
    writeFileSync(paths.localToken, damaged);
    const after = await listening(paths);
    expect(readFileSync(paths.localToken, 'latin1')).toMatch(/^[\w-]{43}$/);
    await after.close();
  }
});

test('a second agent finds the first one and does not take its place', async () => {
  const { paths } = await listening();
  expect(await problemFrom(listening(paths))).toMatchObject({ code: 'agent-running' });
  (await connectLocal(paths)).destroy();
});

test('nor does it where the token of the first one is gone', async () => {
  const { paths } = await listening();
  const token = readFileSync(paths.localToken, 'latin1');
  rmSync(paths.localToken);
  expect(await problemFrom(listening(paths))).toMatchObject({ code: 'agent-running' });
  writeFileSync(paths.localToken, token);
  (await connectLocal(paths)).destroy();
});

test('of many that start at once exactly one listens', async () => {
  const paths = localPaths(temporaryFolder(), 'linux');
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => listening(paths)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  (await connectLocal(paths)).destroy();
});

test('a socket that a dead agent left is no hindrance', async () => {
  const paths = localPaths(temporaryFolder(), 'linux');
  mkdirSync(paths.state, { recursive: true });
  writeFileSync(paths.socket, '');
  await listening(paths);
  (await connectLocal(paths)).destroy();
});

test('a request whose headers never end is given up on', async () => {
  const { paths, requests } = await listening(undefined, 20);
  const socket = await connectLocal(paths);
  socket.write('GET /v1/state HTTP/1.1\r\nHost: lanyard\r\n');
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  socket.resume();
  await once(socket, 'close');
  expect(text).toMatch(/^HTTP\/1\.1 408 /);
  expect(requests).toEqual([]);
});

test('closing ends every connection', async () => {
  const { paths, close } = await listening();
  const silent = await dial(paths);
  const proved = await connectLocal(paths);
  proved.on('error', () => {});
  const closed = [silent, proved].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
  silent.resume();
  proved.resume();
  await close();
  await Promise.all(closed);
  rmSync(paths.state, { recursive: true });
});

test('a home folder that is too deep for a socket is a sentence', async () => {
  const paths = localPaths(`${temporaryFolder()}/${'deep/'.repeat(20)}`, 'linux');
  const error = await problemFrom(listening(paths));
  expect(error).toMatchObject({ code: 'socket-path' });
  expect(error.administrator).toContain('103');
});
