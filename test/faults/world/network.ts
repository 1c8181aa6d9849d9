import { Socket } from 'node:net';

/** How a connection fails before it stands, as Node reports it. */
export type ConnectFault = 'ENOTFOUND' | 'ECONNREFUSED' | 'ENETUNREACH' | 'ETIMEDOUT' | 'CERT_HAS_EXPIRED';

/** The laptop's way to the company, that can be taken away. Connections to other ports are left alone. */
export interface Network {
  /** Cuts what leads to these ports and lets nothing new come about until `up`. */
  down(fault: ConnectFault, ports: readonly number[]): void;
  up(): void;
  close(): void;
}

function faultOf(code: ConnectFault, syscall: string): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
}

/** What `net.connect` hands to the socket: its arguments put in order. */
type Connect = (this: Socket, ...args: readonly unknown[]) => Socket;

function portIn(args: readonly unknown[]): number {
  const [first] = args.flat() as ({ port?: unknown } | undefined)[];
  return Number(first?.port);
}

/** Stands between this process and the connections that it opens. */
export function createNetwork(): Network {
  const opened = new Map<Socket, number>();
  let present: { readonly code: ConnectFault; readonly ports: ReadonlySet<number> } | undefined;
  const original = Socket.prototype.connect;
  const watched: Connect = function connect(...args) {
    const port = portIn(args);
    if (present?.ports.has(port)) {
      const { code } = present;
      process.nextTick(() => this.destroy(faultOf(code, code === 'ENOTFOUND' ? 'getaddrinfo' : 'connect')));
      return this;
    }
    opened.set(this, port);
    this.once('close', () => opened.delete(this));
    return Reflect.apply(original as Connect, this, args);
  };
  Socket.prototype.connect = watched as typeof original;
  return {
    down: (code, ports) => {
      present = { code, ports: new Set(ports) };
      for (const [socket, port] of opened) if (present.ports.has(port)) socket.destroy(faultOf('ETIMEDOUT', 'read'));
    },
    up: () => {
      present = undefined;
    },
    close: () => {
      Socket.prototype.connect = original;
    },
  };
}
