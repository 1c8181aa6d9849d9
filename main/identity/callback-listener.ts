import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { LanyardError } from '../../shared/errors.ts';
import { listenOnFirstFree } from '../../shared/first-free-port.ts';
import { PAGE_HEADERS, PAGES, type Page, renderPage } from './pages.ts';

const CALLBACK_PATH = '/callback';

/** No authorization response is longer, in bytes of request line and headers. */
const REQUEST_LIMIT_BYTES = 16 * 1024;
/** A browser sends its one request at once, in ms. */
const REQUEST_TIMEOUT_MS = 10_000;

/** A loopback port that waits for the browser to come back (RFC 8252 section 7.3). */
export interface CallbackListener {
  readonly redirectUri: string;
  /** Frees the port at once. An answer that is on its way still arrives. */
  close(): Promise<void>;
}

async function listen(server: Server, ports: readonly number[]): Promise<number> {
  const port = await listenOnFirstFree(server, ports.length > 0 ? ports : [0]);
  if (port !== undefined) return port;
  throw new LanyardError({
    code: 'sign-in-port',
    user: 'Another program uses the ports that Lanyard signs in with. Close it or restart the computer, then try again.',
    administrator: `None of the policy's redirectPorts (${ports.join(', ')}) is free on this machine.`,
    recovery: { kind: 'retry' },
  });
}

/**
 * Opens the first free one of `ports` (any port where the list is empty) on 127.0.0.1 and shows what `onCallback`
 * answers to each request for the redirect URI. Requests under another host name are refused, so a web page that
 * rebinds its name to this address reaches nothing.
 *
 * @throws {LanyardError} `sign-in-port`.
 */
export async function openCallbackListener(
  ports: readonly number[],
  onCallback: (callback: URL) => Promise<Page>,
): Promise<CallbackListener> {
  let redirectUri = '';
  const answer = async (request: IncomingMessage): Promise<Page> => {
    const base = new URL(redirectUri);
    if (request.method !== 'GET' || request.headers.host !== base.host || !request.url?.startsWith('/'))
      return PAGES.notFound;
    const url = new URL(`${base.origin}${request.url}`);
    return url.pathname === CALLBACK_PATH ? onCallback(url) : PAGES.notFound;
  };
  // Browsers open connections on suspicion and may never use them; closing must not wait for those.
  const unused = new Set<Socket>();
  const server = createServer(
    { maxHeaderSize: REQUEST_LIMIT_BYTES, requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: 1 },
    async (request: IncomingMessage, response: ServerResponse) => {
      unused.delete(request.socket);
      const page = await answer(request);
      response.writeHead(page.status, PAGE_HEADERS).end(renderPage(page));
    },
  );
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  redirectUri = `http://127.0.0.1:${await listen(server, ports)}${CALLBACK_PATH}`;
  return {
    redirectUri,
    close: async () => {
      server.close();
      for (const socket of unused) socket.destroy();
    },
  };
}
