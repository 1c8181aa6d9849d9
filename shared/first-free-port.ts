import type { AddressInfo, Server } from 'node:net';

function tryPort(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      server.off('listening', onListening);
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    };
    const onListening = () => {
      server.off('error', onError);
      resolve(true);
    };
    server.once('error', onError);
    server.once('listening', onListening);
    // Exclusive: on Windows two programs could otherwise hold one port, and each would get some of the connections.
    server.listen({ host: '127.0.0.1', port, exclusive: true });
  });
}

/**
 * Has `server` listen on 127.0.0.1, on the first of `ports` that is free (0 is any).
 *
 * @returns the port, or `undefined` when all are taken.
 */
export async function listenOnFirstFree(server: Server, ports: Iterable<number>): Promise<number | undefined> {
  for (const port of ports) if (await tryPort(server, port)) return (server.address() as AddressInfo).port;
  return undefined;
}
