import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LanyardError } from '../../shared/errors.ts';

/** How many ports above the wished one are tried when another local user or program holds it. */
const PORT_RANGE = 10;

/** How long an idle connection of a client is kept, in ms; longer than clients keep theirs, so they close first. */
const KEEP_ALIVE_MS = 75_000;

/** A client sends its headers at once; whoever does not only wants to hold the connection. In ms. */
const HEADERS_TIMEOUT_MS = 15_000;

/** More connections than every client of a laptop with many streams needs; another user's program stops here. */
const CONNECTION_LIMIT = 2_048;

/** The relay's open port. */
export interface RelayListener {
  readonly port: number;
  close(): Promise<void>;
}

function tryListen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      server.off('listening', onListening);
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    };
    const onListening = () => {
      server.off('error', onError);
      resolve(true);
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen({ host: '127.0.0.1', port, exclusive: true });
  });
}

/**
 * Listens on 127.0.0.1 at `wishedPort` or the next free one above it.
 *
 * @throws {LanyardError} `relay-port` when the whole range is taken.
 */
export async function openRelayListener(wishedPort: number, onRequest: RequestListener): Promise<RelayListener> {
  // A limit on whole requests would cut off large uploads. Said explicitly: without one, Node bounds headers neither.
  const limits = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: 0, keepAliveTimeout: KEEP_ALIVE_MS };
  const server = createServer({ ...limits, noDelay: true }, onRequest);
  server.maxConnections = CONNECTION_LIMIT;
  for (let port = wishedPort; port < wishedPort + PORT_RANGE && port <= 65_535; port += 1)
    if (await tryListen(server, port))
      return {
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
          }),
      };
  throw new LanyardError({
    code: 'relay-port',
    user: 'Other programs use all the ports that Lanyard may use. Restart the computer; if it stays, tell your administrator.',
    administrator: `127.0.0.1:${wishedPort} and the ${PORT_RANGE - 1} ports above it are taken.`,
  });
}
