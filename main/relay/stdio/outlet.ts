import type { Duplex } from 'node:stream';
import type { ServerCall } from '../server-call.ts';

/** Where a stdio client's lines are written, and what slows down when it reads slowly. */
export interface Outlet {
  /** Writes a message, which is one line. Nothing after {@link Outlet.close}. */
  write(line: string): void;
  /** From here on the call is paused while the client reads slowly. */
  add(call: ServerCall): void;
  remove(call: ServerCall): void;
  /** From here on nothing is written. */
  close(): void;
}

/**
 * See {@link Outlet}. Nothing piles up here: a client that reads slowly slows the server down.
 *
 * @param rewrite takes out of a line what the client may not see.
 */
export function createOutlet(pipe: Duplex, rewrite: (line: string) => string = (line) => line): Outlet {
  const calls = new Set<ServerCall>();
  let closed = false;
  pipe.on('drain', () => {
    for (const call of calls) call.resume();
  });
  return {
    write: (line) => {
      if (closed || pipe.write(`${rewrite(line)}\n`)) return;
      for (const call of calls) call.pause();
    },
    add: (call) => void calls.add(call),
    remove: (call) => void calls.delete(call),
    close: () => {
      closed = true;
      calls.clear();
    },
  };
}
