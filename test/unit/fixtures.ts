import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { LogEntry, LogSink } from '../../main/journal/log.ts';
import { LanyardError } from '../../shared/errors.ts';
import { type PolicyIdentityProvider, type PolicyServer, policySchema } from '../../shared/policy.ts';

/** A private folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lanyard-unit-'));
  onTestFinished(() => {
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** A request as a real server saw it, with its whole body. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** A real server on a loopback port that is gone after the test. */
export interface TestServer {
  readonly origin: string;
  readonly port: number;
  /** In the order of their arrival, complete ones only; empty for {@link serveRaw}. */
  readonly seen: readonly SeenRequest[];
}

async function listen(
  server: ReturnType<typeof createServer> | ReturnType<typeof createNetServer>,
  sockets: Set<Socket>,
): Promise<number> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  return (server.address() as AddressInfo).port;
}

/** Serves with a listener of node's own kind; for tests that hold answers back or break off. */
export async function serveRaw(onRequest: RequestListener): Promise<TestServer> {
  const port = await listen(createServer(onRequest), new Set());
  return { origin: `http://127.0.0.1:${port}`, port, seen: [] };
}

/** Serves and records every request; `answer` may look at it. */
export async function serve(answer: (request: SeenRequest, response: ServerResponse) => unknown): Promise<TestServer> {
  const seen: SeenRequest[] = [];
  const { origin, port } = await serveRaw(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      return;
    }
    const { method = '', url: path = '', headers, rawHeaders } = request;
    const complete = { method, path, headers, rawHeaders, body: Buffer.concat(chunks).toString('utf8') };
    seen.push(complete);
    await answer(complete, response);
  });
  return { origin, port, seen };
}

/** A server below HTTP; every connection is handed over. */
export async function serveBytes(onConnection: (socket: Socket) => void): Promise<TestServer> {
  const port = await listen(createNetServer(onConnection), new Set());
  return { origin: `http://127.0.0.1:${port}`, port, seen: [] };
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** The error that `work` ends with; fails when it is not one of ours. */
export async function problemFrom(work: Promise<unknown> | (() => unknown)): Promise<LanyardError> {
  let outcome: unknown;
  try {
    outcome = await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof LanyardError) return error;
    throw error;
  }
  throw new Error(`Expected a LanyardError, got ${JSON.stringify(outcome)}`);
}

/** A sink that keeps what it is given. */
export function memorySink(): LogSink & { readonly entries: readonly LogEntry[] } {
  const entries: LogEntry[] = [];
  return { entries, write: (entry) => entries.push(entry), close: async () => {} };
}

/** A clock that moves only when it is told to. */
export function virtualClock(startsAt = Date.UTC(2026, 7, 1)): { (): number; advance(ms: number): void } {
  let now = startsAt;
  return Object.assign(() => now, {
    advance: (ms: number) => {
      now += ms;
    },
  });
}

/** Waits, turn by turn, until `condition` holds; the test's own time limit ends it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition())
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
}

/** An identity provider as a policy describes it, with everything decided that `given` leaves out. */
export function policyIdentityProvider(given: object = {}): PolicyIdentityProvider {
  const identityProvider = { issuer: 'https://idp.example.com', clientId: 'at-the-idp', scopes: ['openid'], ...given };
  return policySchema.parse({ version: 1, company: 'Example', identityProvider, servers: [] }).identityProvider;
}

/** A server as a policy describes it, with everything decided that `given` leaves out. */
export function policyServer(given: object = {}): PolicyServer {
  const server = {
    name: 'notes',
    title: 'The notes',
    url: 'https://mcp.example.com/mcp',
    authorizationServer: { clientId: 'at-the-as' },
    ...given,
  };
  const identityProvider = { issuer: 'https://idp.example.com', clientId: 'at-the-idp' };
  const [parsed] = policySchema.parse({ version: 1, company: 'Example', identityProvider, servers: [server] }).servers;
  if (!parsed) throw new Error('A policy with one server has one server');
  return parsed;
}
