import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../processes/listen.ts';
import { serveParent } from '../processes/parent.ts';
import { type BearerCheck, createBearerCheck } from './bearer.ts';
import { createListeningStreams, sendEvents } from './event-streams.ts';
import { answerMessage } from './messages.ts';

// Protected MCP servers that cost so little that what stands in front of them shows. All in one process of its own.

/** RFC 9728 section 3.1: stands before the path of the resource. */
const METADATA_PREFIX = '/.well-known/oauth-protected-resource';

/** What makes a server's tokens. */
export interface ServerRules {
  /** Issuer of its authorization server. */
  readonly issuer: string;
  readonly jwksUri: string;
  readonly fixedToken: string;
}

/** What this process can be asked. */
export type FastServerHandlers = {
  /** Takes a port; gives the URL of the MCP endpoint of each name. Until `serve` nobody is let in. */
  open(names: readonly string[]): Promise<Readonly<Record<string, string>>>;
  serve(rules: Readonly<Record<string, ServerRules>>): void;
  /** From now on GET opens a listening stream, or is answered with 405 as at first. */
  offerStreams(offered: boolean): void;
  /** How many listening streams are open. */
  countStreams(): number;
  /** Sends one event to each listening stream; gives when that began, by the shared clock, in ms. */
  emit(): number;
  /** Ends every listening stream that is still open. */
  endStreams(): void;
};

interface Endpoint {
  readonly resource: string;
  readonly challenge: string;
  isAllowed: BearerCheck;
  metadata: string;
}

const endpoints = new Map<string, Endpoint>();
const metadata = new Map<string, Endpoint>();
const listening = createListeningStreams();
let offersStreams = false;

function send(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers })
    .end(body);
}

function answerPost(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const answer = answerMessage(Buffer.concat(chunks).toString('utf8'));
    if ('events' in answer) sendEvents(response, answer.id, answer.events);
    else if (answer.body === undefined) response.writeHead(answer.status, { 'content-length': 0 }).end();
    else send(response, answer.status, answer.body);
  });
}

function answer(allowed: boolean, request: IncomingMessage, response: ServerResponse, endpoint: Endpoint): void {
  if (allowed && request.method === 'POST') {
    answerPost(request, response);
    return;
  }
  request.resume();
  if (!allowed) send(response, 401, '{"error":"invalid_token"}', { 'www-authenticate': endpoint.challenge });
  else if (request.method === 'GET' && offersStreams) listening.open(response);
  // There is no MCP session to end (MCP 2025-11-25, transports).
  else send(response, 405, '{"error":"method_not_allowed"}', { allow: 'POST' });
}

function judge(request: IncomingMessage, response: ServerResponse, endpoint: Endpoint): void {
  const allowed = endpoint.isAllowed(request.headers.authorization);
  // No promise for the calls that are measured: their token is known.
  if (typeof allowed === 'boolean') answer(allowed, request, response, endpoint);
  else void allowed.then((verdict) => answer(verdict, request, response, endpoint));
}

function handle(request: IncomingMessage, response: ServerResponse): void {
  const endpoint = endpoints.get(request.url ?? '');
  const described = metadata.get(request.url ?? '');
  if (endpoint) judge(request, response, endpoint);
  else if (described) send(response, 200, described.metadata);
  else send(response, 404, '{"error":"not_found"}');
}

serveParent({
  open: async (names) => {
    const origin = `http://127.0.0.1:${await listenOnLoopback(createServer({ keepAliveTimeout: 0 }, handle))}`;
    for (const name of names) {
      const path = `/${name}/mcp`;
      const challenge = `Bearer resource_metadata="${origin}${METADATA_PREFIX}${path}"`;
      const endpoint = { resource: `${origin}${path}`, challenge, isAllowed: () => false, metadata: '{}' };
      endpoints.set(path, endpoint);
      metadata.set(`${METADATA_PREFIX}${path}`, endpoint);
    }
    return Object.fromEntries(names.map((name) => [name, `${origin}/${name}/mcp`]));
  },
  serve: (rules) => {
    for (const [name, one] of Object.entries(rules)) {
      const endpoint = endpoints.get(`/${name}/mcp`);
      if (!endpoint) throw new Error(`There is no endpoint for ${name}`);
      const { resource } = endpoint;
      endpoint.metadata = JSON.stringify({
        resource,
        authorization_servers: [one.issuer],
        bearer_methods_supported: ['header'],
      });
      endpoint.isAllowed = createBearerCheck({ ...one, resource });
    }
  },
  offerStreams: (offered) => {
    offersStreams = offered;
  },
  countStreams: () => listening.count,
  emit: () => listening.emit(),
  endStreams: () => listening.end(),
} satisfies FastServerHandlers);
