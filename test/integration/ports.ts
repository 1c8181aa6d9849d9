import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';

/** A port of 127.0.0.1 that somebody else holds. */
export interface HeldPort {
  readonly port: number;
  release(): Promise<void>;
}

/** Takes a port, any free one unless it is named, and accepts connections on it without a word. */
export async function holdPort(wished = 0): Promise<HeldPort> {
  const server: Server = createServer((socket) => socket.on('error', () => socket.destroy()));
  server.listen(wished, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, release: () => new Promise((resolve) => server.close(() => resolve())) };
}

// Below the ports that systems give to outgoing connections (Linux: 32768 and up): of those one that is free now may be
// somebody's a moment later.
const LOWEST_PORT = 12_000;
const HIGHEST_PORT = 32_000;

/** A port that was free a moment ago, and that only somebody who wants this very one will take. */
export async function freePort(): Promise<number> {
  for (;;) {
    const wished = randomInt(LOWEST_PORT, HIGHEST_PORT);
    try {
      const { port, release } = await holdPort(wished);
      await release();
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

/** Whether anything listens on a port. */
export async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
    return false;
  } finally {
    socket.destroy();
  }
}
