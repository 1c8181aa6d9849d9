import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const CREATED = 'net.client.socket';

/** How a connection fails before it stands, as Node reports it. */
export type ConnectFault = 'ENOTFOUND' | 'ECONNREFUSED' | 'ENETUNREACH' | 'ETIMEDOUT' | 'CERT_HAS_EXPIRED';

/** The laptop's way to the company, that can be taken away. Connections to other ports are left alone. */
export interface Network {
  /** Cuts what leads to these ports and lets nothing new come about until `up`. */
  down(fault: ConnectFault, ports: readonly number[]): void;
  up(): void;
  close(): void;
}

function faultOf(code: ConnectFault): Error {
  return Object.assign(new Error(`connect ${code}`), { code });
}

/** What `net.connect` hands to the socket: its arguments put in order. */
type Connect = (...args: readonly unknown[]) => Socket;

function portIn(args: readonly unknown[]): number {
  const [first] = args.flat() as ({ port?: unknown } | undefined)[];
  return Number(first?.port);
}

/** Watches the connections that this process opens. */
export function createNetwork(): Network {
  const opened = new Map<Socket, number>();
  let present: { readonly code: ConnectFault; readonly ports: ReadonlySet<number> } | undefined;
  const onCreated = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    const connect = socket.connect.bind(socket) as Connect;
    const watched: Connect = (...args) => {
      const port = portIn(args);
      if (present?.ports.has(port)) {
        const { code } = present;
        process.nextTick(() => socket.destroy(faultOf(code)));
        return socket;
      }
      opened.set(socket, port);
      socket.once('close', () => opened.delete(socket));
      return connect(...args);
    };
    socket.connect = watched as Socket['connect'];
  };
  subscribe(CREATED, onCreated);
  return {
    down: (code, ports) => {
      present = { code, ports: new Set(ports) };
      for (const [socket, port] of opened) if (present.ports.has(port)) socket.destroy(faultOf('ETIMEDOUT'));
    },
    up: () => {
      present = undefined;
    },
    close: () => unsubscribe(CREATED, onCreated),
  };
}
