import type { Target } from './caller.ts';
import { type Connection, openConnection } from './connection.ts';

/** Listening streams of one target. */
export interface Streams {
  /** From now on one event of each stream is waited for; call it before they are sent. */
  expectEvent(): void;
  /** Resolves when each stream has had that event; gives when the last one came, by the shared clock, in ms. */
  lastEvent(): Promise<number>;
  close(): void;
}

/** An event that takes longer does not come, in ms. */
const EVENT_LIMIT_MS = 10_000;

/** Each of them asks for a stream at once; whether the server has it is the server's to say. */
export function openStreams(target: Target, count: number): Streams {
  let failed: Error | undefined;
  let left = 0;
  let last = Promise.withResolvers<number>();
  last.promise.catch(() => {});
  const open = (): Connection => {
    const connection = openConnection(target);
    connection.onEvent = (at) => {
      left -= 1;
      if (left === 0) last.resolve(at);
    };
    const fail = (error: Error) => {
      failed ??= error;
      last.reject(failed);
    };
    connection
      .exchange({ method: 'GET', body: '' })
      .then(({ status, tail }) => fail(new Error(`A listening stream was answered ${status}: ${tail}`)), fail);
    return connection;
  };
  const connections = Array.from({ length: count }, open);
  return {
    expectEvent: () => {
      left = count;
      last = Promise.withResolvers();
      // Whoever asks for it hears of it.
      last.promise.catch(() => {});
      if (failed) last.reject(failed);
    },
    lastEvent: async () => {
      const late = () => last.reject(new Error(`${left} of ${count} streams had no event`));
      const limit = setTimeout(late, EVENT_LIMIT_MS);
      try {
        return await last.promise;
      } finally {
        clearTimeout(limit);
      }
    },
    close: () => {
      for (const connection of connections) connection.close();
    },
  };
}
