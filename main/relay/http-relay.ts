import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LanyardError } from '../../shared/errors.ts';
import { type CallRecord, describeMessage } from '../journal/calls.ts';
import { type Answer, faultAnswer, idOf, NOT_FOUND, refusalAnswer, unknownServer, wrongKey } from './answers.ts';
import { guardRequest, parseRoute, type Route } from './guard.ts';
import { LOCAL_KEY_HEADER, requestHeaders, responseHeaders } from './headers.ts';
import { readBody } from './request-body.ts';
import { callServer, type Upstream } from './upstream.ts';

/** Methods of the Streamable HTTP transport. */
const METHODS: ReadonlySet<string> = new Set(['POST', 'GET', 'DELETE']);

/** What the HTTP relay works with. */
export interface HttpRelayContext {
  /** Port the relay listens on. */
  readonly port: () => number;
  readonly keyInPath: boolean;
  /** The client's id for a local key; `undefined` for a key that nobody has. */
  readonly identify: (localKey: string) => string | undefined;
  readonly upstream: (server: string) => Upstream | undefined;
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
  upstream: Upstream,
  client: string,
  record: HttpRelayContext['record'],
): Promise<void> {
  const startedAt = performance.now();
  const body = await readBody(request);
  const held = Buffer.isBuffer(body) ? body : null;
  let status = 0;
  let responseBytes = 0;
  const finished = () =>
    record({
      client,
      server: upstream.server.name,
      transport: 'http',
      verb: request.method ?? '',
      ...describeMessage(held),
      status,
      durationMs: performance.now() - startedAt,
      requestBytes: held?.length ?? Number(request.headers['content-length'] ?? 0),
      responseBytes,
    });

  const call = callServer(
    upstream,
    { method: request.method ?? 'POST', headers: requestHeaders(request.rawHeaders), body },
    {
      onHead: (code, statusText, headers) => {
        status = code;
        // What the server sent is what the client gets: no header of ours besides those of the connection.
        response.sendDate = false;
        response.writeHead(code, statusText, responseHeaders(headers));
        response.flushHeaders();
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

/** Handles every request of the relay's listener: guard, route, key, relay. */
export function createHttpRelay(context: HttpRelayContext) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const { remoteAddress } = request.socket;
    const { host, origin } = request.headers;
    const refusal = guardRequest({ remoteAddress, host, origin, port: context.port() });
    if (refusal) return reply(response, refusalAnswer(refusal));
    const route = parseRoute(request.url ?? '');
    if (!route) return reply(response, refusalAnswer(NOT_FOUND));
    const key = localKeyOf(request, route, context.keyInPath);
    const client = key === undefined ? undefined : context.identify(key);
    if (client === undefined) return reply(response, refusalAnswer(wrongKey(context.keyInPath)));
    const upstream = context.upstream(route.server);
    if (!upstream) return reply(response, refusalAnswer(unknownServer(route.server, context.servers())));
    if (!METHODS.has(request.method ?? '')) {
      response.writeHead(405, { allow: [...METHODS].join(', ') }).end();
      return;
    }
    relay(request, response, upstream, client, context.record).catch(() => response.destroy());
  };
}
