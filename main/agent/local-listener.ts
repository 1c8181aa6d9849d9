import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { isAgentRunning } from '../../shared/agent-process.ts';
import { LanyardError } from '../../shared/errors.ts';
import { isSocketTaken } from '../../shared/local-connection.ts';
import {
  agentHello,
  createHello,
  HELLO_LINE_LIMIT_BYTES,
  type Hello,
  helloProof,
  isProof,
  LOCAL_TOKEN,
  NONCE_BYTES,
  parseClientHello,
} from '../../shared/local-hello.ts';
import type { LocalPaths } from '../../shared/paths.ts';
import { readLine } from '../../shared/read-line.ts';
import { writeDurably } from '../vault/durable-file.ts';
import { withStartLock } from './start-lock.ts';

/** Our own programs send their hello at once, in ms. */
const HELLO_TIMEOUT_MS = 5_000;

/** Our own programs send a request's headers in one piece, in ms. Said explicitly: by default it is the request's. */
const HEADERS_TIMEOUT_MS = 10_000;

/** More connections than every client of a laptop with many windows needs; a runaway program stops here. */
const CONNECTION_LIMIT = 512;

/** Longest path of a UNIX socket that all our systems take, in bytes (macOS: 104 with the terminator). */
const SOCKET_PATH_LIMIT_BYTES = 103;

/** Handles a request that asks to leave HTTP, such as the shim's. */
export type UpgradeListener = (request: IncomingMessage, socket: Socket) => void;

/** What can be chosen about the listener. */
export interface LocalListenerOptions {
  /** For one request's headers, in ms; injected by tests. */
  readonly headersTimeout?: number;
  /** Hears of every peer that has proved itself: its product version, empty where it speaks version 1 of the hello. */
  readonly onPeer?: (productVersion: string) => void;
}

/** The agent's open socket. */
export interface LocalListener {
  close(): Promise<void>;
}

async function localToken(path: string): Promise<string> {
  try {
    const token = await readFile(path, 'latin1');
    if (LOCAL_TOKEN.test(token)) return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const token = randomBytes(NONCE_BYTES).toString('base64url');
  await writeDurably(path, token, 0o600);
  return token;
}

/** Does the agent's side of the hello; `undefined` when the peer is not one of ours (see local-hello.ts). */
async function welcome(socket: Socket, token: string): Promise<Hello | undefined> {
  const client = parseClientHello(await readLine(socket, HELLO_LINE_LIMIT_BYTES, HELLO_TIMEOUT_MS));
  if (!client) return undefined;
  const hellos = { client, agent: createHello(client.version) };
  socket.write(agentHello(token, hellos));
  const proof = await readLine(socket, HELLO_LINE_LIMIT_BYTES, HELLO_TIMEOUT_MS);
  return isProof(proof, helloProof(token, 'client', hellos)) ? client : undefined;
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Another agent of this person is running already. */
function alreadyRunning(): LanyardError {
  return new LanyardError({
    code: 'agent-running',
    user: 'Lanyard is already running.',
    administrator: 'Another agent of this person answers on the socket.',
  });
}

async function prepare(paths: LocalPaths): Promise<void> {
  const length = Buffer.byteLength(paths.socket);
  if (process.platform !== 'win32' && length > SOCKET_PATH_LIMIT_BYTES)
    throw new LanyardError({
      code: 'socket-path',
      user: 'The path of your home folder is too long for Lanyard. Tell your administrator.',
      administrator: `${paths.socket} has ${length} bytes; a UNIX socket's path may have ${SOCKET_PATH_LIMIT_BYTES}.`,
    });
  await mkdir(paths.state, { recursive: true, mode: 0o700 });
  // It may exist with other rights, from a careless copy or an older umask.
  if (process.platform !== 'win32') await chmod(paths.state, 0o700);
}

/**
 * Opens the agent's socket and lets HTTP begin on each connection whose peer has proved itself.
 *
 * @throws {LanyardError} `agent-running`, `socket-path`.
 */
export async function openLocalListener(
  paths: LocalPaths,
  onRequest: RequestListener,
  onUpgrade: UpgradeListener,
  { headersTimeout = HEADERS_TIMEOUT_MS, onPeer }: LocalListenerOptions = {},
): Promise<LocalListener> {
  await prepare(paths);
  const http = createHttpServer(
    { requestTimeout: 0, headersTimeout, connectionsCheckingInterval: headersTimeout, keepAliveTimeout: 0 },
    onRequest,
  );
  http.on('upgrade', (request, socket, head) => {
    // A peer need not wait for our answer before it goes on.
    if (head.length > 0) socket.unshift(head);
    onUpgrade(request, socket as Socket);
  });

  const sockets = new Set<Socket>();
  let token = '';
  const server = createServer(async (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const peer = await welcome(socket, token).catch(() => undefined);
    if (!peer) return socket.destroy();
    onPeer?.(peer.product);
    http.emit('connection', socket);
    return socket.resume();
  });
  server.maxConnections = CONNECTION_LIMIT;

  await withStartLock(`${paths.state}/start.lock`, async () => {
    if (await isAgentRunning(paths)) throw alreadyRunning();
    // Without the token nobody can prove themselves, but a socket that answers must not be taken from its owner.
    if (!existsSync(paths.localToken) && (await isSocketTaken(paths))) throw alreadyRunning();
    token = await localToken(paths.localToken);
    if (process.platform !== 'win32') await rm(paths.socket, { force: true });
    await listen(server, paths.socket);
    // The folder is private, so nobody gets in before this; it is the second lock on the same door.
    if (process.platform !== 'win32') await chmod(paths.socket, 0o600);
  });
  // It gets its connections from us and never listens, but only then does it begin to look at their time.
  http.emit('listening');
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
        http.close();
      }),
  };
}
