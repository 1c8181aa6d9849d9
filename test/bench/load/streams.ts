import type { Target } from './caller.ts';
import { type Connection, openConnection } from './connection.ts';

/** Listening streams of one target. */
export interface Streams {
  /** Resolves when each stream has had one more event; gives when the last one came, by the shared clock, in ms. */
  nextEvent(): Promise<number>;
  close(): void;
}

/** Each of them asks for a stream at once; whether the server has it is the server's to say. */
export function openStreams(target: Target, count: number): Streams {
  let failed: Error | undefined;
  let waiting: { left: number; resolve(at: number): void; reject(error: Error): void } | undefined;
  const open = (): Connection => {
    const connection = openConnection(target);
    connection.onEvent = (at) => {
      if (!waiting) return;
      waiting.left -= 1;
      if (waiting.left > 0) return;
      waiting.resolve(at);
      waiting = undefined;
    };
    const fail = (error: Error) => {
      failed ??= error;
      waiting?.reject(failed);
    };
    connection
      .exchange({ method: 'GET', body: '' })
      .then(({ status, tail }) => fail(new Error(`A listening stream was answered ${status}: ${tail}`)), fail);
    return connection;
  };
  const connections = Array.from({ length: count }, open);
  return {
    nextEvent: () =>
      new Promise((resolve, reject) => {
        if (failed) return reject(failed);
        waiting = { left: count, resolve, reject };
      }),
    close: () => {
      for (const connection of connections) connection.close();
    },
  };
}
