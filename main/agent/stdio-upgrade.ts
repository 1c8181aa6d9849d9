import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { STDIO_PATH, STDIO_UPGRADE } from '../../shared/stdio-upgrade.ts';
import { unknownServer } from '../relay/answers.ts';
import type { RelayedServer } from '../relay/relayed-server.ts';

/** What serving shims works with. */
export interface StdioContext {
  readonly server: (name: string) => RelayedServer | undefined;
  readonly servers: () => readonly string[];
  /** Serves a client of one server, over its raw bytes. */
  readonly serve: (socket: Socket, server: RelayedServer, client: string) => void;
  /** Serves a client that named no server, over its raw bytes; absent where there is no gateway. */
  readonly gateway?: (socket: Socket, client: string) => void;
}

/** A client's name in the journal is only a label; whatever does not look like one is left out. */
const CLIENT_LABEL = /^[a-z0-9-]{1,40}$/;

function refuse(socket: Socket, status: string, message: string): void {
  const body = JSON.stringify({ message });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function accept(socket: Socket): void {
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${STDIO_UPGRADE}\r\n\r\n`);
}

function noGateway(known: readonly string[]): string {
  const names = known.length > 0 ? known.join(', ') : 'none';
  return `Here servers are not served together: name one of them. Approved servers: ${names}.`;
}

/**
 * Turns `POST /v1/stdio?server=<name>&client=<label>` into raw MCP bytes for the shim; without `server` they are the
 * gateway's.
 */
export function createStdioUpgrade({ server, servers, serve, gateway }: StdioContext) {
  return (request: IncomingMessage, socket: Socket): void => {
    // Put together as text: resolved as a reference, "//" would be no URL at all.
    const address = `http://lanyard${request.url}`;
    const url = URL.canParse(address) ? new URL(address) : undefined;
    const isOurs =
      url !== undefined &&
      request.method === 'POST' &&
      url.pathname === STDIO_PATH &&
      request.headers.upgrade === STDIO_UPGRADE;
    if (!isOurs) {
      refuse(socket, '404 Not Found', 'There is nothing to upgrade to here.');
      return;
    }
    const label = url.searchParams.get('client') ?? '';
    const client = CLIENT_LABEL.test(label) ? label : 'stdio';
    const name = url.searchParams.get('server');
    if (name === null) {
      if (!gateway) {
        refuse(socket, '404 Not Found', noGateway(servers()));
        return;
      }
      accept(socket);
      gateway(socket, client);
      return;
    }
    const target = server(name);
    if (!target) {
      refuse(socket, '404 Not Found', unknownServer(name, servers()).message);
      return;
    }
    accept(socket);
    serve(socket, target, client);
  };
}
