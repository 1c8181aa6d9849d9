import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LanyardError } from '../../shared/errors.ts';
import { type CallRecord, describeMessage } from '../journal/calls.ts';
import { isOtherUser } from '../loopback/peer-owner.ts';
import {
  type Answer,
  faultAnswer,
  idOf,
  NOT_FOUND,
  notForClient,
  refusalAnswer,
  unknownServer,
  wrongKey,
} from './answers.ts';
import { guardRequest, parseRoute, type Refusal, type Route } from './guard.ts';
import { LOCAL_KEY_HEADER, requestHeaders, responseHeaders } from './headers.ts';
import { purposeOf } from './purpose.ts';
import { readBody } from './request-body.ts';
import { callServer, type ServerAccess } from './server-call.ts';

/** Methods of the Streamable HTTP transport. */
const METHODS: ReadonlySet<string> = new Set(['POST', 'GET', 'DELETE']);

/** RFC 9112 section 4: tab, space, visible ASCII and bytes above it. */
const REASON_PHRASE = /^[\t\x20-\x7e\x80-\xff]*$/;

const OTHER_USER: Refusal = {
  status: 403,
  code: 'other-user',
  message: 'This Lanyard belongs to another user of this machine.',
};

const WRONG_METHOD: Refusal = { status: 405, code: 'wrong-method', message: `Use ${[...METHODS].join(', ')}.` };

/** What the HTTP relay works with. */
export interface HttpRelayContext {
  /** Port the relay listens on. */
  readonly port: () => number;
  readonly keyInPath: boolean;
  /** The client's id for a local key; `undefined` for a key that nobody has. */
  readonly identify: (localKey: string) => string | undefined;
  /** Whether that client may use this server. */
  readonly mayReach: (client: string, server: string) => boolean;
  readonly access: (server: string) => ServerAccess | undefined;
  readonly servers: () => readonly string[];
  readonly record: (call: CallRecord) => void;
}

function reply(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.headersSent || response.destroyed) response.destroy();
  else response.writeHead(status, headers).end(body);
}

// In the path only where policy allows it: a path ends up in logs and process lists.
function localKeyOf(request: IncomingMessage, route: Route, keyInPath: boolean): string | undefined {
  if (route.pathKey !== undefined) return keyInPath ? route.pathKey : undefined;
  const header = request.headers[LOCAL_KEY_HEADER];
  return typeof header === 'string' ? header : undefined;
}

/** Relays one request, streamed both ways. Every way it can end answers the client or follows its disconnect. */
async function relay(
  request: IncomingMessage,
  response: ServerResponse,
  { client, access }: { readonly client: string; readonly access: ServerAccess },
  record: HttpRelayContext['record'],
): Promise<void> {
  const startedAt = performance.now();
  const body = await readBody(request);
  const held = Buffer.isBuffer(body) ? body : null;
  let status = 0;
  let responseBytes = 0;
  let recorded = false;
  const finished = () => {
    if (recorded) return;
    recorded = true;
    record({
      client,
      server: access.server.name,
      transport: 'http',
      verb: request.method ?? '',
      ...describeMessage(held),
      status,
      durationMs: performance.now() - startedAt,
      requestBytes: held?.length ?? Number(request.headers['content-length'] ?? 0),
      responseBytes,
    });
  };

  const method = request.method ?? 'POST';
  // Clients open their listening stream again by themselves, all night long.
  const purpose = purposeOf(method, held);
  const call = callServer(
    access,
    { method, purpose, headers: requestHeaders(request.rawHeaders), body },
    {
      onHead: (code, statusText, headers) => {
        status = code;
        // What the server sent is what the client gets: no header of ours besides those of the connection.
        response.sendDate = false;
        // A reason phrase with bytes that no server may send would have Node refuse the whole answer.
        response.writeHead(code, REASON_PHRASE.test(statusText) ? statusText : '', responseHeaders(headers));
        // A short answer goes out in one packet with its headers; a stream's headers must not wait for its first event.
        process.nextTick(() => {
          if (responseBytes === 0 && !response.writableEnded) response.flushHeaders();
        });
      },
      onData: (chunk) => {
        responseBytes += chunk.length;
        if (!response.write(chunk)) call.pause();
      },
      onEnd: () => {
        response.end();
        finished();
      },
      onFault: (error: LanyardError) => {
        status ||= 503;
        reply(response, faultAnswer(error, idOf(held)));
        finished();
      },
    },
  );
  response.on('drain', () => call.resume());
  response.on('close', () => {
    if (response.writableFinished) return;
    call.abort();
    finished();
  });
}

/** Whom a request comes from and where it goes, or why it is refused. */
function admit(
  request: IncomingMessage,
  { port, keyInPath, identify, mayReach, access, servers }: HttpRelayContext,
): { readonly client: string; readonly access: ServerAccess } | Refusal {
  const { remoteAddress } = request.socket;
  const { host, origin } = request.headers;
  const refusal = guardRequest({ remoteAddress, host, origin, port: port() });
  if (refusal) return refusal;
  const route = parseRoute(request.url ?? '');
  if (!route) return NOT_FOUND;
  const key = localKeyOf(request, route, keyInPath);
  const client = key === undefined ? undefined : identify(key);
  if (client === undefined) return wrongKey(keyInPath);
  const target = access(route.server);
  if (!target) return unknownServer(route.server, servers());
  if (!mayReach(client, route.server)) return notForClient(route.server);
  return METHODS.has(request.method ?? '') ? { client, access: target } : WRONG_METHOD;
}

/** Handles every request of the relay's listener: guard, route, key, relay. */
export function createHttpRelay(context: HttpRelayContext) {
  const handle = (request: IncomingMessage, response: ServerResponse, isOther: boolean): void => {
    const admitted = isOther ? OTHER_USER : admit(request, context);
    if ('status' in admitted) reply(response, refusalAnswer(admitted));
    else relay(request, response, admitted, context.record).catch(() => response.destroy());
  };
  return (request: IncomingMessage, response: ServerResponse): void => {
    const isOther = isOtherUser(request.socket);
    if (typeof isOther === 'boolean') handle(request, response, isOther);
    else
      isOther
        // Whoever left meanwhile asked for nothing.
        .then((known) => request.socket.destroyed || handle(request, response, known))
        .catch(() => response.destroy());
  };
}
