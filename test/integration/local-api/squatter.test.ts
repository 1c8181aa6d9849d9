import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addedClientSchema, agentStateSchema } from '../../../shared/local-api.ts';
import { callLocal } from '../../../shared/local-client.ts';
import { type LocalPaths, localPaths } from '../../../shared/paths.ts';
import { startFixture } from '../fixture.ts';
import { endAllChildren, runProgram, startProgram } from '../program.ts';

// Somebody else's program that answers where the agent should be.

const TOKEN = randomBytes(32).toString('base64url');

let home: string;
let paths: LocalPaths;
let server: Server;
let received: string;
const sockets = new Set<Socket>();

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'lanyard-'));
  paths = localPaths(home);
  await mkdir(paths.state, { recursive: true, mode: 0o700 });
  await writeFile(paths.localToken, TOKEN, { mode: 0o600 });
  received = '';
});
afterEach(async () => {
  await endAllChildren();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  await rm(home, { recursive: true, force: true });
});

/** Squats on the socket and answers the first bytes of every connection. */
async function squat(answer: (socket: Socket, hello: string) => void): Promise<void> {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      answer(socket, chunk.toString('latin1'));
    });
  });
  await new Promise<void>((resolve) => server.listen(paths.socket, resolve));
}

const call = () => callLocal(paths, { method: 'GET', path: '/state', answer: agentStateSchema });
const nonce = 'A'.repeat(43);

test.each<[string, (socket: Socket, hello: string) => void]>([
  ['a made-up proof', (socket) => void socket.write(`LANYARD/2 ${nonce} 1.0.0 ${nonce}\n`)],
  ['a made-up proof of the version before', (socket) => void socket.write(`LANYARD/1 ${nonce} ${nonce}\n`)],
  ['what it was sent', (socket, hello) => void socket.write(hello)],
  ['a web server’s answer', (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}')],
  ['an endless line', (socket) => void socket.write('x'.repeat(100_000))],
])('a program that answers with %s is noticed and learns nothing', async (_what, answer) => {
  await squat(answer);
  await expect(call()).rejects.toMatchObject({
    code: 'agent-untrusted',
    user: expect.stringContaining('Something that is not Lanyard answers in its place'),
  });
  expect(received).toMatch(/^LANYARD\/2 [\w-]{43} [\d.]+\n$/);
  expect(received).not.toContain(TOKEN);
});

test.each<[string, (socket: Socket) => void]>([
  ['says nothing', () => {}],
  ['hangs up', (socket) => void socket.end()],
])('a program that %s is given up on, without a suspicion', async (_what, answer) => {
  await squat(answer);
  await expect(call()).rejects.toMatchObject({ code: 'agent-not-answering' });
  expect(received).toMatch(/^LANYARD\/2 [\w-]{43} [\d.]+\n(?:LANYARD\/1 [\w-]{43}\n)?$/);
});

test('a program that hangs up on our version and makes up a proof of the one before is noticed too', async () => {
  await squat((socket, hello) => {
    if (hello.startsWith('LANYARD/2')) socket.end();
    else socket.write(`LANYARD/1 ${nonce} ${nonce}\n`);
  });
  await expect(call()).rejects.toMatchObject({ code: 'agent-untrusted' });
  expect(received).toMatch(/^LANYARD\/2 [\w-]{43} [\d.]+\nLANYARD\/1 [\w-]{43}\n$/);
});

test('a command that waits for an answer is ended by the first interrupt', async () => {
  const asked = Promise.withResolvers<void>();
  await squat(() => asked.resolve());
  const waiting = startProgram(['status'], { home });
  await asked.promise;
  // No code of its own: the signal ended it, before it gave up by itself.
  expect(await waiting.end('SIGINT')).toMatchObject({ exitCode: null, stderr: '' });
});

test('the hello of a real agent, played again, is noticed too', async () => {
  const fixture = await startFixture();
  const heard: string[] = [];
  const socket = connect(fixture.paths.socket);
  socket.write(`LANYARD/2 ${nonce} 1.0.0\n`);
  socket.once('data', (chunk) => heard.push(chunk.toString('latin1')));
  await new Promise((resolve) => socket.once('data', resolve));
  socket.destroy();
  await squat((other) => void other.write(heard[0] ?? ''));
  await expect(call()).rejects.toMatchObject({ code: 'agent-untrusted' });
  await fixture.close();
});

test('what a command wanted to send stays here, and the person is told', async () => {
  await squat((socket) => void socket.write(`LANYARD/1 ${nonce} ${nonce}\n`));
  const body = { kind: 'snippet', transport: 'http' };
  const path = '/clients';
  await expect(callLocal(paths, { method: 'POST', path, body, answer: addedClientSchema })).rejects.toThrow();
  for (const args of [['status'], ['login', '--no-browser'], ['logout'], ['stdio', 'notes']]) {
    const { exitCode, stdout, stderr } = await runProgram(args, { home });
    expect([args[0], exitCode, stdout]).toEqual([args[0], 1, '']);
    expect(stderr).toContain('Something that is not Lanyard answers in its place');
  }
  expect((await runProgram(['doctor'], { home })).stdout).toContain('✗ agent');
  expect(received.split('\n').filter(Boolean)).toHaveLength(6);
  expect(received).not.toMatch(/snippet|sign-in|notes/);
});
