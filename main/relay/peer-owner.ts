import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

/** Columns of /proc/net/tcp (proc(5)): local address, remote address, user. */
const LOCAL = 1;
const REMOTE = 2;
const USER = 7;

const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
const portOf = (address: string | undefined) => address?.slice(address.lastIndexOf(':') + 1);

/** Users by the two ports of a connection's end, its own first. */
export type Owners = ReadonlyMap<string, number>;

/** Reads the text of /proc/net/tcp. Pure. */
export function parseOwners(table: string): Owners {
  const owners = new Map<string, number>();
  for (const line of table.split('\n')) {
    const columns = line.trim().split(/\s+/);
    const user = Number(columns[USER]);
    const key = `${portOf(columns[LOCAL])} ${portOf(columns[REMOTE])}`;
    if (Number.isInteger(user) && columns.length > USER && !owners.has(key)) owners.set(key, user);
  }
  return owners;
}

/**
 * The user whose program is at the other end of a loopback connection; `undefined` where the connection is not known.
 *
 * @param peerPort the other end's own port.
 * @param ourPort the port it is connected to.
 */
export function findOwner(owners: Owners, peerPort: number, ourPort: number): number | undefined {
  return owners.get(`${hex(peerPort)} ${hex(ourPort)}`);
}

let reading: Promise<Owners> | undefined;
let next: Promise<Owners> | undefined;

const NOBODY: Owners = new Map();

// The kernel takes some 10 ms for a table of thousands of connections, so any number of new ones share one look; but not
// one that began before them, which may not have them in it.
function readOwners(): Promise<Owners> {
  next ??= (reading ?? Promise.resolve()).then(() => {
    next = undefined;
    // A container without /proc: nobody to ask.
    reading = readFile('/proc/net/tcp', 'latin1').then(parseOwners, () => NOBODY);
    return reading;
  });
  return next;
}

const known = new WeakMap<Socket, boolean | Promise<boolean>>();

/**
 * Whether another user's program is at the other end; at once where that is known. A port on loopback is open to
 * everybody on the machine, so a local key that got out would serve them too. Looked up once for each connection; root
 * may do everything anyway.
 *
 * What it does not solve: systems without /proc/net/tcp, where the local key stands alone; and other users who listen
 * on our port while we do not, to whom clients show their keys.
 */
export function isOtherUser(socket: Socket): boolean | Promise<boolean> {
  const before = known.get(socket);
  if (before !== undefined) return before;
  const us = process.getuid?.();
  const { remotePort, localPort } = socket;
  if (process.platform !== 'linux' || us === undefined || remotePort === undefined || localPort === undefined) {
    known.set(socket, false);
    return false;
  }
  const looking = readOwners().then((owners) => {
    const owner = findOwner(owners, remotePort, localPort);
    const other = owner !== undefined && owner !== us && owner !== 0;
    known.set(socket, other);
    return other;
  });
  known.set(socket, looking);
  return looking;
}
