import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { localPaths } from '../../../shared/paths.ts';
import { startFixture } from '../fixture.ts';
import { endAllChildren, startProgram } from '../program.ts';
import { until } from '../until.ts';

// Programs outlive updates. What the versions before this one say is written out here, letter by letter, so that it
// stays what it was.

const VERSION_1 = {
  clientHello: /^LANYARD\/1 ([A-Za-z0-9_-]{43})$/,
  agentHello: /^LANYARD\/1 ([A-Za-z0-9_-]{43}) ([A-Za-z0-9_-]{43})$/,
  nonce: () => randomBytes(32).toString('base64url'),
  proof: (token: string, role: 'client' | 'agent', client: string, agent: string) =>
    createHmac('sha256', token).update(`lanyard-local-1\n${role}\n${client}\n${agent}`).digest('base64url'),
};

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await endAllChildren();
  for (const close of closers.splice(0).reverse()) await close();
});

/** A connection on which what was heard so far is known. */
function listening(socket: Socket) {
  const heard = { text: '' };
  socket
    .on('error', () => {})
    .on('data', (chunk: Buffer) => {
      heard.text += chunk.toString('latin1');
    });
  return heard;
}

test('a shim of the version before is served by this agent', async () => {
  const fixture = await startFixture();
  closers.push(() => fixture.close());
  await fixture.signIn('alice');
  const token = await readFile(fixture.paths.localToken, 'latin1');
  const socket = connect(fixture.paths.socket);
  closers.push(async () => socket.destroy());
  const heard = listening(socket);
  const client = VERSION_1.nonce();
  socket.write(`LANYARD/1 ${client}\n`);
  await until(() => heard.text.endsWith('\n'));
  const [, agent = '', proof] = VERSION_1.agentHello.exec(heard.text.trimEnd()) ?? [];
  expect(proof).toBe(VERSION_1.proof(token, 'agent', client, agent));
  socket.write(`${VERSION_1.proof(token, 'client', client, agent)}\n`);
  socket.write(
    'POST /v1/stdio?server=notes&client=vscode HTTP/1.1\r\nHost: lanyard\r\nConnection: Upgrade\r\nUpgrade: lanyard-stdio\r\n\r\n',
  );
  await until(() => heard.text.includes('HTTP/1.1 101 '));
  const initialize = {
    jsonrpc: '2.0',
    id: 'first',
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'old', version: '0' } },
  };
  socket.write(`${JSON.stringify(initialize)}\n`);
  await until(() => heard.text.includes('"id":"first"'));
  expect(heard.text).toContain('protocolVersion');
});

test('a proof of the version before opens nothing in this one, nor the other way round', async () => {
  const fixture = await startFixture();
  closers.push(() => fixture.close());
  const token = await readFile(fixture.paths.localToken, 'latin1');
  const client = VERSION_1.nonce();
  for (const hello of [`LANYARD/2 ${client} 0.1.0`, `LANYARD/1 ${client}`]) {
    const socket = connect(fixture.paths.socket);
    const heard = listening(socket);
    socket.write(`${hello}\n`);
    await until(() => heard.text.endsWith('\n'));
    const said = heard.text;
    const agent = said.split(' ')[1] ?? '';
    const saidByAgent = said.trimEnd().split(' ').slice(0, -1).join(' ');
    const other = createHmac('sha256', token)
      .update(`lanyard-local-2\nclient\n${hello}\n${saidByAgent}`)
      .digest('base64url');
    const wrong = hello.startsWith('LANYARD/2') ? VERSION_1.proof(token, 'client', client, agent) : other;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(`${wrong}\nGET /v1/state HTTP/1.1\r\nHost: lanyard\r\n\r\n`);
    await closed;
    expect(heard.text).toBe(said);
  }
});

/** An agent of the version before, behind the upgrade of which every line comes back. */
async function olderAgent() {
  const home = await mkdtemp(join(tmpdir(), 'lanyard-'));
  closers.push(() => rm(home, { recursive: true, force: true }));
  const paths = localPaths(home);
  const token = VERSION_1.nonce();
  await mkdir(paths.state, { recursive: true, mode: 0o700 });
  await writeFile(paths.localToken, token, { mode: 0o600 });
  const hellos: string[] = [];
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    let step: 'hello' | 'proof' | 'request' | 'open' = 'hello';
    let text = '';
    let expected = '';
    socket.on('error', () => {});
    const next = (end: string): string | undefined => {
      const at = text.indexOf(end);
      if (at < 0) return undefined;
      const part = text.slice(0, at);
      text = text.slice(at + end.length);
      return part;
    };
    const onHello = (line: string) => {
      hellos.push(line.split(' ')[0] ?? '');
      // As it was: whatever is no hello of its own version is hung up on, without a word.
      const client = VERSION_1.clientHello.exec(line)?.[1];
      if (client === undefined) return socket.destroy();
      const agent = VERSION_1.nonce();
      expected = VERSION_1.proof(token, 'client', client, agent);
      step = 'proof';
      return socket.write(`LANYARD/1 ${agent} ${VERSION_1.proof(token, 'agent', client, agent)}\n`);
    };
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (step === 'hello') {
        const line = next('\n');
        if (line !== undefined) onHello(line);
      }
      if (step === 'proof') {
        const line = next('\n');
        if (line !== undefined && line !== expected) socket.destroy();
        else if (line !== undefined) step = 'request';
      }
      if (step === 'request') {
        const head = next('\r\n\r\n');
        if (head !== undefined) {
          requests.push(head.split('\r\n')[0] ?? '');
          step = 'open';
          socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: lanyard-stdio\r\n\r\n');
        }
      }
      if (step === 'open' && text !== '') {
        socket.write(text, 'latin1');
        text = '';
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(paths.socket, resolve));
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { home, hellos, requests };
}

test.each([
  [['stdio', 'notes', '--client', 'vscode'], 'POST /v1/stdio?server=notes&client=vscode HTTP/1.1'],
  [['stdio'], 'POST /v1/stdio? HTTP/1.1'],
  [['stdio', '--client', 'vscode'], 'POST /v1/stdio?client=vscode HTTP/1.1'],
])('this shim, started as %j, is served by an agent of the version before', async (args, request) => {
  const { home, hellos, requests } = await olderAgent();
  const shim = startProgram(args, { home });
  shim.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
  await shim.printed(/"method":"ping"/);
  shim.stdin.end();
  expect(await shim.ended).toMatchObject({ exitCode: 0, stderr: '' });
  expect(hellos).toEqual(['LANYARD/2', 'LANYARD/1']);
  expect(requests).toEqual([request]);
});
