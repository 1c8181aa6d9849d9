import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { listenOnFirstFree } from '../../shared/first-free-port.ts';
import { isOtherUser } from '../loopback/peer-owner.ts';
import { PAGE_HEADERS, PAGES, type Page, renderPage } from './pages.ts';

/** No request of a browser for a page of ours is longer, in bytes of request line and headers. */
const REQUEST_LIMIT_BYTES = 16 * 1024;
/** A browser sends its one request at once, in ms. */
const REQUEST_TIMEOUT_MS = 10_000;

/** What a browser gets. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly html: string;
}

/** Pages for this machine's browser, on a loopback port. */
export interface PageServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** Frees the port at once. An answer that is on its way still arrives. */
  close(): Promise<void>;
}

/** A page without scripts, with the headers that every page gets. */
export function answerWith(page: Page): PageAnswer {
  return { status: page.status, headers: PAGE_HEADERS, html: renderPage(page) };
}

/**
 * Opens the first free one of `ports` (any port where the list is empty) on 127.0.0.1 and gives each GET to `answer`.
 * Requests under another host name are refused, so a web page that rebinds its name to this address reaches nothing;
 * and so are other users' programs where the system tells whose connection it is (see {@link isOtherUser}), since they
 * may have read the address in the arguments of the browser's opener. `undefined` where no port is free.
 */
export async function openPageServer(
  ports: readonly number[],
  answer: (url: URL) => Promise<PageAnswer>,
): Promise<PageServer | undefined> {
  let origin = '';
  const judge = async ({ method, headers, url, socket }: IncomingMessage): Promise<PageAnswer> => {
    if (await isOtherUser(socket)) return answerWith(PAGES.notFound);
    if (method !== 'GET' || `http://${headers.host}` !== origin || !url?.startsWith('/'))
      return answerWith(PAGES.notFound);
    return answer(new URL(`${origin}${url}`));
  };
  // Browsers open connections on suspicion and may never use them; closing must not wait for those.
  const unused = new Set<Socket>();
  const server: Server = createServer(
    { maxHeaderSize: REQUEST_LIMIT_BYTES, requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: 1 },
    async (request: IncomingMessage, response: ServerResponse) => {
      unused.delete(request.socket);
      const { status, headers, html } = await judge(request);
      response.writeHead(status, headers).end(html);
    },
  );
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  const port = await listenOnFirstFree(server, ports.length > 0 ? ports : [0]);
  if (port === undefined) return undefined;
  origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    close: async () => {
      server.close();
      for (const socket of unused) socket.destroy();
    },
  };
}
