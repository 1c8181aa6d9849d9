import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

/** Columns of /proc/net/tcp (proc(5)): local address, remote address, user. */
const LOCAL = 1;
const REMOTE = 2;
const USER = 7;

const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');

/**
 * The user whose program is at the other end of a loopback connection, out of the text of /proc/net/tcp; `undefined`
 * where the connection is not in it. Pure.
 *
 * @param peerPort the other end's own port.
 * @param ourPort the port it is connected to.
 */
export function findOwner(table: string, peerPort: number, ourPort: number): number | undefined {
  const [from, to] = [`:${hex(peerPort)}`, `:${hex(ourPort)}`];
  for (const line of table.split('\n')) {
    const columns = line.trim().split(/\s+/);
    if (columns[LOCAL]?.endsWith(from) && columns[REMOTE]?.endsWith(to)) return Number(columns[USER]);
  }
  return undefined;
}

const known = new WeakMap<Socket, boolean>();

/**
 * Whether another user's program is at the other end. A port on loopback is open to everybody on the machine, so a
 * local key that got out would serve them too. Looked up once for each connection; root may do everything anyway.
 *
 * What it does not solve: systems without /proc/net/tcp, where the local key stands alone; and other users who listen
 * on our port while we do not, to whom clients show their keys.
 */
export function isOtherUser(socket: Socket): boolean {
  const before = known.get(socket);
  if (before !== undefined) return before;
  const us = process.getuid?.();
  const { remotePort, localPort } = socket;
  let other = false;
  if (process.platform === 'linux' && us !== undefined && remotePort !== undefined && localPort !== undefined) {
    try {
      const owner = findOwner(readFileSync('/proc/net/tcp', 'latin1'), remotePort, localPort);
      other = owner !== undefined && owner !== us && owner !== 0;
    } catch {
      // A container without /proc: nobody to ask.
    }
  }
  known.set(socket, other);
  return other;
}
