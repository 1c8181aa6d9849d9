import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from './clock.ts';

/** Answers one request, or throws. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** One HTTP origin of the company, open on 127.0.0.1. */
export interface Origin {
  /** Scheme, host and port without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Says who answers; until then every request gets 503. */
  serve(handler: Handler): void;
  /** Ends every connection and frees the port. */
  close(): Promise<void>;
}

/** The longest form that is read: a token request is well under 16 KB, so anything near this is not one. */
export const FORM_LIMIT_BYTES = 256 * 1024;

class FormTooLong extends Error {}

/**
 * Opens an origin on this port of 127.0.0.1; 0 takes any free one. `onTrouble` hears what handlers throw. Answers carry a
 * `Date` by the clock (RFC 9110 section 6.6.1).
 */
export async function openOrigin(
  port: number,
  onTrouble: (error: unknown) => void,
  clock: Clock = Date.now,
): Promise<Origin> {
  let handle: Handler = (_request, response) => void response.writeHead(503).end();
  const handled = async (request: IncomingMessage, response: ServerResponse) => handle(request, response);
  const server = createServer((request, response) => {
    response.setHeader('date', new Date(clock()).toUTCString());
    handled(request, response).catch((error: unknown) => {
      if (error instanceof FormTooLong) return sendJson(response, 413, { error: 'invalid_request' });
      onTrouble(error);
      failed(response);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    serve: (handler) => {
      handle = handler;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Sends a JSON body that no cache may keep. Members that are undefined are left out. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

/** Sets headers on an answer that is not sent yet. */
export function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/** The path of a request without its query. */
export function pathOf(request: IncomingMessage): string {
  return new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
}

/** One value of a request header; several are joined by commas, as no DPoP proof is. */
export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Reads an `application/x-www-form-urlencoded` body. Throws when it is too long. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > FORM_LIMIT_BYTES) throw new FormTooLong();
    chunks.push(chunk as Buffer);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

function failed(response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  sendJson(response, 500, { error: 'server_error' });
}
