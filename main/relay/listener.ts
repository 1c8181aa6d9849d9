import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { LanyardError } from '../../shared/errors.ts';
import { listenOnFirstFree } from '../../shared/first-free-port.ts';
import { isOtherUser } from '../loopback/peer-owner.ts';

/** How many ports above the wished one are tried when another local user or program holds it. */
const PORT_RANGE = 10;
const HIGHEST_PORT = 65_535;

/** How long an idle connection of a client is kept, in ms; longer than clients keep theirs, so they close first. */
const KEEP_ALIVE_MS = 75_000;

/** A client sends its headers at once; whoever does not only wants to hold the connection. In ms. */
const HEADERS_TIMEOUT_MS = 15_000;

/** More connections than every client of a laptop with many streams needs; another user's program stops here. */
const CONNECTION_LIMIT = 2_048;

/** Connections that other users of the machine may have, to be told that this is not theirs. */
const OTHERS_LIMIT = 16;

/** What one of them may do nothing for, in ms. */
const OTHERS_IDLE_MS = 5_000;

/** Looks at once whose a connection is, and not with its first request: idle ones of others could take all there are. */
function createOthersShare(): (socket: Socket) => void {
  const others = new Set<Socket>();
  const meetOther = (socket: Socket) => {
    if (others.size >= OTHERS_LIMIT) {
      socket.destroy();
      return;
    }
    others.add(socket);
    socket.once('close', () => others.delete(socket));
    socket.setTimeout(OTHERS_IDLE_MS, () => socket.destroy());
  };
  return (socket) => {
    const looking = isOtherUser(socket);
    if (looking === true) meetOther(socket);
    else if (looking !== false)
      looking.then(
        (isOther) => isOther && meetOther(socket),
        () => {},
      );
  };
}

/** The relay's open port. */
export interface RelayListener {
  readonly port: number;
  close(): Promise<void>;
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
  server.on('connection', createOthersShare());
  const range = Array.from({ length: PORT_RANGE }, (_, above) => wishedPort + above);
  const port = await listenOnFirstFree(
    server,
    range.filter((candidate) => candidate <= HIGHEST_PORT),
  );
  if (port !== undefined)
    return {
      port,
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
