import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../processes/listen.ts';
import { serveParent } from '../processes/parent.ts';
import { type BearerCheck, createBearerCheck } from './bearer.ts';
import { answerMessage } from './messages.ts';

// A protected MCP server that costs so little that what stands in front of it shows. A process of its own.

/** Path of the MCP endpoint; the resource identifier ends with it. */
const MCP_PATH = '/mcp';

/** RFC 9728 section 3.1. */
const METADATA_PATH = `/.well-known/oauth-protected-resource${MCP_PATH}`;

/** What makes the server's tokens. */
export interface ServerRules {
  /** Issuer of its authorization server. */
  readonly issuer: string;
  readonly jwksUri: string;
  readonly fixedToken: string;
}

/** What this process can be asked. */
export type FastServerHandlers = {
  /** Takes a port; gives the URL of the MCP endpoint. Until `serve` nobody is let in. */
  open(): Promise<string>;
  serve(rules: ServerRules): void;
};

let isAllowed: BearerCheck = () => false;
let resource = '';
let metadata = '{}';

function send(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers })
    .end(body);
}

function answerPost(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { status, body } = answerMessage(Buffer.concat(chunks).toString('utf8'));
    if (body === undefined) response.writeHead(status, { 'content-length': 0 }).end();
    else send(response, status, body);
  });
}

function answer(allowed: boolean, request: IncomingMessage, response: ServerResponse): void {
  if (allowed && request.method === 'POST') {
    answerPost(request, response);
    return;
  }
  request.resume();
  const challenge = `Bearer resource_metadata="${new URL(METADATA_PATH, resource)}"`;
  if (!allowed) send(response, 401, '{"error":"invalid_token"}', { 'www-authenticate': challenge });
  // There is no stream of the server's own, and no MCP session to end (MCP 2025-11-25, transports).
  else send(response, 405, '{"error":"method_not_allowed"}', { allow: 'POST' });
}

function judge(request: IncomingMessage, response: ServerResponse): void {
  const allowed = isAllowed(request.headers.authorization);
  // No promise for the calls that are measured: their token is known.
  if (typeof allowed === 'boolean') answer(allowed, request, response);
  else void allowed.then((verdict) => answer(verdict, request, response));
}

function handle(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === MCP_PATH) judge(request, response);
  else if (request.url === METADATA_PATH) send(response, 200, metadata);
  else send(response, 404, '{"error":"not_found"}');
}

serveParent({
  open: async () => {
    resource = `http://127.0.0.1:${await listenOnLoopback(createServer({ keepAliveTimeout: 0 }, handle))}${MCP_PATH}`;
    return resource;
  },
  serve: (rules) => {
    metadata = JSON.stringify({
      resource,
      authorization_servers: [rules.issuer],
      bearer_methods_supported: ['header'],
    });
    isAllowed = createBearerCheck({ ...rules, resource });
  },
} satisfies FastServerHandlers);
