import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { agentStateSchema } from '../../../shared/local-api.ts';
import { callLocal } from '../../../shared/local-client.ts';
import { clientHello, createHello, helloProof, parseAgentHello } from '../../../shared/local-hello.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { until } from '../until.ts';

// Whoever can reach the socket but not the private token file gets nothing.

let fixture: Fixture;
const open: Socket[] = [];
beforeAll(async () => {
  fixture = await startFixture();
  await fixture.signIn('alice');
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});
afterAll(() => fixture.close());

/** A connection without any proof, and all that came back on it. */
function stranger() {
  const socket = connect(fixture.paths.socket);
  open.push(socket);
  const received: Buffer[] = [];
  socket.on('error', () => {}).on('data', (chunk: Buffer) => received.push(chunk));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return { socket, closed, text: () => Buffer.concat(received).toString('utf8') };
}

const nonce = () => randomBytes(32).toString('base64url');
const REQUEST = 'GET /v1/state HTTP/1.1\r\nHost: lanyard\r\n\r\n';

async function agentIsWell(): Promise<void> {
  const call = { method: 'GET', path: '/state', answer: agentStateSchema } as const;
  expect((await callLocal(fixture.paths, call)).session).toMatchObject({ subject: 'u-alice' });
}

test.each([
  ['a request without a hello', REQUEST],
  ['a hello of another version', `LANYARD/9 ${nonce()}\n`],
  ['a hello without a nonce', 'LANYARD/1 \n'],
  ['a hello without a product', `LANYARD/2 ${nonce()}\n`],
  ['a hello with a product that is too long', `LANYARD/2 ${nonce()} 1.0.0-${'x'.repeat(33)}\n`],
  ['an empty line', '\n'],
  ['bytes that are no text', Buffer.from([0, 255, 10, 13, 0, 10])],
  ['a line that is too long', `LANYARD/1 ${'x'.repeat(300)}\n`],
  ['a line without an end', 'x'.repeat(300)],
  ['a megabyte', 'x'.repeat(1024 * 1024)],
])('%s gets no byte back', async (_what, bytes) => {
  const { socket, closed, text } = stranger();
  socket.write(bytes);
  await closed;
  expect(text()).toBe('');
  await agentIsWell();
});

test('somebody who says nothing is cut off', async () => {
  const { closed, text } = stranger();
  await closed;
  expect(text()).toBe('');
});

/** Begins a hello and gives what the agent says to it. */
async function greet() {
  const { socket, closed, text } = stranger();
  const client = createHello(2);
  socket.write(clientHello(client));
  await until(() => text().endsWith('\n'));
  const answer = parseAgentHello(text().trimEnd());
  if (!answer) throw new Error(`The agent said ${text()}`);
  return { socket, closed, text, hellos: { client, agent: answer.hello }, proof: answer.proof };
}

test.each<[string, (begun: Awaited<ReturnType<typeof greet>>) => string]>([
  ['a guessed proof', () => nonce()],
  ['the agent’s own proof', ({ proof }) => proof],
  ['a proof with another token', ({ hellos }) => helloProof(nonce(), 'client', hellos)],
  ['nothing', () => ''],
])('%s opens nothing', async (_what, prove) => {
  const begun = await greet();
  const said = begun.text();
  begun.socket.write(`${prove(begun)}\n${REQUEST}`);
  await begun.closed;
  expect(begun.text()).toBe(said);
});

test('a proof that was overheard is worth nothing on the next connection', async () => {
  const token = await readFile(fixture.paths.localToken, 'latin1');
  const first = await greet();
  const overheard = helloProof(token, 'client', first.hellos);
  first.socket.write(`${overheard}\n${REQUEST}`);
  await until(() => first.text().includes('"agent"'));
  const second = await greet();
  const said = second.text();
  second.socket.write(`${overheard}\n${REQUEST}`);
  await second.closed;
  expect(second.text()).toBe(said);
});

test('the agent’s hello tells nothing of its token, and is another one each time', async () => {
  const token = await readFile(fixture.paths.localToken, 'latin1');
  const [first, second] = [await greet(), await greet()];
  expect(first.text()).not.toContain(token);
  expect(first.hellos.agent.nonce).not.toBe(second.hellos.agent.nonce);
});

test('folder, socket and token are the person’s alone', async () => {
  const mode = async (path: string) => (await stat(path)).mode & 0o777;
  const { paths } = fixture;
  expect(await mode(dirname(paths.socket))).toBe(0o700);
  expect(await mode(paths.socket)).toBe(0o600);
  expect(await mode(paths.localToken)).toBe(0o600);
  expect(await mode(paths.vault)).toBe(0o600);
  await fixture.localKey();
  expect(await mode(paths.clients)).toBe(0o600);
});
