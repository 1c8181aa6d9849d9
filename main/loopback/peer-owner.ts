import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

/** Columns of /proc/net/tcp and tcp6 (proc(5)): local address, remote address, user, inode. */
const LOCAL = 1;
const REMOTE = 2;
const USER = 7;
const INODE = 9;

/**
 * A connection that nobody holds any more has this inode, and where the system forgets whose it was, root for its user:
 * whoever sends and closes at once must not pass for root.
 */
const NO_INODE = '0';

/** An IPv4 address in tcp6: `::ffff:a.b.c.d`, in words of little-endian machines, which is all that we ship for. */
const MAPPED = '0000000000000000FFFF0000';
const IPV4 = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/i;

const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0');
const unmapped = (address: string) => (address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address);

/** One end of a connection. */
export interface End {
  /** IPv4, also in its IPv6-mapped form. */
  readonly address: string;
  readonly port: number;
}

/** Users by both whole addresses of a connection's end, its own first, as the system writes them. */
export type Owners = ReadonlyMap<string, number>;

/** Reads the texts of /proc/net/tcp and tcp6. Pure. */
export function parseOwners(...tables: readonly string[]): Owners {
  const owners = new Map<string, number>();
  for (const line of tables.flatMap((table) => table.split('\n'))) {
    const columns = line.trim().split(/\s+/);
    const user = Number(columns[USER]);
    const inode = columns[INODE];
    if (!Number.isInteger(user) || inode === undefined || (user === 0 && inode === NO_INODE)) continue;
    owners.set(`${unmapped(columns[LOCAL] ?? '')} ${unmapped(columns[REMOTE] ?? '')}`, user);
  }
  return owners;
}

function inTable({ address, port }: End): string | undefined {
  const bytes = IPV4.exec(address)?.slice(1).map(Number);
  return (
    bytes &&
    `${bytes
      .map((byte) => hex(byte, 2))
      .reverse()
      .join('')}:${hex(port, 4)}`
  );
}

/**
 * The user whose program holds the other end of a loopback connection; `undefined` where nobody is found. Ports alone
 * would not do: 127.0.0.0/8 has the same port many times.
 */
export function findOwner(owners: Owners, peer: End, ours: End): number | undefined {
  return owners.get(`${inTable(peer)} ${inTable(ours)}`);
}

let reading: Promise<Owners | undefined> | undefined;
let next: Promise<Owners | undefined> | undefined;

async function readTables(): Promise<Owners | undefined> {
  // Without IPv6 there is no second table; with it, IPv4 connections made by an IPv6 socket stand there.
  const tcp6 = readFile('/proc/net/tcp6', 'latin1').catch(() => '');
  try {
    return parseOwners(await readFile('/proc/net/tcp', 'latin1'), await tcp6);
  } catch {
    // A container without /proc: nobody to ask.
    return undefined;
  }
}

// The kernel takes some 10 ms for a table of thousands of connections, so any number of new ones share one look; but not
// one that began before them, which may not have them in it.
function readOwners(): Promise<Owners | undefined> {
  next ??= (reading ?? Promise.resolve()).then(() => {
    next = undefined;
    reading = readTables();
    return reading;
  });
  return next;
}

/** How often a connection is looked for: the system writes its tables piece by piece, and one may slip through. */
const LOOKS = 2;

async function lookFor(peer: End, ours: End, us: number): Promise<boolean> {
  for (let look = 0; look < LOOKS; look += 1) {
    const owners = await readOwners();
    if (!owners) return false;
    const owner = findOwner(owners, peer, ours);
    if (owner !== undefined) return owner !== us && owner !== 0;
  }
  return true;
}

const known = new WeakMap<Socket, boolean | Promise<boolean>>();

/**
 * Whether another user's program is at the other end, or nobody that the system knows; at once where that was found out
 * before. Never rejects. A port on loopback is open to everybody on the machine, so a local key or an address that got
 * out would serve them too. Looked up once for each connection; root may do everything anyway.
 *
 * What it does not solve: systems without /proc/net/tcp, where everybody passes; and other users who listen on our port
 * while we do not, to whom clients show their keys.
 */
export function isOtherUser(socket: Socket): boolean | Promise<boolean> {
  const before = known.get(socket);
  if (before !== undefined) return before;
  const us = process.getuid?.();
  if (process.platform !== 'linux' || us === undefined) return false;
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  // Without addresses the connection is over, so an answer reaches nobody.
  if (remoteAddress === undefined || remotePort === undefined || localAddress === undefined || localPort === undefined)
    return true;
  const peer = { address: remoteAddress, port: remotePort };
  const looking = lookFor(peer, { address: localAddress, port: localPort }, us).then((other) => {
    known.set(socket, other);
    return other;
  });
  known.set(socket, looking);
  return looking;
}
