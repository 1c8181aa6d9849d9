import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { type Fixture, type FixtureOptions, startFixture } from '../../fixture.ts';
import type { GivenAnswer, ReceivedRequest } from './exchange.ts';

/** Answers one request whose body was read; `received` has it. */
export type Script = (received: ReceivedRequest, request: IncomingMessage, response: ServerResponse) => unknown;

/** A server that answers as it is told, where policy says that the notes server is. */
export interface Recorder {
  readonly url: string;
  readonly fixture: Fixture;
  /** Answers from now on. Metadata, and what the agent itself wants to know, is answered without it. */
  script(script: Script): void;
  /** Reads no bodies: the script has to. */
  readNoBodies(): void;
  /** Hands the script also what bears no mark, besides what opens a conversation. */
  scriptAll(): void;
  close(): Promise<void>;
}

const TOKEN = 'opaque-access-token';
const OPENINGS = /"(?:initialize|server\/discover)"/;
/** Marks what the tests send. */
export const MARK = 'x-scenario';

const JSON_TYPE = { 'content-type': 'application/json' } as const;

/** Whether a request came through the relay, which alone has a token. */
export function cameThrough({ headers }: Pick<ReceivedRequest, 'headers'>): boolean {
  return headers.includes(`Bearer ${TOKEN}`);
}

/** Writes an answer byte for byte, each chunk by itself. */
export async function give(response: ServerResponse, { status, reason, headers, chunks }: GivenAnswer): Promise<void> {
  response.sendDate = false;
  response.writeHead(status, reason, [...headers]);
  for (const chunk of chunks) {
    response.write(chunk);
    await turn();
  }
  response.end();
}

// The relay learns which eras a server speaks by its answers; here it is to know from the start that they are both.
function openingAnswer(body: string): unknown {
  const { id, method } = JSON.parse(body) as { readonly id: unknown; readonly method: string };
  const serverInfo = { name: 'recorder', version: '1' };
  const legacy = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo };
  const modern = { resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: {}, serverInfo };
  return { jsonrpc: '2.0', id, result: method === 'initialize' ? legacy : modern };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What can be chosen about a recorder. */
export interface RecorderOptions extends FixtureOptions {
  /** It shows nobody which eras it speaks. */
  readonly hidesEras?: boolean;
}

/** Opens a recorder and an agent whose notes server it is, signed in. */
export async function openRecorder({ hidesEras = false, ...options }: RecorderOptions = {}): Promise<Recorder> {
  let script: Script = (_received, _request, response) => response.writeHead(500).end();
  let readsBodies = true;
  let scriptsAll = false;
  let issuer = '';
  let url = '';
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url: path = '', rawHeaders: headers } = request;
    if (path.startsWith('/.well-known/')) {
      const metadata = { resource: url, authorization_servers: [issuer] };
      response.writeHead(200, JSON_TYPE).end(JSON.stringify(metadata));
      return;
    }
    const isOurs = request.headers[MARK] !== undefined;
    const body = isOurs && !readsBodies ? Buffer.alloc(0) : await read(request);
    if (isOurs) return void (await script({ method, url: path, headers, body }, request, response));
    const text = body.toString('utf8');
    if (hidesEras) response.writeHead(503).end();
    else if (OPENINGS.test(text)) response.writeHead(200, JSON_TYPE).end(JSON.stringify(openingAnswer(text)));
    else if (scriptsAll && method === 'POST') await script({ method, url: path, headers, body }, request, response);
    else response.writeHead(405).end();
  };
  const server = createServer((request, response) => {
    // Whoever breaks off is the subject of some tests.
    serve(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  const fixture = await startFixture({
    ...options,
    change: (policy) => ({
      ...policy,
      servers: policy.servers.map((one) => {
        if (one.name !== 'notes') return one;
        issuer = one.authorizationServer.issuer;
        return { ...one, url };
      }),
    }),
  });
  // Its resource is not registered anywhere, so both legs are answered for it.
  const json = { kind: 'status', status: 200, contentType: 'application/json' } as const;
  const idJag = { issued_token_type: 'urn:ietf:params:oauth:token-type:id-jag', token_type: 'N_A' };
  fixture.company.faults.set({
    at: 'idp-token',
    grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
    ...json,
    body: JSON.stringify({ ...idJag, access_token: 'opaque-id-jag' }),
  });
  const token = { access_token: TOKEN, token_type: 'Bearer', expires_in: 3600 };
  fixture.company.faults.set({ at: 'as-token', ...json, body: JSON.stringify(token) });
  await fixture.signIn('alice');
  return {
    url,
    fixture,
    script: (next) => {
      script = next;
    },
    readNoBodies: () => {
      readsBodies = false;
    },
    scriptAll: () => {
      scriptsAll = true;
    },
    close: async () => {
      await fixture.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
